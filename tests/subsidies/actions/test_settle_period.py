"""A month becomes statements: once, the same again, never more than caps and budgets leave."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from booking.checking.report import broken
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock, lock_settlement, withdraw
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import NothingToSettle, PeriodNotBegun
from booking.subsidies.models.statement import (
    Settlement,
    Statement,
    StatementLine,
    StatementSnapshot,
)
from booking.subsidies.queries.settlements import SettlementView
from tests.factories.instruments import make_instrument
from tests.factories.settled_uses import (
    bank_says,
    make_company,
    make_loan,
    make_programme,
    settled_use,
)
from tests.subsidies.requests import interest_programme, programme
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")


def settle(uow: UnitOfWork, period: str = "2026-10") -> SettlementView:
    return settle_period(uow, Period.parse(period), actor_id=None, now=NOW)


def paid(view: SettlementView) -> dict[str, int]:
    return {row.organisation: row.payable_fen for row in view.statements}


def lines(uow: UnitOfWork) -> list[tuple[str, str, int, bool]]:
    query = sa.select(
        col(StatementLine.reference),
        col(StatementLine.programme),
        col(StatementLine.payable_fen),
        col(StatementLine.live),
    ).order_by(col(StatementLine.reference), col(StatementLine.programme))
    return [tuple(row) for row in uow.session.execute(query)]


def test_a_month_gives_one_statement_per_organisation(uow):
    make_programme(uow, programme())
    one, other = make_company(uow), make_company(uow)
    for amount in ("1000.00", "500.00"):
        settled_use(uow, one, amount)
    settled_use(uow, other, "33.35")
    view = settle(uow)
    assert paid(view) == {one.name: 45000, other.name: 1001}
    assert [row.number for row in view.statements] == ["JS-202610-0001", "JS-202610-0002"]
    assert view.state == "draft"
    assert (view.totals["payable_fen"], view.totals["spend_fen"]) == (46001, 153335)


def test_running_it_again_changes_nothing(uow):
    make_programme(uow, programme(caps=[{"scope": "user", "amount": "400.00"}]))
    company = make_company(uow)
    for _ in range(3):
        settled_use(uow, company)
    first = settle(uow)
    before = lines(uow)
    assert settle(uow) == first
    assert lines(uow) == before
    assert first.totals["cut_fen"] == 50000
    assert first.statements[0].remarks == ["cap:user"]


def test_a_late_use_joins_the_draft_but_not_what_is_locked(uow):
    make_programme(uow, programme())
    company, other = make_company(uow), make_company(uow)
    settled_use(uow, company)
    settled_use(uow, other)
    assert settle(uow).totals["payable_fen"] == 60000
    settled_use(uow, company, confirmed="2026-11-02T09:00")
    assert paid(settle(uow))[company.name] == 60000
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    settled_use(uow, company, confirmed="2026-11-03T09:00")
    assert paid(settle(uow)) == {company.name: 60000, other.name: 30000}
    assert paid(settle(uow, "2026-11")) == {company.name: 30000}


def test_caps_remember_earlier_months_of_their_period(uow):
    terms = programme(
        valid={"from": "2026-01-01", "to": "2027-12-31"},
        caps=[{"scope": "user", "amount": "500.00"}],
    )
    make_programme(uow, terms)
    company = make_company(uow)
    for ended in ("2026-09-30T16:00", "2026-10-31T16:00", "2026-11-30T16:00"):
        settled_use(uow, company, ended=ended)
    found = [
        settle(uow, month).totals["payable_fen"] for month in ("2026-09", "2026-10", "2026-11")
    ]
    assert found == [30000, 20000, 0]


@pytest.mark.parametrize(
    ("scope", "total"), [("instrument", 40000), ("group", 40000), ("provider", 40000)]
)
def test_every_scope_is_remembered(uow, scope, total):
    make_programme(uow, programme(caps=[{"scope": scope, "amount": "400.00"}]))
    company, tool = make_company(uow, controller_key="示例实控人"), make_instrument(uow)
    for ended in ("2026-09-30T16:00", "2026-10-31T16:00"):
        settled_use(uow, company, instrument=tool, ended=ended)
    assert (
        sum(settle(uow, month).totals["payable_fen"] for month in ("2026-09", "2026-10")) == total
    )


@pytest.mark.parametrize(
    ("rule", "pays"), [("first_come", [30000, 20000]), ("pro_rata", [30000, 30000])]
)
def test_budgets_run_over_the_validity_or_the_month(uow, rule, pays):
    make_programme(uow, programme(budget={"amount": "500.00", "rule": rule}))
    company = make_company(uow)
    for ended in ("2026-09-30T16:00", "2026-10-31T16:00"):
        settled_use(uow, company, ended=ended)
    assert [settle(uow, month).totals["payable_fen"] for month in ("2026-09", "2026-10")] == pays


def test_late_uses_share_the_budget_of_the_month_that_settles_them(uow):
    make_programme(uow, programme(budget={"amount": "400.00", "rule": "pro_rata"}))
    company = make_company(uow)
    settled_use(uow, company, ended="2026-10-31T16:00")
    settled_use(uow, company, ended="2026-11-30T16:00")
    assert settle(uow, "2026-11").totals["payable_fen"] == 40000


def test_a_quarter_is_settled_with_its_last_month(uow):
    make_programme(uow, programme(settlement="quarterly"))
    company = make_company(uow)
    settled_use(uow, company, ended="2026-07-01T16:00")
    settled_use(uow, company, ended="2026-09-30T23:30")
    assert settle(uow, "2026-08").statements == []
    assert settle(uow, "2026-09").totals["use_count"] == 2


def test_a_user_and_a_provider_programme_pay_their_own(uow):
    make_programme(uow, programme("A"))
    make_programme(uow, programme("B", kind="provider", rate={"tiers": [{"rate": "0.10"}]}))
    company = make_company(uow)
    settled_use(uow, company)
    view = settle(uow)
    assert sorted(paid(view).values()) == [10000, 30000]
    assert {(row.usage_fen, row.provider_fen) for row in view.statements} == {
        (30000, 0),
        (0, 10000),
    }


def test_programmes_of_different_cycles_never_pay_more_than_the_base(uow):
    rate = {"tiers": [{"rate": "0.70"}]}
    make_programme(uow, programme("A", rate=rate))
    make_programme(uow, programme("B", rate=rate, settlement="quarterly"))
    settled_use(uow, make_company(uow), ended="2026-08-10T16:00")
    assert settle(uow, "2026-08").totals["payable_fen"] == 70000
    assert settle(uow, "2026-09").totals["payable_fen"] == 30000


def test_why_a_use_is_not_paid_is_kept(uow):
    make_programme(uow, programme(eligibility={"exclude": ["related_party"]}))
    settled_use(uow, make_company(uow), flags=["related_party"])
    settle(uow)
    (line,) = uow.session.exec(select(StatementLine)).all()
    assert (line.eligible, line.payable_fen) == (False, 0)
    assert line.detail["reasons"] == ["excluded:related_party"]
    assert line.detail["line"]["flags"] == ["related_party"]


def test_interest_joins_the_statement_of_its_borrower(uow):
    make_programme(uow, programme())
    make_programme(uow, interest_programme(valid={"from": "2026-01-01", "to": "2026-12-31"}))
    company = make_company(uow)
    make_loan(uow, company)
    bank_says(uow, ("T1", "YQD-1", "2026-09-20", "draw", "120000.00"))
    settled_use(uow, company)
    view = settle(uow)
    # 31 days of October: 120000 × 3 % × 31 / 360 × 40 %.
    assert [(row.usage_fen, row.interest_fen) for row in view.statements] == [(30000, 12400)]


def test_a_back_dated_bank_record_corrects_the_next_statement(uow):
    make_programme(uow, interest_programme(valid={"from": "2026-01-01", "to": "2026-12-31"}))
    company = make_company(uow)
    make_loan(uow, company)
    bank_says(uow, ("T1", "YQD-1", "2026-09-20", "draw", "120000.00"))
    assert settle(uow, "2026-10").totals["payable_fen"] == 12400
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    bank_says(uow, ("T2", "YQD-1", "2026-10-17", "repayment", "120000.00"))
    # 16 days were right: 6400; the other 6000 are taken back.
    assert settle(uow, "2026-11").totals["payable_fen"] == -6000
    assert settle(uow, "2026-11").totals["payable_fen"] == -6000
    assert [found for found in broken(uow.session) if found.invariant == 4] == []
    uow.session.execute(sa.text("UPDATE statement_line SET payable_fen = -12401 WHERE NOT locked"))
    assert "less than nothing" in next(f.name for f in broken(uow.session) if f.invariant == 4)


def test_the_future_is_not_settled(uow):
    with pytest.raises(PeriodNotBegun):
        settle(uow, "2027-01")


@pytest.mark.parametrize("period", ["1980-01", "2025-12", "2026", "AY2025", "2026-Q3"])
def test_a_period_that_no_programme_settles_leaves_no_trace(uow, period):
    make_programme(uow, programme())
    settled_use(uow, make_company(uow))
    with pytest.raises(NothingToSettle), uow.session.begin_nested():
        settle(uow, period)
    assert uow.session.exec(select(Settlement)).all() == []


def test_a_month_in_which_nobody_used_anything_may_be_settled(uow):
    make_programme(uow, programme(settlement="quarterly"))
    assert [settle(uow, month).statements for month in ("2026-08", "2026-09")] == [[], []]


def test_what_a_programme_that_ended_still_owes_may_be_settled(uow):
    make_programme(uow, programme(valid={"from": "2026-01-01", "to": "2026-08-31"}))
    with pytest.raises(NothingToSettle), uow.session.begin_nested():
        settle(uow)
    settled_use(uow, make_company(uow), ended="2026-08-05T16:00", confirmed="2026-10-05T16:00")
    assert settle(uow).totals["payable_fen"] == 30000


def test_the_database_refuses_to_change_what_is_locked(uow):
    make_programme(uow, programme())
    settled_use(uow, make_company(uow))
    number = settle(uow).statements[0].number
    locked = lock(uow, number, actor_id=None, now=NOW)
    for change in (
        sa.update(StatementLine).values(payable_fen=1),
        sa.delete(StatementLine),
        sa.update(StatementSnapshot).values(content="{}"),
        sa.delete(StatementSnapshot),
        sa.update(Statement).where(col(Statement.id) == locked.id).values(payable_fen=1),
        sa.update(Statement).where(col(Statement.id) == locked.id).values(sha256="0"),
        sa.delete(Statement),
    ):
        with pytest.raises(IntegrityError), uow.session.begin_nested():
            uow.session.execute(change)


def test_a_withdrawn_statement_is_drawn_up_again_as_the_next_revision(uow):
    make_programme(uow, programme())
    company = make_company(uow)
    settled_use(uow, company)
    number = settle(uow).statements[0].number
    lock(uow, number, actor_id=None, now=NOW)
    withdraw(uow, number, "漏了一笔", actor_id=None, now=NOW)
    settled_use(uow, company)
    (row,) = settle(uow).statements
    assert (row.number, row.revision, row.payable_fen) == (number, 2, 60000)
    lock(uow, number, actor_id=None, now=NOW)
    assert len(uow.session.exec(select(StatementSnapshot)).all()) == 2
