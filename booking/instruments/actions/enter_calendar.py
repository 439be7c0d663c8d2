"""Enter the statutory calendar of a year, as the State Council's notice has it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.file_card import reckon_filings
from booking.instruments.errors import CalendarContradicts
from booking.instruments.events import CalendarEntered
from booking.instruments.models.calendar import CalendarDay, CalendarYear
from booking.instruments.models.tables import CALENDAR_DAY, CALENDAR_YEAR
from booking.instruments.rules.opening import DayKind
from booking.instruments.rules.statutory import worked_anyway
from booking.kernel.errors import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class YearNotice:
    """The moved days of a year with their names, where that is known from, how sure it is."""

    year: int
    days: Mapping[date, tuple[DayKind, str]]
    source: str
    provisional: bool = False


def _contradictions(notice: YearNotice) -> Iterator[Violation]:
    for day, (kind, _) in sorted(notice.days.items()):
        if day.year != notice.year:
            yield Violation("calendar.other_year", {"year": notice.year, "day": day})
        if worked_anyway(day, kind):
            yield Violation("calendar.worked_anyway", {"day": day})


def enter_calendar(
    uow: UnitOfWork, notice: YearNotice, *, actor: Actor, now: datetime
) -> CalendarYear:
    """Replace what is known of a year; what is to be filed is due by it from now on."""
    actor.must(Permission.CALENDAR_MANAGE)
    if contradictions := [*_contradictions(notice)]:
        raise CalendarContradicts(contradictions)
    session, first = uow.session, date(notice.year, 1, 1)
    within = CALENDAR_DAY.c.day.between(first, date(notice.year, 12, 31))
    session.execute(sa.delete(CALENDAR_DAY).where(within))
    session.execute(sa.delete(CALENDAR_YEAR).where(CALENDAR_YEAR.c.year == notice.year))
    year = CalendarYear(
        year=notice.year, source=notice.source, provisional=notice.provisional, entered_at=now
    )
    session.add(year)
    for day, (kind, name) in sorted(notice.days.items()):
        session.add(CalendarDay(day=day, kind=kind, name=name))
    session.flush()
    reckon_filings(uow, notice.year)
    uow.announce(
        CalendarEntered(
            at=now,
            actor_id=actor.known_id,
            subject=f"calendar:{notice.year}",
            cause=notice.source,
            changes={"days": (None, len(notice.days))},
            year=notice.year,
        )
    )
    return year
