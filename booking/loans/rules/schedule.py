"""When a loan is to be repaid: instalments of principal and interest, exact until they are rounded.

The last instalment takes the rest, so that principal sums to what was drawn. Days are counted from
the day of the draw, which counts, to the day of payment, which does not.
"""

import calendar
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from booking.kernel.money import half_up

# Thirty years, and the last day that a month can have.
LONGEST_MONTHS: Final = 360
# Days of grace after a due day.
MOST_GRACE: Final = 366
LAST_PAY_DAY: Final = 31
_MONTHS: Final = 12
_LAST_OF_30: Final = 30


class DayCount(StrEnum):
    """How a contract counts days against a year."""

    ACT_360 = "act_360"
    ACT_365 = "act_365"
    THIRTY_360 = "30_360"


class Repaying(StrEnum):
    """How a contract is repaid."""

    BULLET = "bullet"
    INTEREST_ONLY = "interest_only"
    EQUAL_PRINCIPAL = "equal_principal"
    ANNUITY = "annuity"
    REVOLVING = "revolving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is to be repaid, over how many months, and how interest is counted.

    `pay_day` is the day of the month on which instalments fall, or the month's last day before it.
    """

    principal: int
    drawn_on: date
    months: int
    annual_rate: Fraction
    repaying: Repaying
    day_count: DayCount = DayCount.ACT_360
    pay_day: int = 20


class Instalment(NamedTuple):
    """What is due on a day, and what is left to be repaid after it; fen."""

    due: date
    principal: int
    interest: int
    left: int


def year_part(first: date, until: date, day_count: DayCount) -> Fraction:
    """The part of a year that interest of `[first, until)` is for."""
    if day_count is DayCount.THIRTY_360:
        return Fraction(_days_of_30(first, until), 360)
    return Fraction((until - first).days, 360 if day_count is DayCount.ACT_360 else 365)


def due_days(terms: Terms) -> list[date]:
    """The days of payment: one a month, the last when the months are over."""
    if terms.repaying in (Repaying.BULLET, Repaying.REVOLVING):
        return [_months_after(terms.drawn_on, terms.months)]
    first = _on(terms.drawn_on, terms.pay_day)
    start = 0 if first > terms.drawn_on else 1
    days = [_months_after(first, start + n, terms.pay_day) for n in range(terms.months)]
    last = _months_after(terms.drawn_on, terms.months)
    return [*(day for day in days if day < last), last]


def schedule(terms: Terms) -> list[Instalment]:
    """All instalments; none of them is negative, and principal sums to what was drawn."""
    days = due_days(terms)
    parts = [year_part(a, b, terms.day_count) for a, b in pairwise([terms.drawn_on, *days])]
    return list(_paid_off(terms, days, _PRINCIPALS[terms.repaying](terms, parts), parts=parts))


def _paid_off(
    terms: Terms, days: Sequence[date], principals: Sequence[int], *, parts: Sequence[Fraction]
) -> Iterator[Instalment]:
    left = terms.principal
    for due, planned, part in zip(days, principals, parts, strict=True):
        interest = half_up(left * terms.annual_rate * part)
        principal = left if due == days[-1] else min(planned, left)
        left -= principal
        yield Instalment(due, principal, interest, left)


def _at_the_end(terms: Terms, parts: Sequence[Fraction]) -> list[int]:
    return [*[0] * (len(parts) - 1), terms.principal]


def _in_equal_parts(terms: Terms, parts: Sequence[Fraction]) -> list[int]:
    return [half_up(Fraction(terms.principal, len(parts)))] * len(parts)


def _as_annuity(terms: Terms, parts: Sequence[Fraction]) -> list[int]:
    """Equal sums of principal and interest, reckoned with the true length of each month."""
    growth, worth = Fraction(1), Fraction(0)
    for part in parts:
        growth *= 1 + terms.annual_rate * part
        worth += 1 / growth
    instalment = half_up(terms.principal / worth)
    left, principals = terms.principal, list[int]()
    for part in parts:
        principals.append(max(instalment - half_up(left * terms.annual_rate * part), 0))
        left -= min(principals[-1], left)
    return principals


_PRINCIPALS: Final[Mapping[Repaying, Callable[[Terms, Sequence[Fraction]], list[int]]]] = {
    Repaying.BULLET: _at_the_end,
    Repaying.INTEREST_ONLY: _at_the_end,
    Repaying.EQUAL_PRINCIPAL: _in_equal_parts,
    Repaying.ANNUITY: _as_annuity,
    Repaying.REVOLVING: _at_the_end,
}


def _months_after(day: date, months: int, on: int | None = None) -> date:
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return _on(date(year, month + 1, 1), on or day.day)


def _on(day: date, number: int) -> date:
    return day.replace(day=min(number, calendar.monthrange(day.year, day.month)[1]))


def _days_of_30(first: date, until: date) -> int:
    start = min(first.day, _LAST_OF_30)
    end = _LAST_OF_30 if until.day > _LAST_OF_30 and start == _LAST_OF_30 else until.day
    years, months = until.year - first.year, until.month - first.month
    return 360 * years + 30 * months + end - start
