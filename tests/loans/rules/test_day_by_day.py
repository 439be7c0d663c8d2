"""Interest by segments is what a sum over every single day says, exactly, whatever happened."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from booking.loans.rules.balances import (
    Draw,
    Loan,
    Overdue,
    ReferenceRate,
    Repayment,
    balances,
    lpr_on,
    oldest_first,
    outstanding,
    overdue_on,
    segments,
)

START = date(2026, 1, 1)
DAY = timedelta(days=1)


def on(day: int) -> date:
    return START + day * DAY


days = st.integers(0, 120)
amounts = st.integers(1, 10**9)
loans = st.builds(
    Loan,
    loan_id=st.just("L"),
    annual_rate=st.fractions(0, Fraction(1, 5), max_denominator=10_000),
    draws=st.lists(st.builds(Draw, days.map(on), amounts), max_size=4).map(tuple),
    repayments=st.lists(st.builds(Repayment, days.map(on), amounts), max_size=4).map(tuple),
    overdue=st.lists(
        st.builds(lambda a, n: Overdue(on(a), on(a + n) if n else None), days, st.integers(0, 40)),
        max_size=2,
    ).map(tuple),
    lpr=st.lists(
        st.builds(ReferenceRate, days.map(on), st.fractions(0, 1, max_denominator=1000)),
        max_size=3,
        unique_by=lambda entry: entry.first,
    ).map(tuple),
)


def owed_by_draw(loan: Loan, day: date) -> list[int]:
    """What is owed of each draw at the end of a day: repayments in the order of their days."""
    draws = oldest_first(loan.draws)
    owed = [0] * len(draws)
    begun = min([draw.day for draw in draws], default=day)
    for n in range((day - begun).days + 1):
        today = begun + n * DAY
        for i, draw in enumerate(draws):
            owed[i] += draw.amount if draw.day == today else 0
        # The oldest first, and of no more than is owed: that is the same for each and for all.
        for repaid in [each.amount for each in loan.repayments if each.day == today]:
            rest = repaid
            for i, left in enumerate(owed):
                part = min(left, rest)
                owed[i] -= part
                rest -= part
    return owed


def day_by_day(loan: Loan, until: int, of_day: Callable[[date, int], Fraction]) -> Fraction:
    return sum(
        (
            of_day(on(n), amount)
            for n in range(until)
            for amount in owed_by_draw(loan, on(n))
            if amount
        ),
        Fraction(0),
    )


@given(loans, st.integers(0, 120))
def test_interest_by_segments_is_interest_by_days(loan, until):
    met = list(segments(loan, START, on(until)))
    by_segment = sum((s.balance * s.days * loan.annual_rate / 360 for s in met), Fraction(0))
    assert by_segment == day_by_day(loan, until, lambda _, amount: amount * loan.annual_rate / 360)


@given(loans, st.integers(0, 120))
def test_discounts_by_segments_are_discounts_by_days(loan, until):
    def of(amount: int, lpr: Fraction | None, overdue: bool) -> Fraction:
        return Fraction(0) if overdue else amount * min(loan.annual_rate, lpr or Fraction(0)) / 365

    met = segments(loan, START, on(until))
    by_segment = sum((s.days * of(s.balance, s.lpr, s.overdue) for s in met), Fraction(0))
    assert by_segment == day_by_day(
        loan, until, lambda day, amount: of(amount, lpr_on(loan, day), overdue_on(loan, day))
    )


@given(loans, st.integers(1, 119))
def test_a_window_is_the_sum_of_its_parts(loan, cut):
    def weight(first: date, until: date) -> int:
        return sum(s.balance * s.days for s in segments(loan, first, until))

    assert weight(START, on(120)) == weight(START, on(cut)) + weight(on(cut), on(120))


@given(loans, st.builds(Repayment, days.map(on), amounts), days)
def test_a_repayment_dated_back_changes_nothing_before_its_day(loan, late, day):
    after = loan._replace(repayments=(*loan.repayments, late))
    if on(day) < late.day:
        assert outstanding(after, on(day)) == outstanding(loan, on(day))
    else:
        assert outstanding(after, on(day)) <= outstanding(loan, on(day))
    assert all(amount >= 0 for history in balances(after) for _, amount in history)
