"""SQL expressions that both databases understand in their own words."""

from datetime import date, datetime
from typing import Self

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.sql.operators import OperatorType

from booking.db.types import UtcDateTime

MICROSECONDS = 1_000_000
# Local time is ahead of UTC by eight hours.
AHEAD = 8 * 3600
Either = (
    GenericFunction[int] | GenericFunction[datetime] | GenericFunction[bool] | GenericFunction[date]
)


def instant(moment: datetime) -> sa.BindParameter[datetime]:
    """A moment as a typed parameter, for use inside the functions below."""
    return sa.literal(moment, UtcDateTime())


class seconds_between(GenericFunction[int]):
    """Whole seconds from one instant to a later one: `seconds_between(starts_at, ends_at)`."""

    type = sa.BigInteger()
    inherit_cache = True


class lasts_over_two_days(GenericFunction[bool]):
    """Whether `(starts_at, ends_at)` is long, in the very words of the partial index on it."""

    type = sa.Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002
        """SQLAlchemy would write `… = 1` for SQLite, which then no longer knows its index."""
        return self


class later_of(GenericFunction[datetime]):
    """The later of two instants."""

    type = UtcDateTime()
    inherit_cache = True


class earlier_of(GenericFunction[datetime]):
    """The earlier of two instants."""

    type = UtcDateTime()
    inherit_cache = True


def _arguments(element: Either, compiler: SQLCompiler) -> list[str]:
    return [compiler.process(clause) for clause in element.clauses]


@compiles(seconds_between, "sqlite")
def _seconds_sqlite(element: seconds_between, compiler: SQLCompiler, **_: object) -> str:
    start, end = _arguments(element, compiler)
    return f"(({end} - {start}) / {MICROSECONDS})"


@compiles(seconds_between, "postgresql")
def _seconds_postgresql(element: seconds_between, compiler: SQLCompiler, **_: object) -> str:
    start, end = _arguments(element, compiler)
    # date_part answers a float8; extract answers a slow numeric since PostgreSQL 14.
    return f"CAST(date_part('epoch', {end} - {start}) AS bigint)"


class epoch_seconds(GenericFunction[int]):
    """Whole seconds since 1970, cut down: `epoch_seconds(starts_at)`."""

    type = sa.BigInteger()
    inherit_cache = True


class day_of_end(GenericFunction[date]):
    """The day here on which something ended: `day_of_end(ended_at)`; midnight is the end of a day,
    as the ends of months are in reports. China has no summer time."""

    type = sa.Date()
    inherit_cache = True


class larger_of(GenericFunction[int]):
    """The larger of two numbers."""

    type = sa.BigInteger()
    inherit_cache = True


class smaller_of(GenericFunction[int]):
    """The smaller of two numbers."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(epoch_seconds, "sqlite")
def _epoch_sqlite(element: epoch_seconds, compiler: SQLCompiler, **_: object) -> str:
    (moment,) = _arguments(element, compiler)
    return f"({moment} / {MICROSECONDS})"


@compiles(epoch_seconds, "postgresql")
def _epoch_postgresql(element: epoch_seconds, compiler: SQLCompiler, **_: object) -> str:
    (moment,) = _arguments(element, compiler)
    return f"CAST(floor(date_part('epoch', {moment})) AS bigint)"


@compiles(day_of_end, "sqlite")
def _day_sqlite(element: day_of_end, compiler: SQLCompiler, **_: object) -> str:
    (moment,) = _arguments(element, compiler)
    return f"date(({moment} - 1) / {MICROSECONDS} + {AHEAD}, 'unixepoch')"


@compiles(day_of_end, "postgresql")
def _day_postgresql(element: day_of_end, compiler: SQLCompiler, **_: object) -> str:
    (moment,) = _arguments(element, compiler)
    return f"CAST(timezone('Asia/Shanghai', {moment} - INTERVAL '1 microsecond') AS date)"


@compiles(larger_of, "sqlite")
@compiles(later_of, "sqlite")
def _later_sqlite(element: later_of, compiler: SQLCompiler, **_: object) -> str:
    return f"max({', '.join(_arguments(element, compiler))})"


@compiles(larger_of, "postgresql")
@compiles(later_of, "postgresql")
def _later_postgresql(element: later_of, compiler: SQLCompiler, **_: object) -> str:
    return f"greatest({', '.join(_arguments(element, compiler))})"


@compiles(smaller_of, "sqlite")
@compiles(earlier_of, "sqlite")
def _earlier_sqlite(element: earlier_of, compiler: SQLCompiler, **_: object) -> str:
    return f"min({', '.join(_arguments(element, compiler))})"


@compiles(smaller_of, "postgresql")
@compiles(earlier_of, "postgresql")
def _earlier_postgresql(element: earlier_of, compiler: SQLCompiler, **_: object) -> str:
    return f"least({', '.join(_arguments(element, compiler))})"


@compiles(lasts_over_two_days, "sqlite")
def _long_sqlite(element: lasts_over_two_days, compiler: SQLCompiler, **_: object) -> str:
    start, end = _arguments(element, compiler)
    return f"{end} - {start} > {48 * 3600 * MICROSECONDS}"


@compiles(lasts_over_two_days, "postgresql")
def _long_postgresql(element: lasts_over_two_days, compiler: SQLCompiler, **_: object) -> str:
    start, end = _arguments(element, compiler)
    return f"{end} - {start} > INTERVAL '48 hours'"


class later_by(GenericFunction[datetime]):
    """An instant and so many seconds: `later_by(asked_at, 86_400)`."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(later_by, "sqlite")
def _later_by_sqlite(element: later_by, compiler: SQLCompiler, **_: object) -> str:
    moment, seconds = _arguments(element, compiler)
    return f"({moment} + {seconds} * {MICROSECONDS})"


@compiles(later_by, "postgresql")
def _later_by_postgresql(element: later_by, compiler: SQLCompiler, **_: object) -> str:
    moment, seconds = _arguments(element, compiler)
    return f"({moment} + {seconds} * INTERVAL '1 second')"
