"""Which reservations touch a span: read from the days around it, however long the history."""

from datetime import datetime, timedelta
from typing import Final, TypeVarTuple

import sqlalchemy as sa
from sqlmodel import col

from booking.db.expressions import lasts_over_two_days
from booking.db.types import UtcDateTime
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.reservation import Reservation

_Columns = TypeVarTuple("_Columns")
Where = sa.ColumnElement[bool]
_Moment = datetime | sa.BindParameter[datetime]
# The few that last longer have an index of their own.
_SHORT: Final = timedelta(days=2)


def touching(span: TimeSpan, where: Where) -> sa.Select[tuple[int]]:
    """The ids of those that share time with a span; `where` says on which instruments."""
    return _between(where, span.start, span.end, short_from=span.start - _SHORT)


def touching_later(where: Where) -> sa.Select[tuple[int]]:
    """The same for a statement that is built once; the span comes with `bounds` when it is run."""
    return _between(where, _given("span_from"), _given("span_to"), short_from=_given("short_from"))


def _given(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=UtcDateTime())


def soonest_by_grace(statement: sa.Select[*_Columns]) -> sa.Select[*_Columns]:
    """Read confirmed bookings by when nobody is waited for any longer.

    Without statistics SQLite would choose the index of all states, and read every booking ahead.
    """
    table = Reservation.__table__  # type: ignore[attr-defined]  # by SQLModel
    return statement.with_hint(table, "INDEXED BY ix_reservation_awaited", "sqlite")


def bounds(span: TimeSpan) -> dict[str, datetime]:
    """The parameters of `touching_later`."""
    return {"span_from": span.start, "span_to": span.end, "short_from": span.start - _SHORT}


def _between(
    where: Where, start: _Moment, end: _Moment, *, short_from: _Moment
) -> sa.Select[tuple[int]]:
    begins, ends = col(Reservation.starts_at), col(Reservation.ends_at)
    any_length = sa.select(col(Reservation.id)).where(where, begins < end, ends > start)
    both = sa.union_all(
        any_length.where(begins > short_from),
        any_length.where(lasts_over_two_days(begins, ends)),
    ).subquery()
    return sa.select(both.c.id)
