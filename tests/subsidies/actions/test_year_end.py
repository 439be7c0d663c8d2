"""The turn of the year: whose year a use is of, what caps and budgets begin anew, and what of the
old year arrives in the new one. Whatever statements pay, one computation over all says the same."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.checking.report import broken
from booking.kernel.periods import Period
from booking.subsidies.actions.activate_programme import Which, activate, propose
from booking.subsidies.actions.publish_programme import draft_version
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.queries.programmes import active_programmes
from booking.subsidies.queries.uses import USE_COLUMNS, line_from, qualifications
from booking.subsidies.rules.answer import evaluate_request
from booking.subsidies.rules.evaluation import evaluate
from tests.factories.corrections import now_costs
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import (
    ENTERED,
    bank_says,
    make_company,
    make_loan,
    make_programme,
    settled_use,
)
from tests.subsidies.requests import Json, interest_programme, line, programme
from tests.support.clock import moment

NOW = moment("2027-02-10T02:00")
DECEMBER, JANUARY = "2026-12", "2027-01"
BOTH_YEARS = {"from": "2026-01-01", "to": "2027-12-31"}
CAPPED: Json = {"valid": BOTH_YEARS, "caps": [{"scope": "user", "amount": "500.00"}]}
# To each month what its statements come to.
Paid = dict[str, int]


def settled(uow, *months: str) -> Paid:
    """Each month drawn up and locked, before the next one is."""
    found = {}
    for month in months or (DECEMBER, JANUARY):
        view = settle_period(uow, Period.parse(month), actor_id=None, now=NOW)
        found[month] = int(view.totals["payable_fen"])
        if view.statements:
            lock_settlement(uow, month, actor_id=None, now=NOW)
    return found


def placed(uow) -> list[tuple[date, int, int]]:
    """The day of every live line, the year of its caps, and what it pays."""
    query = (
        sa.select(
            col(StatementLine.day), col(StatementLine.period_year), col(StatementLine.payable_fen)
        )
        .where(col(StatementLine.live))
        .order_by(col(StatementLine.id))
    )
    return [tuple(row) for row in uow.session.execute(query)]


def by_the_engine(uow) -> int:
    """What one computation over all uses, as they stand, pays in all."""
    held = qualifications(uow.session)
    lines = [line_from(row, held) for row in uow.session.execute(USE_COLUMNS)]
    return sum(one.payable for one in evaluate(active_programmes(uow.session), lines).results)


@pytest.fixture
def company(uow):
    enter_year(uow, 2026)
    enter_year(uow, 2027)
    return make_company(uow)


@pytest.fixture(autouse=True)
def _no_harm(uow):
    """Whatever is done to a year, the books stand and limits hold."""
    yield
    assert [found for found in broken(uow.session) if found.invariant in (3, 4, 6)] == []


@pytest.mark.parametrize(
    ("ended", "month", "day"),
    [
        ("2026-12-31T23:59", DECEMBER, date(2026, 12, 31)),
        ("2027-01-01T00:00", JANUARY, date(2027, 1, 1)),
        # Begun at 23:30 of the last day of the year.
        ("2027-01-01T01:30", JANUARY, date(2027, 1, 1)),
    ],
)
def test_a_use_over_midnight_is_of_the_year_in_which_it_ended(uow, company, ended, month, day):
    make_programme(uow, programme(**CAPPED))
    settled_use(uow, company, ended=ended)
    nothing = {DECEMBER: 0, JANUARY: 0}
    assert settled(uow) == nothing | {month: 30000}
    assert placed(uow) == [(day, day.year, 30000)]


def test_caps_begin_anew_on_the_first_of_january(uow, company):
    make_programme(uow, programme(**CAPPED))
    for ended in ("2026-12-30T16:00", "2026-12-31T23:59", "2027-01-01T01:30", "2027-01-02T16:00"):
        settled_use(uow, company, ended=ended)
    assert settled(uow) == {DECEMBER: 50000, JANUARY: 50000}
    assert by_the_engine(uow) == 100000


def test_caps_of_an_academic_year_do_not(uow, company):
    make_programme(uow, programme(period="academic_year", **CAPPED))
    for ended in ("2026-12-30T16:00", "2026-12-31T23:59", "2027-01-01T01:30"):
        settled_use(uow, company, ended=ended)
    assert settled(uow) == {DECEMBER: 50000, JANUARY: 0}
    assert by_the_engine(uow) == 50000
    assert {year for _, year, _ in placed(uow)} == {2026}


def test_each_years_version_has_a_budget_of_its_own(uow, company):
    budget: Json = {"budget": {"amount": "400.00", "rule": "first_come"}}
    make_programme(uow, programme(**budget))
    next_year = programme(version=2, valid={"from": "2027-01-01", "to": "2027-12-31"}, **budget)
    draft_version(uow, "P", next_year, actor_id=None, now=ENTERED)
    propose(uow, Which("P", 2), document="示例文号二", actor_id=1, now=ENTERED)
    activate(uow, Which("P", 2), actor_id=2, now=ENTERED)
    for ended in ("2026-12-30T16:00", "2026-12-31T23:59", "2027-01-01T01:30", "2027-01-02T16:00"):
        settled_use(uow, company, ended=ended)
    assert settled(uow) == {DECEMBER: 40000, JANUARY: 40000}
    assert by_the_engine(uow) == 80000
    # What comes late finds the old year's budget used up, and leaves the new one alone.
    settled_use(uow, company, ended="2026-12-29T16:00", confirmed="2027-02-03T09:00")
    assert settled(uow, "2027-02") == {"2027-02": 0}


def test_a_late_use_of_the_old_year_counts_against_the_old_years_cap(uow, company):
    make_programme(uow, programme(**CAPPED))
    settled_use(uow, company, ended="2026-12-30T16:00")
    assert settled(uow, DECEMBER) == {DECEMBER: 30000}
    settled_use(uow, company, ended="2026-12-31T23:59", confirmed="2027-01-05T09:00")
    settled_use(uow, company, "2000.00", ended="2027-01-01T01:30", confirmed="2027-01-06T09:00")
    # 200.00 are left of the old year, 500.00 of the new one.
    assert settled(uow, JANUARY) == {JANUARY: 70000}
    assert sorted(placed(uow)) == [
        (date(2026, 12, 30), 2026, 30000),
        (date(2026, 12, 31), 2026, 20000),
        (date(2027, 1, 1), 2027, 50000),
    ]
    assert by_the_engine(uow) == 100000


def test_a_correction_frees_the_old_years_cap_and_not_the_new_one(uow, company):
    make_programme(uow, programme(**CAPPED))
    first = settled_use(uow, company, ended="2026-12-30T16:00")
    settled_use(uow, company, ended="2026-12-31T23:59")
    assert settled(uow, DECEMBER) == {DECEMBER: 50000}
    now_costs(uow, first, 40000, now=moment("2027-01-05T09:00"))
    for ended in ("2027-01-01T01:30", "2027-01-02T16:00"):
        settled_use(uow, company, ended=ended)
    # 180.00 less of the first use let 100.00 more of the second through.
    assert settled(uow, JANUARY) == {JANUARY: 50000 - 18000 + 10000}
    years = {2026: 0, 2027: 0}
    for _, year, paid in placed(uow):
        years[year] += paid
    assert years == {2026: 42000, 2027: 50000}
    assert by_the_engine(uow) == 92000


def test_a_dearer_use_of_the_old_year_is_cut_by_what_the_old_year_has_left(uow, company):
    make_programme(uow, programme(**CAPPED))
    use = settled_use(uow, company, ended="2026-12-31T23:59")
    assert settled(uow, DECEMBER) == {DECEMBER: 30000}
    now_costs(uow, use, 400000, now=moment("2027-01-05T09:00"))
    assert settled(uow, JANUARY) == {JANUARY: 20000}
    assert placed(uow)[-1] == (date(2026, 12, 31), 2026, 20000)
    assert by_the_engine(uow) == 50000


def test_interest_is_cut_at_midnight_and_each_years_days_meet_their_own_cap(uow, company):
    capped = [{"scope": "user", "amount": "100.00"}]
    make_programme(uow, interest_programme(valid=BOTH_YEARS, caps=capped))
    make_loan(uow, company)
    bank_says(uow, ("T1", "YQD-1", "2026-12-01", "draw", "120000.00"))
    # 120000 × 3 % × 31 / 360 × 40 % = 124.00 in each month, up to 100.00 in each year.
    assert settled(uow) == {DECEMBER: 10000, JANUARY: 10000}
    assert [(day, year) for day, year, _ in placed(uow)] == [
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 31), 2027),
    ]
    # A repayment dated back leaves 2 of December's 31 days: 8.00, and nothing of January.
    bank_says(uow, ("T2", "YQD-1", "2026-12-03", "repayment", "120000.00"))
    assert settled(uow, "2027-02") == {"2027-02": -9200 - 10000}


@pytest.mark.parametrize("period", ["calendar_year", "academic_year"])
def test_the_engine_alone_counts_by_the_day_of_the_use_whenever_it_was_handed_in(period):
    """By year 500.00: of the old one 300.00 and 200.00, although the last line came in between."""
    lines = [
        line("A", service_end="2026-12-31", submitted_at="2026-12-31T23:59:00+08:00"),
        line("B", service_end="2027-01-01", submitted_at="2027-01-01T01:30:00+08:00"),
        line("C", service_end="2026-12-31", submitted_at="2027-01-05T09:00:00+08:00"),
    ]
    terms = programme(period=period, **CAPPED)
    answer: Json = evaluate_request({"programmes": [terms], "lines": lines})
    paid = [one["payable"] for one in answer["results"]]
    by_year = {
        "calendar_year": ["300.00", "300.00", "200.00"],
        "academic_year": ["300.00", "200.00", "0.00"],
    }
    assert paid == by_year[period]
