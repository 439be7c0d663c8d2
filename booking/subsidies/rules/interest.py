"""贴息: how much of a loan's interest a programme pays, segment by segment, exact to the end."""

from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from booking.kernel.errors import Violation
from booking.loans.rules.balances import Loan, Segment, segments
from booking.subsidies.rules.faults import ProgrammeInvalid
from booking.subsidies.rules.programme import Discount, Programme
from booking.subsidies.rules.scalars import RATE_ONE

_DAY = timedelta(days=1)


class Accrued(NamedTuple):
    """Exact fen: all interest of the window, the part that is eligible, and the discount on it."""

    interest: Fraction
    eligible: Fraction
    discount: Fraction
    segments: tuple[Segment, ...]


def window(terms: Programme, first: date, until: date) -> tuple[date, date] | None:
    """The days of `[first, until)` on which a programme is in force."""
    last = until if terms.valid_to >= until - _DAY else terms.valid_to + _DAY
    start = max(first, terms.valid_from)
    return (start, last) if start < last else None


def accrue(loan: Loan, discount: Discount, first: date, until: date) -> Accrued:  # noqa: PLR0917 - a loan, a rule and a window
    """Interest and discount of a loan within `[first, until)`."""
    interest = eligible = paid = Fraction(0)
    met = tuple(segments(loan, first, until))
    for segment in met:
        interest += _of(segment.balance * segment.days, loan.annual_rate, discount)
        weight = segment.covered * eligible_days(segment, discount) * hours_part(segment, discount)
        weight *= discount.is_for(loan.kind)
        if weight:
            eligible += _of(weight, loan.annual_rate, discount)
            paid += _of(weight, _discounted_rate(loan, segment, discount), discount)
    return Accrued(interest, eligible, paid, met)


def eligible_days(segment: Segment, discount: Discount) -> int:
    """The days of a segment that may be discounted."""
    if segment.overdue and discount.exclude_overdue:
        return 0
    if discount.max_days is None:
        return segment.days
    end = segment.draw.day + timedelta(days=discount.max_days)
    return max((min(segment.end, end) - segment.start).days, 0)


def hours_part(segment: Segment, discount: Discount) -> Fraction:
    """The part of a segment that promised hours leave: of a year that is not over, all of it."""
    year = segment.promise
    if year is None or discount.promised_hours == "ignored":
        return Fraction(1)
    return year.part if discount.promised_hours == "in_proportion" else Fraction(year.is_kept)


def _of(weight: Fraction | int, rate: Fraction, discount: Discount) -> Fraction:
    return weight * rate / discount.day_count


def _discounted_rate(loan: Loan, segment: Segment, discount: Discount) -> Fraction:
    value = Fraction(discount.value, RATE_ONE)
    if discount.method == "points":
        return value
    if discount.method == "share":
        return value * loan.annual_rate
    if segment.lpr is None:
        params = {"path": f"loans[{loan.loan_id}].lpr", "day": segment.start}
        raise ProgrammeInvalid([Violation("programme.no_lpr", params)])
    return value * min(loan.annual_rate, segment.lpr)
