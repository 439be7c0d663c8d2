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
from booking.instruments.models.tables import HOURS, INSTRUMENT, UNIT
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.cards import LAB, ORGANISATION, Insider
from booking.instruments.states import InstrumentState

_BATCH: Final = 500
# A card by the names of its columns, with `units`, and `owner`, `owner_uscc`, `owner_id`; of
# `every_card` also with `windows`, and `whole`: the inner id of what it is part of.
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
_WHOLE: Final = sa.select(
    *INSTRUMENT.c,
    _UNITS,
    ORGANISATION.c.id.label("owner_id"),
    ORGANISATION.c.name.label("owner"),
    ORGANISATION.c.uscc.label("owner_uscc"),
).select_from(
    INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id).join(
        ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id
    )
)


def every_card(engine: Engine, wish: Wish) -> Iterator[WholeCard]:
    """Lab by lab as in the list, without holding them all at once."""
    ordered = (
        _wanted(wish)
        .add_columns(_WINDOWS, _WHOLE_ID)
        .order_by(LAB.c.name, INSTRUMENT.c.lab_id, INSTRUMENT.c.id)
    )
    with read_session(engine) as session:
        for row in session.execute(ordered.execution_options(yield_per=_BATCH)):
            yield row._mapping


def cards_after(session: Session, wish: Wish, after: int | None, *, take: int) -> list[WholeCard]:
    """The next of these cards by id."""
    wanted = _wanted(wish)
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
    """A provider and what its labs offer; worth in fen."""

    id: int
    name: str
    uscc: str | None
    labs: int
    instruments: int
    shared: int
    worth_fen: int


def units_of(session: Session, wish: Wish, shared: str) -> Sequence[UnitCounts]:
    """The providers whose cards these are; `shared` is the mode that counts as open to others."""
    whole = _wanted(wish).subquery()
    counted = (
        sa.select(
            *(whole.c.owner_id, whole.c.owner, whole.c.owner_uscc),
            sa.func.count(sa.distinct(whole.c.lab_id)),
            sa.func.count(),
            sa.func.sum(sa.case((whole.c.share_mode == shared, 1), else_=0)),
            sa.func.sum(whole.c.original_value_fen),
        )
        .group_by(whole.c.owner_id, whole.c.owner, whole.c.owner_uscc)
        .order_by(whole.c.owner)
    )
    return [
        UnitCounts(*row[:3], *(int(number) for number in row[3:]))
        for row in session.execute(counted)
    ]
