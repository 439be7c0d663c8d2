"""Interest paid by the quarter: early, overdue and dated back, also after what is locked.

120,000.00 at 3 % of 360 days, of which 40 % are paid: 4.00 a day.
"""

from datetime import date

from booking.access.actor import HOUSE
from booking.kernel.periods import Period
from booking.loans.actions.agree_repayment import agree_repayment
from booking.loans.rules.dues import Agreed
from booking.loans.rules.schedule import Repaying
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from tests.factories.settled_uses import (
    ENTERED,
    bank_says,
    make_company,
    make_loan,
    make_programme,
)
from tests.subsidies.requests import interest_programme
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}
DAY = 400
A_MONTH = Agreed(valid_from=date(2026, 1, 1), repaying=Repaying.BULLET, months=1, grace=5)


def make_borrower(uow, terms: Agreed | None = None) -> None:
    """Drawn on 20 March; with terms it is to be repaid on 20 April."""
    paid = interest_programme(valid=YEAR, settlement="quarterly", exclude_overdue=True)
    make_programme(uow, paid)
    make_loan(uow, make_company(uow))
    if terms:
        agree_repayment(uow, "YQD-1", terms, actor=HOUSE, now=ENTERED)
    told(uow, "T1", "2026-03-20", "draw", "120000.00")


def told(uow, number: str, day: str, kind: str, amount: str) -> None:
    bank_says(uow, (number, "YQD-1", day, kind, amount), now=NOW)


def settled(uow, *quarters: str) -> list[int]:
    found = []
    for quarter in quarters:
        settlement = settle_period(uow, Period.parse(quarter), actor_id=None, now=NOW)
        found.append(settlement.totals["payable_fen"])
        lock_settlement(uow, quarter, actor_id=None, now=NOW)
    return found


def test_quarters_pay_their_own_days(uow):
    make_borrower(uow)
    assert settled(uow, "2026-Q1", "2026-Q2", "2026-Q3") == [12 * DAY, 91 * DAY, 92 * DAY]


def test_what_is_repaid_early_bears_no_more(uow):
    make_borrower(uow)
    told(uow, "T2", "2026-05-01", "repayment", "60000.00")
    told(uow, "T3", "2026-06-01", "repayment", "60000.00")
    assert settled(uow, "2026-Q2") == [30 * DAY + 31 * DAY // 2]


def test_overdue_days_are_not_paid(uow):
    make_borrower(uow, A_MONTH)
    told(uow, "T2", "2026-05-21", "repayment", "120000.00")
    assert settled(uow, "2026-Q2") == [20 * DAY]


def test_a_repayment_dated_back_into_a_locked_quarter_is_a_line_of_the_next(uow):
    make_borrower(uow)
    assert settled(uow, "2026-Q2") == [91 * DAY]
    told(uow, "T2", "2026-06-01", "repayment", "120000.00")
    assert settled(uow, "2026-Q3") == [-30 * DAY]


def test_days_that_turn_out_not_to_be_overdue_are_paid_with_the_next_quarter(uow):
    make_borrower(uow, A_MONTH)
    assert settled(uow, "2026-Q2") == [20 * DAY]
    # Within its grace after all: the 21st to the 23rd bore interest that may be paid.
    told(uow, "T2", "2026-04-24", "repayment", "120000.00")
    assert settled(uow, "2026-Q3") == [3 * DAY]


def test_days_that_turn_out_to_be_overdue_are_taken_back(uow):
    make_borrower(uow)
    assert settled(uow, "2026-Q2") == [91 * DAY]
    agree_repayment(uow, "YQD-1", A_MONTH, actor=HOUSE, now=NOW)
    assert settled(uow, "2026-Q3") == [-71 * DAY]
