"""Whole cards of those who keep them, for files and for what the national platform lacks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import read_session
from booking.instruments.models.tables import FAULT, HOURS, INSTRUMENT, PICTURE, UNIT
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.cards import LAB, ORGANISATION, Insider
from booking.instruments.rules.card import ShareMode
from booking.instruments.rules.faults import FaultState
from booking.instruments.rules.filing import LEAST_VALUE_FEN
from booking.instruments.states import InstrumentState

_BATCH: Final = 500
# A card by the names of its columns, with `units`, `owner`, `owner_en`, `owner_uscc`, `owner_code`,
# `owner_id`, `out_of_order` and `picture_id`; of `every_card` also with `windows`, and `whole`: the
# inner id of what it is part of.
WholeCard = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose cards, and in which state (any, when none is said)."""

    insider: Insider
    state: InstrumentState | None = None
    leaving_out: frozenset[InstrumentState] = frozenset()

    @classmethod
    def kept_by(cls, actor: Actor, **narrowed: Any) -> "Wish":
        """The cards of the labs whose instruments somebody keeps."""
        reach = actor.reach(Permission.INSTRUMENT_MANAGE)
        return cls(Insider(reach.everywhere, reach.lab_ids, reach.organisation_ids), **narrowed)


_UNITS: Final = (
    sa.select(sa.func.count())
    .select_from(UNIT)
    .where(UNIT.c.instrument_id == INSTRUMENT.c.id, UNIT.c.active, UNIT.c.kind == UnitKind.PLACE)
    .scalar_subquery()
    .label("units")
)


def _text(number: sa.ColumnElement[int]) -> sa.Cast[str]:
    return sa.cast(number, sa.Text)


# `1 510 720,…`: weekday, opens, closes of each window of its own hours.
_WINDOWS: Final = (
    sa.select(
        sa.func.aggregate_strings(
            _text(HOURS.c.weekday) + " " + _text(HOURS.c.opens) + " " + _text(HOURS.c.closes), ","
        )
    )
    .where(HOURS.c.instrument_id == INSTRUMENT.c.id)
    .scalar_subquery()
    .label("windows")
)
_PARENT: Final = INSTRUMENT.alias("parent")
_WHOLE_ID: Final = (
    sa.select(_PARENT.c.inner_id)
    .where(_PARENT.c.id == INSTRUMENT.c.part_of_id)
    .scalar_subquery()
    .label("whole")
)
_OUT_OF_ORDER: Final = (
    sa.exists()
    .where(FAULT.c.instrument_id == INSTRUMENT.c.id, FAULT.c.state == FaultState.CLOSED)
    .label("out_of_order")
)
_EARLIER: Final = PICTURE.alias("earlier")
# The picture that stands first.
_PICTURE: Final = (
    sa.select(PICTURE.c.id)
    .where(
        PICTURE.c.instrument_id == INSTRUMENT.c.id,
        PICTURE.c.position
        == sa.select(sa.func.min(_EARLIER.c.position))
        .where(_EARLIER.c.instrument_id == INSTRUMENT.c.id)
        .correlate(INSTRUMENT)
        .scalar_subquery(),
    )
    .scalar_subquery()
    .label("picture_id")
)
_WHOLE: Final = sa.select(
    *INSTRUMENT.c,
    _UNITS,
    ORGANISATION.c.id.label("owner_id"),
    ORGANISATION.c.name.label("owner"),
    ORGANISATION.c.name_en.label("owner_en"),
    ORGANISATION.c.uscc.label("owner_uscc"),
    ORGANISATION.c.national_code.label("owner_code"),
    _OUT_OF_ORDER,
).select_from(
    INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id).join(
        ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id
    )
)


def every_card(engine: Engine, wish: Wish) -> Iterator[WholeCard]:
    """Lab by lab as in the list, without holding them all at once."""
    ordered = (
        _wanted(wish)
        .add_columns(_WINDOWS, _WHOLE_ID, _PICTURE)
        .order_by(LAB.c.name, INSTRUMENT.c.lab_id, INSTRUMENT.c.id)
    )
    with read_session(engine) as session:
        for row in session.execute(ordered.execution_options(yield_per=_BATCH)):
            yield row._mapping


def cards_after(session: Session, wish: Wish, after: int | None, *, take: int) -> list[WholeCard]:
    """The next of these cards by id."""
    wanted = _wanted(wish).add_columns(_PICTURE)
    if after is not None:
        wanted = wanted.where(INSTRUMENT.c.id > after)
    return list(session.execute(wanted.order_by(INSTRUMENT.c.id).limit(take)).mappings())


def _wanted(wish: Wish) -> sa.Select[Any]:
    wanted = _WHOLE.where(wish.insider.labs())
    if wish.state is not None:
        wanted = wanted.where(INSTRUMENT.c.state == wish.state)
    if wish.leaving_out:
        wanted = wanted.where(INSTRUMENT.c.state.not_in(wish.leaving_out))
    return wanted


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """A provider and what its labs offer; worth in fen. Of those that must be filed (`qualifying`):
    filed, sharing at all, serving others; of those filed, running."""

    id: int
    name: str
    name_en: str
    uscc: str | None
    national_code: str
    labs: int
    instruments: int
    shared: int
    worth_fen: int
    qualifying: int
    filed: int
    running: int
    taking_part: int
    serving_others: int


def units_of(session: Session, wish: Wish) -> Sequence[UnitCounts]:
    """The providers whose cards these are."""
    whole = _wanted(wish).subquery()
    of = whole.c
    # Who need not be filed, by consent, does not count against its unit.
    qualifies = sa.and_(of.original_value_fen >= LEAST_VALUE_FEN, of.filing_exemption == "")
    filed = sa.and_(qualifies, of.filed_on.is_not(None))
    external = of.share_mode == ShareMode.EXTERNAL
    runs = sa.and_(of.state == InstrumentState.PUBLISHED, sa.not_(of.out_of_order))
    owner = (of.owner_id, of.owner, of.owner_en, of.owner_uscc, of.owner_code)
    counted = (
        sa.select(
            *owner,
            sa.func.count(sa.distinct(of.lab_id)),
            sa.func.count(),
            _how_many(external),
            sa.func.sum(of.original_value_fen),
            _how_many(qualifies),
            _how_many(filed),
            _how_many(sa.and_(filed, runs)),
            _how_many(sa.and_(qualifies, of.share_mode != ShareMode.NONE)),
            _how_many(sa.and_(qualifies, external)),
        )
        .group_by(*owner)
        .order_by(of.owner)
    )
    return [
        UnitCounts(*row[:5], *(int(number) for number in row[5:]))
        for row in session.execute(counted)
    ]


def _how_many(which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((which, 1), else_=0))


def owners_of(session: Session, wish: Wish) -> Mapping[int, int]:
    """The provider of each of these instruments."""
    whole = _wanted(wish).subquery()
    return {row[0]: row[1] for row in session.execute(sa.select(whole.c.id, whole.c.owner_id))}
