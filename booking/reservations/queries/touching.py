"""Which reservations touch a span: read from the days around it, however long the history."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.db.expressions import lasts_over_two_days
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.reservation import Reservation

# The few that last longer have an index of their own.
_SHORT: Final = timedelta(days=2)


def touching(span: TimeSpan, where: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    """The ids of those that share time with a span; `where` says on which instruments."""
    begins, ends = col(Reservation.starts_at), col(Reservation.ends_at)
    any_length = sa.select(col(Reservation.id)).where(where, begins < span.end, ends > span.start)
    both = sa.union_all(
        any_length.where(begins > span.start - _SHORT),
        any_length.where(lasts_over_two_days(begins, ends)),
    ).subquery()
    return sa.select(both.c.id)
