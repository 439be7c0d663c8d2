"""A year's statutory calendar as a sheet: read row by row, compared, and laid out in months.

The columns are those of `seed/calendar/*.csv`: date, kind, name, name_en (not kept), source.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from booking.instruments.rules.filing import is_working_day
from booking.instruments.rules.opening import DayKind, StatutoryCalendar
from booking.kernel.errors import Violation

HEADINGS: Final = ("date", "kind", "name", "source")
LONGEST_NAME: Final = 50
LONGEST_SOURCE: Final = 200
# More moved days than any notice ever had: somebody sent another file.
MOST_ROWS: Final = 120
# The years whose calendar can be entered and looked at.
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2200
# The notice for a year is published in the first days of November before.
ANNOUNCED_AHEAD: Final = timedelta(days=55)
_SATURDAY: Final = 6
_DAY: Final = timedelta(days=1)

Moved = Mapping[date, tuple[DayKind, str]]


@dataclass(frozen=True, slots=True)
class YearSheet:
    """The moved days of one year with their names, and where that is known from."""

    year: int
    days: Moved
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sheet says, or row by row why it says nothing."""

    sheet: YearSheet | None
    faults: tuple[Violation, ...] = ()


def text_of(content: bytes) -> str:
    """A file's text; sheets come in the old national encoding as often as not."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def read_sheet(text: str) -> Reading:
    """The year that a sheet is about; nothing of it where any row is wrong."""
    # Sheets that are decades old end their lines by a carriage return alone.
    reader = csv.DictReader(io.StringIO(text.strip().lstrip("\ufeff"), newline=None))
    missing = [name for name in HEADINGS if name not in (reader.fieldnames or ())]
    if missing:
        return Reading(None, tuple(_fault("heading_missing", 1, heading=n) for n in missing))
    days: dict[date, tuple[DayKind, str]] = {}
    faults: list[Violation] = []
    source = ""
    for row in reader:
        told = {name: (row.get(name) or "").strip() for name in HEADINGS}
        read = _Row(reader.line_num, told, days)
        if any(told.values()):
            faults += read.faults
            source = source or told["source"]
        if read.day is not None and not read.faults:
            days[read.day] = (DayKind(told["kind"]), told["name"])
    faults = faults or list(_faults_of_whole(days, source))
    if faults:
        return Reading(None, tuple(faults[:MOST_ROWS]))
    return Reading(YearSheet(min(days).year, days, source))


def _faults_of_whole(days: Moved, source: str) -> Iterator[Violation]:
    if not days:
        yield _fault("nothing_in_it", 1)
    elif not source:
        yield _fault("source_missing", 1)
    if len(days) > MOST_ROWS:
        yield _fault("too_many_days", 1, most=MOST_ROWS)


def worked_anyway(day: date, kind: str) -> bool:
    """Whether a make-up workday (调休上班) is claimed for a day that is no weekend."""
    return kind == DayKind.MAKEUP_WORKDAY and day.isoweekday() < _SATURDAY


class _Row:
    """One row: its day where it can be read, and what is wrong with it."""

    def __init__(self, line: int, told: Mapping[str, str], before: Moved) -> None:
        self.line, self.told, self.before = line, told, before
        try:
            self.day: date | None = date.fromisoformat(told["date"])
        except ValueError:
            self.day = None
        self.faults = list(self._faults())

    def _faults(self) -> Iterator[Violation]:
        if self.day is None:
            yield _fault("not_a_day", self.line, text=self.told["date"][:40])
            return
        if not FIRST_YEAR <= self.day.year <= LAST_YEAR:
            bounds = {"first": FIRST_YEAR, "last": LAST_YEAR}
            yield _fault("year_out_of_reach", self.line, day=self.day, **bounds)
        if self.before and self.day.year != min(self.before).year:
            yield _fault("another_year", self.line, day=self.day, year=min(self.before).year)
        if self.day in self.before:
            yield _fault("day_twice", self.line, day=self.day)
        yield from self._faults_of_kind(self.day)
        for name, longest in (("name", LONGEST_NAME), ("source", LONGEST_SOURCE)):
            if len(self.told[name]) > longest:
                yield _fault("too_long", self.line, field=name, longest=longest)

    def _faults_of_kind(self, day: date) -> Iterator[Violation]:
        kind = self.told["kind"]
        if kind not in {known.value for known in DayKind}:
            yield _fault("kind_unknown", self.line, text=kind[:40])
        elif worked_anyway(day, kind):
            yield _fault("no_weekend", self.line, day=day)


def _fault(kind: str, line: int, **params: object) -> Violation:
    return Violation(f"calendar.{kind}", {"line": line, **params})


class Look(StrEnum):
    """What a day of the year is."""

    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day of a year: what it is, what it is called, whether it was something else before."""

    day: date
    look: Look
    name: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class YearMonth:
    """A month in weeks from Monday to Sunday; None where a week is another month's."""

    first: date
    weeks: tuple[tuple[YearDay | None, ...], ...]

    @property
    def working_days(self) -> int:
        days = [day for week in self.weeks for day in week if day is not None]
        return sum(day.look in {Look.WORK, Look.MAKEUP_WORKDAY} for day in days)


@dataclass(frozen=True, slots=True)
class Difference:
    """A day about which two readings of a year differ; None: as its weekday says."""

    day: date
    before: tuple[DayKind, str] | None
    after: tuple[DayKind, str] | None


def differences(before: Moved, after: Moved) -> tuple[Difference, ...]:
    """The days that change when one reading of a year replaces another, in order."""
    days = sorted(before.keys() | after.keys())
    found = (Difference(day, before.get(day), after.get(day)) for day in days)
    return tuple(one for one in found if one.before != one.after)


def year_in_months(
    year: int, moved: Moved, *, changed: Collection[date] = ()
) -> tuple[YearMonth, ...]:
    """A year as twelve small months."""
    calendar = StatutoryCalendar(frozenset({year}), {day: kind for day, (kind, _) in moved.items()})
    days: list[list[YearDay]] = [[] for _ in range(12)]
    for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + n * _DAY
        name = moved[day][1] if day in moved else ""
        days[day.month - 1].append(YearDay(day, _look(day, calendar), name, day in changed))
    return tuple(_in_weeks(month) for month in days)


def _in_weeks(days: Sequence[YearDay]) -> YearMonth:
    first = days[0].day
    cells: list[YearDay | None] = [*[None] * (first.isoweekday() - 1), *days]
    cells += [None] * (-len(cells) % 7)
    return YearMonth(first, tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7)))


def _look(day: date, calendar: StatutoryCalendar) -> Look:
    kind = calendar.days.get(day)
    if kind is not None:
        return Look(kind.value)
    return Look.WORK if is_working_day(day, calendar) else Look.WEEKEND


def working_days(months: tuple[YearMonth, ...]) -> int:
    """On how many days of a year is worked."""
    return sum(month.working_days for month in months)


def due_years(today: date) -> tuple[int, ...]:
    """The years that must be known: this one, and from early November the next one too."""
    following = (today + ANNOUNCED_AHEAD).year
    return tuple(sorted({today.year, following}))
