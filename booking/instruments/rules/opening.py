"""When an instrument is open: weekly hours, dated exceptions, the statutory calendar.

A window over midnight belongs wholly to the day on which it opens: that day's exception, holiday or
make-up workday decides about it, whatever the day after is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan, local_midnight, merged

MONDAY = 1
DAY_MINUTES = 24 * 60
_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """How the state moves a day: off although a weekday, or worked although a weekend (调休)."""

    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from one minute of a local day to another; past 1440 it is the day after."""

    opens: int
    closes: int

    @classmethod
    def between(cls, opens: str, closes: str) -> "Hours":
        """`22:00` to `06:00` ends on the day after; ValueError for what is no time of day."""
        first, last = minute_of_day(opens), minute_of_day(closes)
        return cls(first, last + DAY_MINUTES if last < first else last)

    @property
    def over_midnight(self) -> bool:
        return self.closes > DAY_MINUTES

    @property
    def text(self) -> str:
        """`08:30–18:00`, `22:00–06:00`."""
        return f"{clock_text(self.opens)}–{clock_text(self.closes)}"

    def on(self, day: date) -> TimeSpan:
        # The zone has had no clock changes since 1991: a minute of the day is a fixed distance.
        midnight = local_midnight(day)
        return TimeSpan(
            midnight + timedelta(minutes=self.opens), midnight + timedelta(minutes=self.closes)
        )


@dataclass(frozen=True, slots=True)
class StatutoryCalendar:
    """The days that the state moved with their names, and the years for which that is known."""

    years: frozenset[int]
    days: Mapping[date, DayKind]
    names: Mapping[date, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everything that decides when an instrument is open.

    `week` maps ISO weekdays to windows; `exceptions` maps a day to its own windows (none: closed),
    which nothing overrules. Without a calendar, the weekly hours alone count.
    """

    week: Mapping[int, tuple[Hours, ...]]
    exceptions: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)
    calendar: StatutoryCalendar | None = None

    def on(self, day: date) -> tuple[Hours, ...]:
        """The windows that open on a day; none in a year whose calendar is unknown."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.calendar is None:
            return self.week.get(day.isoweekday(), ())
        if day.year not in self.calendar.years:
            return ()
        kind = self.calendar.days.get(day)
        if kind is DayKind.HOLIDAY:
            return ()
        # A make-up workday is worked like a Monday, whatever the weekend's own hours are.
        return self.week.get(MONDAY if kind is DayKind.MAKEUP_WORKDAY else day.isoweekday(), ())


def open_windows(
    schedule: Schedule, span: TimeSpan, *, closed: Iterable[TimeSpan] = ()
) -> tuple[TimeSpan, ...]:
    """The open time inside a span, as few ordered windows; `closed` takes away open faults."""
    windows = merged(
        clipped
        for day in days_reaching(span)
        for hours in schedule.on(day)
        if (clipped := hours.on(day).clipped(span))
    )
    shut = merged(closed)
    return tuple(piece for window in windows for piece in window.minus(shut)) if shut else windows


def missing_years(schedule: Schedule, span: TimeSpan) -> tuple[int, ...]:
    """The years touched whose holidays and make-up workdays nobody has entered.

    A day with its own exception does not need them, nor does a night that a known day opened.
    """
    unknown = [day for day in days_reaching(span) if not _is_known(schedule, day)]
    if not unknown:
        return ()
    in_question = span.minus(open_windows(schedule, span))
    return tuple(
        sorted(
            {
                day.year
                for day in unknown
                if any(_may_open(schedule, day).overlaps(piece) for piece in in_question)
            }
        )
    )


def _is_known(schedule: Schedule, day: date) -> bool:
    calendar = schedule.calendar
    return calendar is None or day.year in calendar.years or day in schedule.exceptions


def _may_open(schedule: Schedule, day: date) -> TimeSpan:
    """The whole day, and the longest night that might begin on it."""
    usual = (*schedule.week.get(MONDAY, ()), *schedule.week.get(day.isoweekday(), ()))
    return Hours(0, max([DAY_MINUTES, *(hours.closes for hours in usual)])).on(day)


def local_days(span: TimeSpan) -> Sequence[date]:
    """The local days that a span touches."""
    first = local(span.start).date()
    last = local(span.end - timedelta(microseconds=1)).date()
    return [first + n * _DAY for n in range((last - first).days + 1)]


def days_reaching(span: TimeSpan) -> Sequence[date]:
    """The days whose windows can reach into a span: the one before may last over midnight."""
    days = local_days(span)
    return (days[0] - _DAY, *days)


def minute_of_day(text: str) -> int:
    """`08:30` → 510, `24:00` → 1440; ValueError for anything else."""
    hour, colon, minute = text.partition(":")
    digits = len(hour) == len(minute) == 2 and (hour + minute).isdecimal() and text.isascii()
    if not (colon and digits and int(minute) < 60):
        raise ValueError(f"not a time of day: {text!r}")
    total = int(hour) * 60 + int(minute)
    if total > DAY_MINUTES:
        raise ValueError(f"not a time of day: {text!r}")
    return total


def clock_text(minute: int) -> str:
    """510 → `08:30`, 1440 → `24:00`, 1800 → `06:00` of the day after."""
    if minute > DAY_MINUTES:
        minute -= DAY_MINUTES
    return f"{minute // 60:02d}:{minute % 60:02d}"


def clashing(windows: Sequence[Hours]) -> bool:
    """Whether windows of one day are empty, open outside it, last over a day or share a minute."""
    ordered = sorted(windows, key=lambda hours: hours.opens)
    wrong = any(
        not (0 <= h.opens < DAY_MINUTES and h.opens < h.closes <= h.opens + DAY_MINUTES)
        for h in ordered
    )
    return wrong or any(a.closes > b.opens for a, b in pairwise(ordered))


def clashing_night(week: Mapping[int, Sequence[Hours]]) -> int | None:
    """The first weekday with a window that lasts into one of the day after, if there is any."""
    for weekday in range(MONDAY, 8):
        following = week.get(weekday % 7 + 1, ())
        first = min((hours.opens for hours in following), default=DAY_MINUTES)
        if any(hours.closes - DAY_MINUTES > first for hours in week.get(weekday, ())):
            return weekday
    return None
