"""What the clock does: a month is settled when it ends, missed months are made good."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.errors import SnapshotBroken
from booking.subsidies.jobs import prove_statements, settle_last_month
from booking.subsidies.models.statement import StatementSnapshot
from booking.subsidies.queries.settlements import settlements
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
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
