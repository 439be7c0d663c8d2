"""What is held on thousands of units, in plain seconds, in one statement."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.expressions import instant, seconds_between
from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import HOLD, UNIT
from booking.instruments.queries.holds import INSIDE
from booking.instruments.rules.slots import Seconds, moment_of

_EPOCH: Final = moment_of(0)
_HELD: Final = (
    sa.select(
        UNIT.c.id,
        seconds_between(instant(_EPOCH), HOLD.c.starts_at),
        seconds_between(instant(_EPOCH), HOLD.c.ends_at),
    )
    .select_from(UNIT.join(HOLD, INSIDE))
    .where(among(UNIT.c.id, ids_parameter("units")))
    .order_by(UNIT.c.id, HOLD.c.starts_at)
)
_HELD_BY_OTHERS: Final = _HELD.where(
    HOLD.c.reservation_number.is_distinct_from(sa.bindparam("but", type_=sa.String()))
)


def taken_on(
    session: Session, units: Sequence[int], *, first: int, until: int, but: str = ""
) -> dict[int, list[Seconds]]:
    """What is held on each unit between two moments, in order; units with nothing are left out.

    What one booking holds can be left out, by its number.
    """
    asked = {"units": units, "span_from": moment_of(first), "span_to": moment_of(until)}
    statement, others = (_HELD_BY_OTHERS, {"but": but}) if but else (_HELD, {})
    held: dict[int, list[Seconds]] = {}
    for unit_id, start, end in session.execute(statement, asked | others).all():
        if unit_id in held:
            held[unit_id].append((start, end))
        else:
            held[unit_id] = [(start, end)]
    return held
