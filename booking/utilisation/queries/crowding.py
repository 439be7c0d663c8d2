"""The statement that finds where cut records lie over one another, or over hours of a day's own."""

import sqlalchemy as sa
from sqlalchemy.sql.dml import Insert

from booking.db.expressions import larger_of, smaller_of
from booking.instruments.models.tables import EXCEPTION
from booking.utilisation.queries.scratch import CROWDED, ENTRY, MONTH, SCOPE, SHUT


def find_crowded() -> Insert:
    """Months in which records of a unit lie over one another, or a day has hours of its own."""
    from_ = smaller_of(ENTRY.c.booked_from, ENTRY.c.used_from)
    until = larger_of(ENTRY.c.booked_until, ENTRY.c.used_until)
    # Pieces are cut at the ends of months, so those of different months never overlap.
    following = sa.func.lead(from_).over(partition_by=ENTRY.c.unit_id, order_by=(from_, until))
    reach = sa.select(
        ENTRY.c.instrument_id, ENTRY.c.month, until.label("until"), following.label("following")
    ).subquery()
    after_another = sa.select(reach.c.instrument_id, reach.c.month).where(
        reach.c.following < reach.c.until
    )
    on_closure = (
        sa.select(ENTRY.c.instrument_id, ENTRY.c.month)
        .join(
            SHUT,
            sa.and_(SHUT.c.instrument_id == ENTRY.c.instrument_id, SHUT.c.month == ENTRY.c.month),
        )
        .where(from_ < SHUT.c.ends, until > SHUT.c.starts)
    )
    other = SHUT.alias()
    on_each_other = (
        sa.select(SHUT.c.instrument_id, SHUT.c.month)
        .join(
            other,
            sa.and_(
                SHUT.c.instrument_id == other.c.instrument_id,
                SHUT.c.month == other.c.month,
                SHUT.c.id < other.c.id,
            ),
        )
        .where(SHUT.c.starts < other.c.ends, SHUT.c.ends > other.c.starts)
    )
    own_hours = (
        sa.select(SCOPE.c.instrument_id, SCOPE.c.month)
        .join(MONTH, MONTH.c.month == SCOPE.c.month)
        .join(EXCEPTION, EXCEPTION.c.instrument_id == SCOPE.c.instrument_id)
        .where(EXCEPTION.c.day.between(MONTH.c.first_day, MONTH.c.last_day))
    )
    every = sa.union(after_another, on_closure, on_each_other, own_hours)
    return sa.insert(CROWDED).from_select(["instrument_id", "month"], every)
