"""Reporting periods and their spans: `2026-10`, `2026-Q4`, `2026`, `AY2025`.

An academic year runs from 1 September to 31 August.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan, local_midnight

_FORMS = (
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII), "month"),
    (re.compile(r"(\d{4})-Q([1-4])", re.ASCII), "quarter"),
    (re.compile(r"AY(\d{4})", re.ASCII), "academic_year"),
    (re.compile(r"(\d{4})", re.ASCII), "year"),
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole local days from `first` up to, not including, `until`."""

    first: date
    until: date
    code: str

    @classmethod
    def parse(cls, code: str) -> "Period":
        """Read a period's code; ValueError when it is none."""
        for form, kind in _FORMS:
            if match := form.fullmatch(code):
                year = int(match[1])
                if not 1970 <= year <= 2200:
                    break
                return cls(*_bounds(kind, year, int(match[2]) if match.lastindex == 2 else 0), code)
        raise ValueError(f"not a period: {code!r}")

    @classmethod
    def month(cls, day: date) -> "Period":
        """The calendar month that holds a local day."""
        return cls.parse(f"{day:%Y-%m}")

    @classmethod
    def month_at(cls, moment: datetime) -> "Period":
        """The calendar month that holds a moment, in local time."""
        return cls.month(local(moment).date())

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(local_midnight(self.first), local_midnight(self.until))

    @property
    def last(self) -> date:
        return date.fromordinal(self.until.toordinal() - 1)

    def holds(self, day: date) -> bool:
        return self.first <= day < self.until

    def months(self) -> tuple["Period", ...]:
        """The calendar months it is made of."""
        return _months_between(self.first, self.until)

    def next(self) -> "Period":
        """The calendar month after this one; for months only."""
        return Period.month(self.until)

    def __str__(self) -> str:
        return self.code


# Reports over ten thousand instruments ask it of the same few periods for each of them.
@lru_cache(maxsize=512)
def _months_between(first: date, until: date) -> tuple[Period, ...]:
    out, day = [], first
    while day < until:
        out.append(Period.month(day))
        day = out[-1].until
    return tuple(out)


def _bounds(kind: str, year: int, part: int) -> tuple[date, date]:
    if kind == "month":
        return date(year, part, 1), _first_of_month(year, part + 1)
    if kind == "quarter":
        return date(year, 3 * part - 2, 1), _first_of_month(year, 3 * part + 1)
    if kind == "academic_year":
        return date(year, 9, 1), date(year + 1, 9, 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def _first_of_month(year: int, month: int) -> date:
    return date(year + 1, 1, 1) if month == 13 else date(year, month, 1)
