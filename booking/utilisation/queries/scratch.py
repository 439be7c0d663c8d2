"""Scratch tables of one roll-up: what is to be redone, and the records cut to months.

Times are whole seconds since 1970, so that both databases count alike; columns that are compared
with indexed moments keep the moment's own type. The tables are temporary and end with the work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.types import UtcDateTime

_SCRATCH: Final = sa.MetaData()
_Seconds: Final = sa.BigInteger


def _scratch(name: str, *columns: sa.Column[object] | sa.Index) -> sa.Table:
    return sa.Table(name, _SCRATCH, *columns, prefixes=["TEMPORARY"])


def _owner() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("instrument_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("month", sa.String(7), primary_key=True),
    )


def _owned() -> tuple[sa.Column[object], sa.Column[object]]:
    return sa.Column("instrument_id", sa.BigInteger()), sa.Column("month", sa.String(7))


# The months that are kept. Short bookings that touch one start after `short_from`, long ones have
# an index of their own; a session ends long before a week past its booking, and nobody checks in a
# day early.
MONTH: Final = _scratch(
    "roll_month",
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("starts_at", UtcDateTime()),
    sa.Column("ends_at", UtcDateTime()),
    sa.Column("first", _Seconds()),
    sa.Column("last", _Seconds()),
    sa.Column("day_before", sa.Date()),
    sa.Column("last_day", sa.Date()),
    sa.Column("short_from", UtcDateTime()),
    sa.Column("booked_until", UtcDateTime()),
    sa.Column("ended_from", UtcDateTime()),
)

# Local days by number: midnight, the weekday on the wall, and the one that the State Council makes
# of it (0: off).
DAY: Final = _scratch(
    "roll_day",
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("month", sa.String(7)),
    sa.Column("midnight", _Seconds()),
    sa.Column("weekday", sa.Integer()),
    sa.Column("statutory", sa.Integer()),
)

# How many days of a month have a weekday's hours.
WEEKDAYS: Final = _scratch(
    "roll_weekdays",
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("statutory_days", sa.Boolean(), primary_key=True),
    sa.Column("weekday", sa.Integer(), primary_key=True),
    sa.Column("days", sa.Integer()),
)

# What must be redone.
WANTED: Final = _scratch("roll_wanted", *_owner())

# The share of it that is being redone now.
SCOPE: Final = _scratch("roll_scope", *_owner(), sa.Column("statutory_days", sa.Boolean()))

# A booking and its use, cut to the month; an empty part has no length.
ENTRY: Final = _scratch(
    "roll_entry",
    *_owned(),
    sa.Column("statutory_days", sa.Boolean()),
    sa.Column("unit_id", sa.BigInteger()),
    sa.Column("booked_from", _Seconds()),
    sa.Column("booked_until", _Seconds()),
    sa.Column("used_from", _Seconds()),
    sa.Column("used_until", _Seconds()),
    sa.Column("effective", _Seconds()),
    sa.Column("is_external", sa.Boolean()),
    sa.Column("bookings", sa.Integer()),
    sa.Column("missed", sa.Integer()),
    sa.Column("uses", sa.Integer()),
    sa.Column("samples", sa.Integer()),
    sa.Column("income_fen", sa.BigInteger()),
)

# A closure cut to the month; `begins` where it starts in it.
SHUT: Final = _scratch(
    "roll_shut",
    *_owned(),
    sa.Column("id", sa.BigInteger()),
    sa.Column("kind", sa.String(32)),
    sa.Column("statutory_days", sa.Boolean()),
    sa.Column("starts", _Seconds()),
    sa.Column("ends", _Seconds()),
    sa.Column("begins", sa.Integer()),
    sa.Index("ix_roll_shut", "instrument_id", "month"),
)

# Where records lie over one another, so that sums would count time twice, or where days have hours
# of their own: the law decides there.
CROWDED: Final = _scratch("roll_crowded", *_owner())

SHARE: Final = (SCOPE, ENTRY, SHUT, CROWDED)


@contextmanager
def scratch_tables(session: Session) -> Iterator[None]:
    """Make the tables, and take them away; a transaction that fails takes them itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL work_mem = '64MB'"))
        session.execute(sa.text("SET LOCAL jit = off"))
    _SCRATCH.create_all(session.connection(), checkfirst=False)
    yield
    _SCRATCH.drop_all(session.connection(), checkfirst=False)


def emptied(session: Session) -> None:
    """Make room for the next share."""
    for table in SHARE:
        session.execute(sa.delete(table))


def measured(session: Session, *tables: sa.Table) -> None:
    """Let PostgreSQL's planner see how much there is; SQLite's plans do not need it."""
    if session.get_bind().dialect.name == "postgresql":
        for table in tables:
            keys = [c.name for c in table.columns if c.name in {"instrument_id", "month"}]
            columns = f" ({', '.join(keys)})" if keys else ""
            session.execute(sa.text(f"ANALYZE {table.name}{columns}"))
