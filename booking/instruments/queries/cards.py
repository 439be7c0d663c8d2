"""Cards: one as somebody may see it, rows to change, and what management lists show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import CLOSURE, HOLD, INSTRUMENT, SYNONYM, UNIT
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.states import PUBLIC, InstrumentState
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation

LAB: Final[sa.Table] = Lab.__table__  # type: ignore[attr-defined]  # SQLModel adds it
ORGANISATION: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]
# Who keeps, hosts or publishes an instrument, or reads everything, sees its drafts too.
INSIDERS: Final = (
    Permission.INSTRUMENT_MANAGE,
    Permission.INSTRUMENT_PUBLISH,
    Permission.RESERVATION_HOST,
    Permission.AUDIT_READ,
)


@dataclass(frozen=True, slots=True)
class Insider:
    """Which labs' unpublished cards somebody may see."""

    everywhere: bool = False
    lab_ids: frozenset[int] = frozenset()
    organisation_ids: frozenset[int] = frozenset()

    @classmethod
    def of(cls, actor: Actor | None) -> "Insider":
        if actor is None:
            return cls()
        reaches = [actor.reach(permission) for permission in INSIDERS]
        return cls(
            any(reach.everywhere for reach in reaches),
            frozenset().union(*(reach.lab_ids for reach in reaches)),
            frozenset().union(*(reach.organisation_ids for reach in reaches)),
        )

    def sees(self, lab_id: int, organisation_id: int) -> bool:
        return self.everywhere or lab_id in self.lab_ids or organisation_id in self.organisation_ids

    def labs(self) -> sa.ColumnElement[bool]:
        """The labs in question, as a condition on the lab table."""
        if self.everywhere:
            return sa.true()
        return LAB.c.id.in_(self.lab_ids) | LAB.c.organisation_id.in_(self.organisation_ids)


@dataclass(frozen=True, slots=True)
class SeenCard:
    """A card with whose it is; `instrument` is only to be read."""

    instrument: Instrument
    lab_name: str
    lab_name_en: str
    organisation_id: int
    organisation_name: str
    organisation_name_en: str
    units: int
    is_insider: bool


_SEEN: Final = (
    sa.select(
        Instrument,
        LAB.c.name.label("lab_name"),
        LAB.c.name_en.label("lab_name_en"),
        LAB.c.organisation_id,
        ORGANISATION.c.name.label("organisation_name"),
        ORGANISATION.c.name_en.label("organisation_name_en"),
        sa.select(sa.func.count())
        .select_from(UNIT)
        .where(UNIT.c.instrument_id == INSTRUMENT.c.id, UNIT.c.active)
        .where(UNIT.c.kind == UnitKind.PLACE)
        .scalar_subquery()
        .label("units"),
    )
    .select_from(
        INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id).join(
            ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id
        )
    )
    .where(INSTRUMENT.c.id == sa.bindparam("instrument"))
)


def card_seen_by(session: Session, instrument_id: int, actor: Actor | None) -> SeenCard:
    """A card that this person may know of; NotFound for any other."""
    row = session.execute(_SEEN, {"instrument": instrument_id}).one_or_none()
    if row is None:
        raise NotFound(instrument_id=instrument_id)
    is_insider = Insider.of(actor).sees(row.Instrument.lab_id, row.organisation_id)
    if row.Instrument.state not in PUBLIC and not is_insider:
        raise NotFound(instrument_id=instrument_id)
    return SeenCard(
        instrument=row.Instrument,
        lab_name=row.lab_name,
        lab_name_en=row.lab_name_en,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_name,
        organisation_name_en=row.organisation_name_en,
        units=row.units,
        is_insider=is_insider,
    )


def instrument_for_update(session: Session, instrument_id: int) -> Instrument:
    """The row itself, locked until the deed ends; NotFound when there is none."""
    found = session.exec(
        select(Instrument)
        .where(col(Instrument.id) == instrument_id)
        # Bookings refer to the row; only changes of the row itself wait for each other.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(instrument_id=instrument_id)
    return found


def places_of(session: Session, instrument_id: int) -> Sequence[Unit]:
    """All places an instrument ever had, in order of position."""
    mine = select(Unit).where(
        col(Unit.instrument_id) == instrument_id, col(Unit.kind) == UnitKind.PLACE
    )
    return session.exec(mine.order_by(col(Unit.position))).all()


def is_held_after(session: Session, unit_id: int, moment: datetime) -> bool:
    """Whether somebody still has time on a unit."""
    ahead = sa.exists().where(HOLD.c.unit_id == unit_id, HOLD.c.ends_at > moment)
    return bool(session.execute(sa.select(ahead)).scalar_one())


def inner_id_holder(session: Session, lab_id: int, inner_id: str) -> int | None:
    """Which instrument of a lab has an inner id."""
    mine = sa.select(INSTRUMENT.c.id).where(
        INSTRUMENT.c.lab_id == lab_id, INSTRUMENT.c.inner_id == inner_id
    )
    return session.execute(mine).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class ManagedRow:
    """A card in the list of those who keep it."""

    id: int
    name: str
    name_en: str
    inner_id: str
    state: InstrumentState
    state_reason: str
    lab_id: int
    lab_name: str
    updated_at: datetime


_MANAGED: Final = sa.select(
    INSTRUMENT.c.id,
    INSTRUMENT.c.name,
    INSTRUMENT.c.name_en,
    INSTRUMENT.c.inner_id,
    INSTRUMENT.c.state,
    INSTRUMENT.c.state_reason,
    INSTRUMENT.c.lab_id,
    LAB.c.name.label("lab_name"),
    INSTRUMENT.c.updated_at,
).select_from(INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id))


