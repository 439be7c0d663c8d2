"""The statement that finds the months whose figures are more than sums of what is recorded."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import Insert

from booking.db.expressions import larger_of, smaller_of
from booking.instruments.models.tables import (
    EXCEPTION,
    HOURS,
    INSTRUMENT,
    LAB_DAY,
    LAB_HOURS,
    ZONE_DAY,
)
from booking.instruments.rules.opening import DAY_MINUTES
from booking.utilisation.queries.scratch import CROWDED, ENTRY, MONTH, SCOPE, SHUT


def find_crowded() -> Insert:
    """Months in which records of a unit lie over one another, or hours are not plainly weekly."""
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
    every: sa.CompoundSelect[Any] = sa.union(
        after_another, on_closure, on_each_other, *_unlike_any_week()
    )
    return sa.insert(CROWDED).from_select(["instrument_id", "month"], every)


def _unlike_any_week() -> Sequence[sa.Select[tuple[int, str]]]:
    """Days with hours of their own, hours that are the lab's, windows over midnight."""
    scope = SCOPE.join(MONTH, MONTH.c.month == SCOPE.c.month).join(
        INSTRUMENT, INSTRUMENT.c.id == SCOPE.c.instrument_id
    )

    def found(table: sa.Table, whose: sa.ColumnElement[bool]) -> sa.Select[tuple[int, str]]:
        asked = sa.select(SCOPE.c.instrument_id, SCOPE.c.month)
        return asked.select_from(scope.join(table, whose))

    def within(table: sa.Table) -> sa.ColumnElement[bool]:
        # A day of its own that lasts over midnight may be the last one before the month.
        return table.c.day.between(MONTH.c.day_before, MONTH.c.last_day)

    no_hours = sa.not_(sa.exists().where(HOURS.c.instrument_id == SCOPE.c.instrument_id))
    of_lab = INSTRUMENT.c.lab_id
    return (
        found(EXCEPTION, (EXCEPTION.c.instrument_id == INSTRUMENT.c.id) & within(EXCEPTION)),
        found(LAB_DAY, (LAB_DAY.c.lab_id == of_lab) & within(LAB_DAY)),
        found(ZONE_DAY, within(ZONE_DAY)),
        found(LAB_HOURS, (LAB_HOURS.c.lab_id == of_lab) & no_hours),
        found(HOURS, (HOURS.c.instrument_id == INSTRUMENT.c.id) & (HOURS.c.closes > DAY_MINUTES)),
    )
