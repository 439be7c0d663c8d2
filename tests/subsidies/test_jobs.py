"""What the clock does: a month is settled when it ends, missed months are made good."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import SnapshotBroken
from booking.subsidies.jobs import prove_statements, settle_last_month
from booking.subsidies.models.statement import StatementSnapshot
from booking.subsidies.queries.settlements import settlements
from tests.factories.settled_uses import (
    bank_says,
    make_company,
    make_loan,
    make_programme,
    settled_use,
)
from tests.subsidies.requests import interest_programme, programme
from tests.support.clock import moment

TERMS = programme(valid={"from": "2025-11-01", "to": "2026-12-31"})


def periods(uow) -> list[str]:
    return [row.period for row in settlements(uow.session)]


@pytest.mark.parametrize(
    ("now", "period"),
    [
        ("2026-11-01T02:00", "2026-10"),
        ("2026-10-31T23:59", "2026-09"),
        ("2026-01-01T02:00", "2025-12"),
        ("2026-03-01T00:00", "2026-02"),
    ],
)
def test_the_month_that_ended_is_settled(uow, now, period):
    make_programme(uow, TERMS)
    settle_last_month(uow, moment(now))
    assert periods(uow) == [period]


def test_months_missed_while_the_clock_stood_still_are_made_good(uow):
    make_programme(uow, TERMS)
    company = make_company(uow)
    settle_last_month(uow, moment("2026-08-01T02:00"))
    for ended in ("2026-08-05T16:00", "2026-10-05T16:00"):
        settled_use(uow, company, ended=ended)
    assert settle_last_month(uow, moment("2026-11-01T02:00")) == 2
    assert periods(uow) == ["2026-10", "2026-09", "2026-08", "2026-07"]


def test_a_month_that_was_skipped_is_made_good_although_a_later_one_was_settled_by_hand(uow):
    make_programme(uow, interest_programme(valid={"from": "2026-01-01", "to": "2026-12-31"}))
    make_loan(uow, make_company(uow))
    bank_says(uow, ("T1", "YQD-1", "2026-08-20", "draw", "120000.00"))
    settle_period(uow, Period.parse("2026-10"), actor_id=None, now=moment("2026-11-02T09:00"))
    settle_last_month(uow, moment("2026-12-01T02:00"))
    assert {row.period: row.payable_fen for row in settlements(uow.session)} == {
        "2026-08": 4800,  # 12 days of 120000 × 3 % ÷ 360 × 40 %
        "2026-09": 12000,
        "2026-10": 12400,
        "2026-11": 12000,
    }


def test_the_first_run_begins_where_something_could_first_be_due(uow):
    make_programme(uow, programme(valid={"from": "2026-08-15", "to": "2026-12-31"}))
    company = make_company(uow)
    for ended in ("2026-06-05T16:00", "2026-09-05T16:00"):
        settled_use(uow, company, ended=ended)
    settle_last_month(uow, moment("2026-11-01T02:00"))
    assert periods(uow) == ["2026-10", "2026-09", "2026-08"]


def test_what_was_settled_before_it_ended_is_settled_again(uow):
    make_programme(uow, TERMS)
    company = make_company(uow)
    settled_use(uow, company, ended="2026-09-05T16:00")
    settle_period(uow, Period.parse("2026-09"), actor_id=None, now=moment("2026-09-10T09:00"))
    settled_use(uow, company, ended="2026-09-25T16:00")
    settle_last_month(uow, moment("2026-11-01T02:00"))
    paid = {row.period: row.payable_fen for row in settlements(uow.session)}
    assert paid == {"2026-09": 60000, "2026-10": 0}


def test_an_absurd_month_settled_by_hand_sends_the_clock_nowhere(uow):
    make_programme(uow, programme(valid={"from": "1970-01-01", "to": "2026-12-31"}))
    settled_use(uow, make_company(uow))
    settle_period(uow, Period.parse("1970-01"), actor_id=None, now=moment("2026-11-01T01:00"))
    settle_last_month(uow, moment("2026-11-01T02:00"))
    assert periods(uow) == ["2026-10", "1970-01"]


def test_a_month_in_which_nothing_is_in_force_is_passed_over(uow):
    make_programme(uow, programme(valid={"from": "2026-08-01", "to": "2026-08-31"}))
    settled_use(uow, make_company(uow), ended="2026-08-05T16:00")
    assert settle_last_month(uow, moment("2026-11-01T02:00")) == 1
    assert periods(uow) == ["2026-08"]


def test_running_it_twice_draws_up_the_same(uow):
    make_programme(uow, TERMS)
    settled_use(uow, make_company(uow))
    now = moment("2026-11-01T02:00")
    assert settle_last_month(uow, now) == settle_last_month(uow, now) == 1
    assert [row.payable_fen for row in settlements(uow.session)] == [30000]


def test_a_use_that_ended_before_midnight_belongs_to_the_month_of_its_local_day(uow):
    make_programme(uow, TERMS)
    company = make_company(uow)
    settled_use(uow, company, ended="2026-10-31T23:59")
    settled_use(uow, company, ended="2026-11-01T00:00")
    settle_last_month(uow, moment("2026-11-01T02:00"))
    assert [row.payable_fen for row in settlements(uow.session)] == [30000]


def test_locked_statements_are_proven(uow):
    make_programme(uow, TERMS)
    settled_use(uow, make_company(uow))
    now = moment("2026-11-01T02:00")
    settle_last_month(uow, now)
    lock_settlement(uow, "2026-10", actor_id=None, now=now)
    assert prove_statements(uow, now) == 1
    uow.session.add(
        StatementSnapshot(
            statement_id=uow.session.execute(
                sa.select(col(StatementSnapshot.statement_id))
            ).scalar_one(),
            revision=2,
            sha256="0" * 64,
            content="{}",
            locked_at=now,
        )
    )
    uow.session.flush()
    with pytest.raises(SnapshotBroken):
        prove_statements(uow, now)
