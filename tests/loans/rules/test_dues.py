"""What is due on a credit line, and on which days it is overdue, whatever comes back when."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.loans.rules.balances import Draw, Loan, Overdue, Repayment
from booking.loans.rules.dues import (
    Agreed,
    Due,
    Next,
    Plan,
    overdue_amount,
    overdue_spells,
    plan,
    still_due,
)
from booking.loans.rules.schedule import Repaying

START = date(2026, 3, 10)
DAY = timedelta(days=1)
THREE = tuple(Due(date(2026, month, 10), START, 40, 0, 0, 3) for month in (4, 5, 6))
EQUAL = Agreed(valid_from=START, repaying=Repaying.EQUAL_PRINCIPAL, months=2, pay_day=10)


def on(day: int) -> date:
    return START + day * DAY


@pytest.mark.parametrize(
    ("repaid", "as_of", "spells"),
    [
        ((), date(2026, 4, 13), []),
        ((), date(2026, 4, 14), [Overdue(date(2026, 4, 11), None)]),
        (((date(2026, 4, 13), 40),), date(2026, 5, 10), []),
        (((date(2026, 4, 20), 40),), date(2026, 4, 19), [Overdue(date(2026, 4, 11), None)]),
        (
            ((date(2026, 4, 20), 40),),
            date(2026, 4, 20),
            [Overdue(date(2026, 4, 11), date(2026, 4, 20))],
        ),
        # Part of the second is missing when the first is settled at last: one spell.
        (
            ((date(2026, 5, 20), 79),),
            date(2026, 5, 20),
            [Overdue(date(2026, 4, 11), None)],
        ),
        (((START, 120),), date(2027, 1, 1), []),
    ],
)
def test_overdue_spells(repaid, as_of, spells):
    assert overdue_spells(Plan(THREE, repaid), as_of) == spells


payments = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 60)), max_size=6)


@given(payments, st.integers(0, 150), st.integers(0, 10))
def test_overdue_days_are_what_a_count_day_by_day_says(paid, until, grace):
    of = Plan(
        tuple(due._replace(grace=grace) for due in THREE),
        tuple(sorted((on(day), amount) for day, amount in paid)),
    )
    as_of = on(until)

    expected = set()
    for i, due in enumerate(of.dues):
        needed = sum(one.principal for one in of.dues[: i + 1])
        unpaid = []
        day = due.day
        while day <= as_of and sum(amount for at, amount in of.repaid if at <= day) < needed:
            unpaid.append(day)
            day += DAY
        if unpaid and unpaid[-1] > due.day + grace * DAY:
            expected |= {day for day in unpaid if day > due.day}
    told = {
        day
        for spell in overdue_spells(of, as_of)
        for day in (on(n) for n in range(151))
        if spell.first <= day <= as_of and (spell.until is None or day < spell.until)
    }
    assert told == expected
    assert all(overdue_amount(of, day) for day in told)


@given(payments, st.integers(1, 150), st.integers(0, 10))
def test_a_repayment_more_never_makes_a_day_overdue(paid, more, grace):
    dues = tuple(due._replace(grace=grace) for due in THREE)
    before = tuple(sorted((on(day), amount) for day, amount in paid))
    after = tuple(sorted((*before, (on(more), 40))))

    def days(repaid: tuple[tuple[date, int], ...]) -> set[date]:
        spells = overdue_spells(Plan(dues, repaid), on(150))
        return {
            on(n)
            for n in range(151)
            for spell in spells
            if spell.first <= on(n) and (spell.until is None or on(n) < spell.until)
        }

    assert days(after) <= days(before)


def test_draws_follow_what_was_agreed_when_they_were_drawn():
    bullet = Agreed(valid_from=date(2026, 5, 1), repaying=Repaying.BULLET, months=3)
    draws = (Draw(date(2026, 3, 1), 70), Draw(START, 120), Draw(date(2026, 5, 6), 80))
    loan = Loan("L", annual_rate=Fraction(0), draws=draws)
    of = plan(loan, [bullet, EQUAL])
    assert [(due.day, due.principal) for due in of.dues] == [
        (date(2026, 4, 10), 60),
        (date(2026, 5, 10), 60),
        (date(2026, 8, 6), 80),
    ]


def test_what_comes_back_falls_on_older_draws_before_anything_that_is_due():
    loan = Loan(
        "L",
        draws=(Draw(date(2026, 3, 1), 70), Draw(START, 120)),
        repayments=(Repayment(date(2026, 4, 1), 100),),
    )
    of = plan(loan, [EQUAL])
    assert of.repaid == ((date(2026, 4, 1), 30),)
    assert still_due(of) == [Next(date(2026, 4, 10), 30, 0), Next(date(2026, 5, 10), 60, 0)]


def test_early_repayments_are_taken_off_what_is_due_next():
    of = Plan(THREE, ((START, 100),))
    assert still_due(of) == [Next(date(2026, 6, 10), 20, 0)]
    assert overdue_amount(of, date(2026, 6, 10)) == 20
