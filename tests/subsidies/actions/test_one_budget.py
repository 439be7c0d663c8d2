"""A version and the one that follows it spend one budget where one document names it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from booking.access.roles import Role
from booking.checking.report import broken
from booking.kernel.periods import Period
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.end_programme import sign_end
from booking.subsidies.actions.publish_programme import draft_version
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.queries.budgets import budget_of
from booking.subsidies.queries.years import budgets_of
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import let_pay, make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")
NUMBER = "示例文号"


def settled(uow, month: str) -> int:
    made = settle_period(uow, Period.parse(month), actor_id=None, now=NOW)
    lock_settlement(uow, month, actor_id=None, now=NOW)
    return int(made.totals["payable_fen"])


def make_versions(uow, rule: str, *, document: str, then: str = "500.00") -> None:
    """A version of 300.00 a use with 500.00, ended in the middle of October; its successor."""
    enter_year(uow, 2026)
    terms: dict[str, Any] = {"budget": {"amount": "500.00", "rule": rule}}
    make_programme(uow, programme(**terms))
    for person in (11, 12):
        day = date(2026, 10, 15)
        sign_end(uow, Which("P"), day, document="X", actor_id=person, now=NOW)
    terms["budget"] = {"amount": then, "rule": rule}
    later = programme(version=2, valid={"from": "2026-10-16", "to": "2026-12-31"}, **terms)
    draft_version(uow, "P", later, actor_id=11, now=NOW)
    let_pay(uow, "P", document)


@pytest.fixture(params=["10-20", "11-20"])
def used(uow, request):
    """A use before the end, and one after it: in the same settlement, and in the next one."""
    company = make_company(uow)
    for day in ("10-09", request.param):
        settled_use(uow, company, ended=f"2026-{day}T16:00")
    return uow


def paid(uow) -> int:
    october = settled(uow, "2026-10")
    settled_use(uow, make_company(uow), ended="2026-11-25T16:00")
    return october + settled(uow, "2026-11")


def test_under_one_document_both_together_spend_no_more_than_it_names(used):
    make_versions(used, "first_come", document=NUMBER)
    assert paid(used) == 50000
    assert [one.left for one in budget_of(used.session, "P")] == [0, 0]


def test_under_another_document_it_is_other_money(used):
    make_versions(used, "first_come", document="另一示例文号")
    assert paid(used) == 80000


@pytest.mark.parametrize(("document", "together"), [(NUMBER, 50000), ("另一示例文号", 60000)])
def test_what_is_shared_in_a_cycle_is_shared_once(uow, document, together):
    make_versions(uow, "pro_rata", document=document)
    company = make_company(uow)
    for day in ("10-09", "10-20"):
        settled_use(uow, company, ended=f"2026-{day}T16:00")
    assert settled(uow, "2026-10") == together


def test_a_budget_of_every_cycle_is_less_only_by_what_others_had_of_the_same_cycles(uow):
    make_versions(uow, "pro_rata", document=NUMBER)
    company = make_company(uow)
    for day in ("09-09", "10-09", "10-20"):
        settled_use(uow, company, ended=f"2026-{day}T16:00")
    assert [settled(uow, month) for month in ("2026-09", "2026-10")] == [30000, 50000]
    first, second = budget_of(uow.session, "P")
    assert (first.whole, first.left) == (500_000, 500_000 - 30000 - 50000)
    assert (second.whole, second.left) == (150_000, 150_000 - 50000)


def test_the_nightly_check_proves_what_both_spend_together(used):
    make_versions(used, "first_come", document="另一示例文号")
    assert paid(used) == 80000
    assert [one for one in broken(used.session) if one.invariant == 4] == []
    if used.session.get_bind().dialect.name == "postgresql":
        used.session.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        used.session.execute(text("DROP TRIGGER programme_version_frozen_update"))
    used.session.execute(text(f"UPDATE programme_version SET document = '{NUMBER}'"))
    (found,) = (one for one in broken(used.session) if one.invariant == 4)
    assert (found.row["version"], found.row["paid_fen"]) == ("1+2", 80000)


def test_the_nightly_check_knows_that_the_later_version_says_how_much_is_shared(uow):
    make_versions(uow, "pro_rata", document=NUMBER, then="900.00")
    company = make_company(uow)
    for day in ("10-05", "10-09", "10-20"):
        settled_use(uow, company, ended=f"2026-{day}T16:00")
    assert settled(uow, "2026-10") == 90000
    assert [one for one in broken(uow.session) if one.invariant == 4] == []


def test_the_curve_and_the_forecast_of_each_know_what_the_other_had_by_then(used):
    make_versions(used, "first_come", document=NUMBER)
    used.session.flush()
    paid(used)
    first, second = budget_of(used.session, "P")
    before = first.months[max(first.months)]
    assert [left for _, left in first.burn_down()][-1] == 50000 - before - (
        second.months.get(max(first.months), 0)
    )
    assert second.burn_down()[-1][1] == 0
    assert second.expected is not None
    assert second.expected.year_end == sum(second.months.values()) == 50000 - before
    assert second.expected.runs_out == max(second.months)


def test_the_year_at_the_desk_says_what_both_leave_of_it(used):
    make_versions(used, "first_come", document=NUMBER)
    paid(used)
    assert [one.left_fen for one in budgets_of(used.session, 2026)] == [0, 0]


def test_the_page_says_what_other_versions_had_of_it(client, write, clock):
    with write() as uow:
        settled_use(uow, make_company(uow), ended="2026-10-09T16:00")
        make_versions(uow, "first_come", document=NUMBER)
        paid(uow)
        session = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    shown = be(client, session).get("/budgets/P").text
    assert "同一文号下的其他版本已占用该预算 300.00 元" in shown
