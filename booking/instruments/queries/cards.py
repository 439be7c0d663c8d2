"""Cards: one as somebody may see it, rows to change, others like it, its closures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import CLOSURE, HOLD, INSTRUMENT, UNIT
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.rules.terms import BookingTerms
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

    def knows(self, state: InstrumentState, lab_id: int, organisation_id: int) -> bool:
        """Whether a card in this state is theirs to know: what is public, everybody knows."""
        return state in PUBLIC or self.sees(lab_id, organisation_id)

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


_SUMMARY: Final = sa.select(
    INSTRUMENT.c.name,
    INSTRUMENT.c.name_en,
    INSTRUMENT.c.lab_id,
    LAB.c.name.label("lab_name"),
).select_from(INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id))


@dataclass(frozen=True, slots=True)
class CardSummary:
    """What a card is called, and where it belongs."""

    name: str
    name_en: str
    lab_id: int
    lab_name: str


def card_summary(session: Session, instrument_id: int) -> CardSummary:
    """For those who may know of it anyway."""
    row = session.execute(_SUMMARY.where(INSTRUMENT.c.id == instrument_id)).one()
    return CardSummary(*row)


def card_summaries(session: Session, ids: Collection[int]) -> dict[int, CardSummary]:
    """The same of several, by id."""
    asked = _SUMMARY.add_columns(INSTRUMENT.c.id).where(INSTRUMENT.c.id.in_(ids))
    rows = session.execute(asked)
    return {row.id: CardSummary(*row[:-1]) for row in rows}


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
    insider, card = Insider.of(actor), row.Instrument
    if not insider.knows(card.state, card.lab_id, row.organisation_id):
        raise NotFound(instrument_id=instrument_id)
    return SeenCard(
        instrument=card,
        lab_name=row.lab_name,
        lab_name_en=row.lab_name_en,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_name,
        organisation_name_en=row.organisation_name_en,
        units=row.units,
        is_insider=insider.sees(card.lab_id, row.organisation_id),
    )


def must_be_known(terms: BookingTerms, actor: Actor | None) -> None:
    """NotFound for terms of a card that this person may not know of."""
    if not Insider.of(actor).knows(terms.state, terms.lab_id, terms.organisation_id):
        raise NotFound(instrument_id=terms.instrument_id)


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


def published_of_provider(session: Session, organisation_id: int) -> int:
    """How many instruments of an organisation's labs stand in the catalogue."""
    asked = (
        sa.select(sa.func.count())
        .select_from(INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id))
        .where(
            LAB.c.organisation_id == organisation_id,
            INSTRUMENT.c.state == InstrumentState.PUBLISHED,
        )
    )
    return int(session.execute(asked).scalar_one())


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
