"""What is held on which units, when, and for what kind of reason; never by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.types import UtcDateTime
from booking.instruments.models.tables import CLOSURE, HOLD, UNIT
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.family import with_parts
from booking.kernel.errors import Conflict
from booking.kernel.timespan import TimeSpan

OCCUPIED: Final = "occupied"


@dataclass(frozen=True, slots=True)
class Held:
    """Time that is taken on a unit: by a booking (`occupied`) or by a closure of some kind."""

    unit_id: int
    span: TimeSpan
    kind: str = OCCUPIED
    reservation_number: str | None = None
    closure_id: int | None = None
    reason: str = ""


_FROM: Final = sa.bindparam("span_from", type_=UtcDateTime())
_TO: Final = sa.bindparam("span_to", type_=UtcDateTime())
_UNITS: Final = sa.bindparam("units", expanding=True, type_=sa.BigInteger())
_EARLIER: Final = HOLD.alias("earlier")

# Holds of a unit never overlap, so the last one that starts at or before the span's beginning is
# the earliest that can reach into it: one index step, however long the history.
_REACHING_BACK: Final = (
    sa.select(sa.func.max(_EARLIER.c.starts_at))
    .where(_EARLIER.c.unit_id == UNIT.c.id, _EARLIER.c.starts_at <= _FROM)
    .correlate(UNIT)
    .scalar_subquery()
)
INSIDE: Final = sa.and_(
    HOLD.c.unit_id == UNIT.c.id,
    HOLD.c.starts_at < _TO,
    HOLD.c.starts_at >= sa.func.coalesce(_REACHING_BACK, _FROM, type_=UtcDateTime()),
    HOLD.c.ends_at > _FROM,
)
_COLUMNS: Final = (
    UNIT.c.id,
    HOLD.c.starts_at,
    HOLD.c.ends_at,
    CLOSURE.c.kind,
    HOLD.c.reservation_number,
    HOLD.c.closure_id,
    CLOSURE.c.reason,
)
_ID: Final = sa.cast(sa.bindparam("instrument", type_=sa.BigInteger()), sa.BigInteger())
_TAKEN: Final = (
    sa.select(*_COLUMNS, UNIT.c.instrument_id)
    .select_from(UNIT.outerjoin(HOLD, INSIDE).outerjoin(CLOSURE, CLOSURE.c.id == HOLD.c.closure_id))
    .where(
        UNIT.c.instrument_id.in_(with_parts(_ID)),
        UNIT.c.kind == UnitKind.PLACE,
        UNIT.c.active,
    )
    .order_by(UNIT.c.id, HOLD.c.starts_at)
)
_ON_UNITS: Final = (
    sa.select(*_COLUMNS, HOLD.c.id.label("hold_id"))
    .select_from(UNIT.join(HOLD, INSIDE).outerjoin(CLOSURE, CLOSURE.c.id == HOLD.c.closure_id))
    .where(UNIT.c.id.in_(_UNITS))
    .order_by(HOLD.c.starts_at, HOLD.c.id)
)
_FREE: Final = (
    sa.select(UNIT.c.id)
    .where(
        UNIT.c.id.in_(_UNITS),
        ~sa.exists()
        .where(INSIDE, HOLD.c.reservation_number.is_distinct_from(sa.bindparam("but")))
        .correlate(UNIT),
    )
    .order_by(UNIT.c.id)
)


def taken_between(
    session: Session, instrument_id: int, span: TimeSpan
) -> dict[int, tuple[Held, ...]]:
    """What is held on each active place of an instrument; places with nothing held included.

    Time taken on a part is taken on every place of the whole.
    """
    own, parts = _taken(session, instrument_id, span)
    on_parts = sorted((held for each in parts.values() for held in each), key=_begins)
    if not on_parts:
        return own
    return {
        unit: tuple(sorted(_laid(unit, held, on_parts), key=_begins)) for unit, held in own.items()
    }


def taken_with_parts(
    session: Session, instrument_id: int, span: TimeSpan
) -> dict[int, tuple[Held, ...]]:
    """What is held on each active place of an instrument, and on each of its parts' places."""
    own, parts = _taken(session, instrument_id, span)
    return own | parts


def _taken(
    session: Session, instrument_id: int, span: TimeSpan
) -> tuple[dict[int, tuple[Held, ...]], dict[int, tuple[Held, ...]]]:
    """By unit: of the instrument itself, of its parts."""
    rows = session.execute(_TAKEN, {"instrument": instrument_id, **_bounds(span)}).all()
    own: dict[int, tuple[Held, ...]] = {}
    parts: dict[int, tuple[Held, ...]] = {}
    for row in rows:
        side = own if row.instrument_id == instrument_id else parts
        told = () if row.starts_at is None else (_held(row),)
        side[row.id] = (*side.get(row.id, ()), *told)
    return own, parts


def _begins(held: Held) -> datetime:
    return held.span.start


def _laid(unit_id: int, held: Sequence[Held], on_parts: Sequence[Held]) -> list[Held]:
    """What is held on a place, and whatever more of its time is taken on parts."""
    laid = list(held)
    for other in on_parts:
        left = other.span.minus([one.span for one in laid])
        laid += [replace(other, unit_id=unit_id, span=piece) for piece in left]
    return laid


def free_units(
    session: Session, unit_ids: Sequence[int], span: TimeSpan, *, but: str = ""
) -> list[int]:
    """Those of the units on which nothing is held in the span, lowest id first.

    What the booking `but` holds itself is not in its own way.
    """
    asked = {"units": list(unit_ids), "but": but, **_bounds(span)}
    return list(session.execute(_FREE, asked).scalars())


def has_room(
    session: Session, places: Sequence[int], span: TimeSpan, *, others: Sequence[int] = ()
) -> bool:
    """Whether one of the places is free in the span, and every other unit too."""
    free = set(free_units(session, [*places, *others], span))
    return not free.isdisjoint(places) and free.issuperset(others)


def held_on(session: Session, unit_ids: Sequence[int], span: TimeSpan) -> list[tuple[int, Held]]:
    """The holds that lie on some units within a span, with their ids, earliest first."""
    rows = session.execute(_ON_UNITS, {"units": list(unit_ids), **_bounds(span)}).all()
    return [(row.hold_id, _held(row)) for row in rows]


def conflicts_on(
    session: Session, unit_ids: Sequence[int], span: TimeSpan, *, besides: Sequence[int] = ()
) -> tuple[Conflict, ...]:
    """What stands in the way on these units, apart from some holds; without saying whose."""
    others = [hold for hold_id, hold in held_on(session, unit_ids, span) if hold_id not in besides]
    return conflicts(others)


def conflicts(held: Sequence[Held]) -> tuple[Conflict, ...]:
    """Holds as refusals tell them: each span once."""
    return tuple(dict.fromkeys(Conflict(hold.span, hold.kind) for hold in held))


def spans_by_unit(taken: Mapping[int, Sequence[Held]]) -> dict[int, list[TimeSpan]]:
    """Only the time, for the arithmetic of free pieces."""
    return {unit_id: [hold.span for hold in held] for unit_id, held in taken.items()}


def _bounds(span: TimeSpan) -> dict[str, datetime]:
    return {"span_from": span.start, "span_to": span.end}


def _held(row: sa.Row[Any]) -> Held:
    return Held(
        unit_id=row.id,
        span=TimeSpan(row.starts_at, row.ends_at),
        kind=OCCUPIED if row.kind is None else str(row.kind),
        reservation_number=row.reservation_number,
        closure_id=row.closure_id,
        reason=row.reason or "",
    )
