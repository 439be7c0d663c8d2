"""When faults close many instruments, their wholes' and parts' faults among them."""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.lists import among, ids_parameter
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.tables import CLOSURE, INSTRUMENT
from booking.instruments.queries.family import FAR, NEAR, WHOLE, part_pairs, whole_pairs
from booking.instruments.queries.terms import ENDLESS, LASTS_UNTIL, OF_OPEN_FAULT
from booking.instruments.rules.slots import Seconds, seconds
from booking.kernel.timespan import TimeSpan

_NEVER: Final = seconds(ENDLESS)
_IDS: Final = ids_parameter("ids")
_PARTS: Final = part_pairs(among(WHOLE, _IDS))
_WHOLES: Final = whole_pairs(among(NEAR, _IDS), among(FAR, _IDS))
_FAMILY: Final = sa.union_all(
    sa.select(INSTRUMENT.c.id.label("one"), INSTRUMENT.c.id.label("other")).where(
        among(INSTRUMENT.c.id, _IDS)
    ),
    sa.select(_PARTS.c.whole, _PARTS.c.part),
    sa.select(_WHOLES.c.part, _WHOLES.c.whole),
).subquery("family")
CLOSED_BY_FAULTS: Final = (
    sa.select(
        _FAMILY.c.one.label("instrument_id"),
        CLOSURE.c.starts_at,
        LASTS_UNTIL.label("ends_at"),
        OF_OPEN_FAULT.label("is_open"),
    )
    .join(CLOSURE, CLOSURE.c.instrument_id == _FAMILY.c.other)
    .where(CLOSURE.c.kind == ClosureKind.FAULT, LASTS_UNTIL > CLOSURE.c.starts_at)
    .order_by(CLOSURE.c.starts_at)
)


class Broken(NamedTuple):
    """A closure for a fault; an open one has no end once its expected end has come."""

    start: int
    end: int
    is_open: bool

    def lasts(self, now: int) -> Seconds:
        """From when until when, as far as is known now."""
        return self.start, _NEVER if self.is_open and self.end <= now else self.end


def is_broken_in(session: Session, instrument_id: int, span: TimeSpan) -> bool:
    """Whether a fault closes any of a span, as far as is known."""
    rows = session.execute(CLOSED_BY_FAULTS, {"ids": [instrument_id]})
    return any(
        row.starts_at < span.end and (row.is_open or row.ends_at > span.start) for row in rows
    )


def broken(row: sa.Row[Any]) -> Broken:
    """A row of the statement."""
    return Broken(seconds(row.starts_at), seconds(row.ends_at), row.is_open)