def managed_by(
    session: Session, actor: Actor, *, state: InstrumentState | None = None, limit: int = 200
) -> Sequence[ManagedRow]:
    """The instruments that somebody keeps, lab by lab."""
    reach = actor.reach(Permission.INSTRUMENT_MANAGE)
    insider = Insider(reach.everywhere, reach.lab_ids, reach.organisation_ids)
    wanted = _MANAGED.where(insider.labs())
    if state is not None:
        wanted = wanted.where(INSTRUMENT.c.state == state)
    ordered = wanted.order_by(LAB.c.name, INSTRUMENT.c.lab_id, INSTRUMENT.c.id).limit(limit)
    return [ManagedRow(*row) for row in session.execute(ordered)]


@dataclass(frozen=True, slots=True)
class ManagedLab:
    """A lab in which somebody may register instruments."""

    id: int
    name: str
    organisation_name: str
    district: str


def labs_managed_by(session: Session, actor: Actor) -> Sequence[ManagedLab]:
    """The labs whose instruments somebody keeps."""
    reach = actor.reach(Permission.INSTRUMENT_MANAGE)
    insider = Insider(reach.everywhere, reach.lab_ids, reach.organisation_ids)
    mine = (
        sa.select(LAB.c.id, LAB.c.name, ORGANISATION.c.name.label("owner"), LAB.c.district)
        .select_from(LAB.join(ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id))
        .where(insider.labs())
        .order_by(ORGANISATION.c.name, LAB.c.name)
    )
    return [ManagedLab(*row) for row in session.execute(mine)]


def equivalent_instruments(
    session: Session, instrument_id: int, *, limit: int = 10
) -> Sequence[int]:
    """Published instruments of the same class, the same lab's and district's first."""
    mine = INSTRUMENT.alias()
    same = (
        sa.select(INSTRUMENT.c.id)
        .select_from(INSTRUMENT.join(mine, mine.c.category_code == INSTRUMENT.c.category_code))
        .where(
            mine.c.id == instrument_id,
            INSTRUMENT.c.id != instrument_id,
            INSTRUMENT.c.state == InstrumentState.PUBLISHED,
            INSTRUMENT.c.category_code != "",
        )
        .order_by(
            (INSTRUMENT.c.lab_id == mine.c.lab_id).desc(),
            (INSTRUMENT.c.district == mine.c.district).desc(),
            INSTRUMENT.c.id,
        )
        .limit(limit)
    )
    return session.execute(same).scalars().all()


@dataclass(frozen=True, slots=True)
class Indexable:
    """What a card is filed under."""

    id: int
    state: InstrumentState
    lab_id: int
    category_code: str
    district: str
    service_modes: list[str]
    spoken: tuple[str, ...]
    written: tuple[str, ...]


def indexable(session: Session, which: sa.ColumnElement[bool]) -> Sequence[Indexable]:
    """The cards to be filed for the search, with the names of their lab and provider."""
    i = INSTRUMENT.c
    rows = session.execute(
        sa.select(
            *(i.id, i.state, i.lab_id, i.category_code, i.district, i.service_modes),
            *(i.name, i.name_en, i.aliases, i.model, i.manufacturer, i.inner_id),
            LAB.c.name.label("lab_name"),
            LAB.c.name_en.label("lab_name_en"),
            ORGANISATION.c.name.label("owner"),
            ORGANISATION.c.name_en.label("owner_en"),
        )
        .select_from(
            INSTRUMENT.join(LAB, LAB.c.id == i.lab_id).join(
                ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id
            )
        )
        .where(which)
    )
    return [_indexable(row) for row in rows]


def _indexable(row: sa.Row[Any]) -> Indexable:
    written = (row.name_en, row.model, row.manufacturer, row.inner_id)
    owners = (row.lab_name, row.lab_name_en, row.owner, row.owner_en)
    return Indexable(
        id=row.id,
        state=row.state,
        lab_id=row.lab_id,
        category_code=row.category_code,
        district=row.district,
        service_modes=row.service_modes,
        spoken=(row.name, *row.aliases),
        written=(*written, *owners),
    )


def synonyms(session: Session) -> Sequence[tuple[str, str]]:
    """Pairs of names for one thing."""
    rows = session.execute(sa.select(SYNONYM.c.word, SYNONYM.c.same_as).order_by(SYNONYM.c.id))
    return [(row.word, row.same_as) for row in rows]


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A closure as its instrument's page lists it."""

    id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    lifted_at: datetime | None


def closures_after(session: Session, instrument_id: int, moment: datetime) -> Sequence[ClosureRow]:
    """The closures of an instrument that are not over, the next one first."""
    c = CLOSURE.c
    ahead = (
        sa.select(c.id, c.kind, c.starts_at, c.ends_at, c.reason, c.lifted_at)
        .where(c.instrument_id == instrument_id, c.ends_at > moment)
        .where(c.lifted_at.is_(None) | (c.lifted_at > moment))
        .order_by(c.starts_at)
    )
    return [ClosureRow(*row) for row in session.execute(ahead)]
