"""The statutory calendar as the rules read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import CALENDAR_DAY, CALENDAR_YEAR
from booking.instruments.rules.opening import DayKind, StatutoryCalendar
from booking.instruments.rules.statutory import Moved, due_years
from booking.kernel.errors import NotFound

_YEAR_ROWS: Final = sa.select(
    CALENDAR_YEAR.c.year,
    CALENDAR_YEAR.c.source,
    CALENDAR_YEAR.c.provisional,
    CALENDAR_YEAR.c.entered_at,
)


def calendar_between(session: Session, first: date, last: date) -> StatutoryCalendar:
    """The moved days from one day to another, and all known years."""
    years = session.execute(sa.select(CALENDAR_YEAR.c.year)).scalars()
    moved = sa.select(CALENDAR_DAY.c.day, CALENDAR_DAY.c.kind, CALENDAR_DAY.c.name).where(
        CALENDAR_DAY.c.day.between(first, last)
    )
    rows = session.execute(moved).all()
    return StatutoryCalendar(
        frozenset(years),
        {row.day: row.kind for row in rows},
        {row.day: row.name for row in rows},
    )


def calendar_from(session: Session, first: date) -> StatutoryCalendar:
    """The calendar of the year that begins with a day and the next one."""
    return calendar_between(session, first, date(first.year + 1, 12, 31))


@dataclass(frozen=True, slots=True)
class KnownYear:
    """A year whose calendar somebody has entered."""

    year: int
    source: str
    provisional: bool
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class MovedDay:
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: str


def known_years(session: Session) -> Sequence[KnownYear]:
    """Every year entered, the newest first."""
    rows = session.execute(_YEAR_ROWS.order_by(CALENDAR_YEAR.c.year.desc()))
    return [KnownYear(*row) for row in rows]


def known_year(session: Session, year: int) -> KnownYear:
    """One of them; NotFound when nobody has entered it."""
    row = session.execute(_YEAR_ROWS.where(CALENDAR_YEAR.c.year == year)).one_or_none()
    if row is None:
        raise NotFound(year=year)
    return KnownYear(*row)


def years_due(session: Session, today: date) -> Sequence[int]:
    """The years that must be known by now and that nobody has entered."""
    due = due_years(today)
    known = session.execute(sa.select(CALENDAR_YEAR.c.year).where(CALENDAR_YEAR.c.year.in_(due)))
    return sorted(set(due) - set(known.scalars()))


def moved_in(session: Session, year: int) -> Moved:
    """The moved days of a year with their names."""
    return {one.day: (one.kind, one.name) for one in moved_days(session, year)}


def moved_days(session: Session, year: int) -> Sequence[MovedDay]:
    """The moved days of a year, in order."""
    mine = (
        sa.select(CALENDAR_DAY.c.day, CALENDAR_DAY.c.kind, CALENDAR_DAY.c.name)
        .where(CALENDAR_DAY.c.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(CALENDAR_DAY.c.day)
    )
    return [MovedDay(*row) for row in session.execute(mine)]
