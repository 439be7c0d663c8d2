"""What is held on thousands of units, in plain seconds, in one statement."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.expressions import instant, seconds_between
from booking.db.lists import among, ids_parameter
from booking.db.types import UtcDateTime
from booking.instruments.models.tables import HOLD, UNIT
from booking.instruments.rules.slots import Seconds, moment_of

_EPOCH: Final = moment_of(0)
_FROM: Final = sa.bindparam("span_from", type_=UtcDateTime())
_TO: Final = sa.bindparam("span_to", type_=UtcDateTime())
_EARLIER: Final = HOLD.alias("earlier")
# As in `holds.py`: one step back finds the only hold that can reach into the span.
_REACHING_BACK: Final = (
    sa.select(sa.func.max(_EARLIER.c.starts_at))
    .where(_EARLIER.c.unit_id == UNIT.c.id, _EARLIER.c.starts_at <= _FROM)
    .correlate(UNIT)
    .scalar_subquery()
)
_HELD: Final = (
    sa.select(
        UNIT.c.id,
        seconds_between(instant(_EPOCH), HOLD.c.starts_at),
        seconds_between(instant(_EPOCH), HOLD.c.ends_at),
    )
    .select_from(UNIT.join(HOLD, HOLD.c.unit_id == UNIT.c.id))
    .where(
        among(UNIT.c.id, ids_parameter("units")),
        HOLD.c.starts_at < _TO,
        HOLD.c.starts_at >= sa.func.coalesce(_REACHING_BACK, _FROM, type_=UtcDateTime()),
    )
    .order_by(UNIT.c.id, HOLD.c.starts_at)
)


def taken_on(
    session: Session, units: Sequence[int], *, first: int, until: int
) -> dict[int, list[Seconds]]:
    """What is held on each unit between two moments, in order; units with nothing are left out."""
    asked = {"units": units, "span_from": moment_of(first), "span_to": moment_of(until)}
    held: dict[int, list[Seconds]] = {}
    for unit_id, start, end in session.execute(_HELD, asked).all():
        if unit_id in held:
            held[unit_id].append((start, end))
        else:
            held[unit_id] = [(start, end)]
    return held
