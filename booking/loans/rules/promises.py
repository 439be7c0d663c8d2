"""购置型: outside hours that a borrower promised, year by year, and what of them is there.

Hours are in hundredths where they are compared, as programmes read them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from booking.kernel.errors import Violation
from booking.loans.rules.balances import PromiseYear
from booking.loans.states import Acquired

LONGEST_YEARS: Final = 30
MOST_HOURS: Final = 8_784
HUNDREDTH_SECONDS: Final = 36
_FEBRUARY_29: Final = (2, 29)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """An instrument bought or leased with a loan, and the hours a year promised to others."""

    instrument_id: int
    acquired: Acquired
    cost_fen: int
    contract_number: str
    hours_a_year: int
    valid_from: date
    years: int


class Span(NamedTuple):
    """A year of a promise; its last day does not count."""

    first: date
    until: date


class Progress(NamedTuple):
    """A promise year that has begun, as far as a day knows."""

    year: PromiseYear
    today: date

    @property
    def is_over(self) -> bool:
        return self.today >= self.year.until

    @property
    def missing(self) -> int:
        """What is missing now."""
        return max(self.year.promised - self.year.delivered, 0)

    @property
    def missing_at_pace(self) -> int:
        """What will be missing at the end, if it goes on as it went so far; rounded up."""
        days, length = (self.today - self.year.first).days, _days(self.year)
        if self.is_over or days <= 0:
            return self.missing
        expected = Fraction(self.year.delivered * length, days)
        return max(-int((expected - self.year.promised) // 1), 0)

    @property
    def last(self) -> date:
        """Its last day."""
        return date.fromordinal(self.year.until.toordinal() - 1)

    @property
    def promised_hours(self) -> str:
        return hours_text(self.year.promised)

    @property
    def delivered_hours(self) -> str:
        return hours_text(self.year.delivered)

    @property
    def missing_hours(self) -> str:
        return hours_text(self.missing)

    @property
    def pace_hours(self) -> str:
        return hours_text(self.missing_at_pace)

    @property
    def is_half_over(self) -> bool:
        return 2 * (self.today - self.year.first).days >= _days(self.year)


def faults_of(purchase: Purchase) -> Iterator[Violation]:
    """What cannot be promised."""
    if purchase.cost_fen <= 0:
        yield Violation("loan.cost_nothing", {"field": "cost"})
    if not 0 < purchase.hours_a_year <= MOST_HOURS:
        yield Violation("loan.hours_outside", {"field": "hours_a_year", "most": MOST_HOURS})
    if not 0 < purchase.years <= LONGEST_YEARS:
        yield Violation("loan.years_outside", {"field": "years", "most": LONGEST_YEARS})


def spans_of(first: date, years: int) -> list[Span]:
    """The years of a promise, one after the other."""
    edges = [_years_after(first, number) for number in range(years + 1)]
    return [Span(edges[n], edges[n + 1]) for n in range(years)]


def hundredths(seconds: int) -> int:
    """Seconds as hundredths of an hour; what is begun does not count."""
    return seconds // HUNDREDTH_SECONDS


def hours_text(of: int) -> str:
    """Hundredths of an hour as decimal text."""
    return f"{of // 100}.{of % 100:02d}"


def _days(year: PromiseYear) -> int:
    return (year.until - year.first).days


def _years_after(day: date, years: int) -> date:
    """The same day of a later year; for 29 February, where there is none, 1 March."""
    if (day.month, day.day) == _FEBRUARY_29:
        last = date(day.year + years, 3, 1).toordinal() - 1
        found = date.fromordinal(last)
        return found if found.day == day.day else date(day.year + years, 3, 1)
    return day.replace(year=day.year + years)
