"""What-if over real uses: the same figures as a settlement, beside today's, stored when asked."""

import pytest
from sqlmodel import select

from booking.db.outside import Outside
from booking.kernel.periods import Period
from booking.settings import Settings
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.actions.simulate import Asked, keep, what_if
from booking.subsidies.errors import PeriodNotBegun
from booking.subsidies.jobs import run_simulations
from booking.subsidies.models.simulation import Simulation
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.queries.past_uses import past_uses
from booking.subsidies.queries.simulations import names_of, simulation_view
from booking.subsidies.queries.uses import unsettled_uses
from booking.subsidies.rules.line import line_order
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.states import SimulationState
from tests.factories.settled_uses import (
    bank_says,
    make_company,
    make_loan,
    make_programme,
    settled_use,
)
from tests.subsidies.requests import interest_programme, programme, tiers
from tests.support.clock import moment

OCTOBER = Period.parse("2026-10")
NOW = moment("2026-11-02T09:00")
TODAY = programme(caps=[{"scope": "user", "amount": "400.00"}])
DRAFT = programme("NEW", valid={"from": "2028-01-01", "to": "2028-12-31"}, rate=tiers("0.50"))


@pytest.fixture
def companies(uow):
    """One that hits today's cap, one that does not, one that paid for a flag; and an old use."""
    make_programme(uow, TODAY)
    capped, small = make_company(uow), make_company(uow)
    settled_use(uow, capped, "1000.00")
    settled_use(uow, capped, "1000.00", flags=["batch_test"])
    settled_use(uow, small, "100.00")
    settled_use(uow, small, "9000.00", ended="2026-09-20T16:00")
    return capped, small


def test_winners_and_losers_stand_beside_todays_rule(uow, companies):
    capped, small = companies
    found = what_if(uow.session, Asked(OCTOBER, [DRAFT]))
    assert found["uses"] == 3
    assert found["companies"] == [
        {
            "organisation_id": capped.key,
            "trial_fen": 100_000,
            "today_fen": 40_000,
            "difference_fen": 60_000,
        },
        {
            "organisation_id": small.key,
            "trial_fen": 5_000,
            "today_fen": 3_000,
            "difference_fen": 2_000,
        },
    ]
    assert (found["winners"], found["losers"]) == (2, 0)
    assert found["today"]["cuts"] == [
        {"programme": "P", "reason": "cap:user", "lines": 1, "companies": 1, "amount_fen": 20_000}
    ]
    assert found["trial"]["months"] == [{"month": "2026-10", "payable_fen": 105_000}]
    assert found["trial"]["forecast"]["year_end_fen"] == 315_000


def test_todays_side_says_what_the_settlement_paid(uow, companies):
    found = what_if(uow.session, Asked(OCTOBER, [TODAY]))
    settle_period(uow, Period.parse("2026-09"), actor_id=None, now=NOW)
    before = sum(uow.session.exec(select(StatementLine.payable_fen)))
    settle_period(uow, OCTOBER, actor_id=None, now=NOW)
    paid = sum(uow.session.exec(select(StatementLine.payable_fen))) - before
    # In September the smaller one used up its year's cap: a trial begins with whole caps.
    assert found["today"]["payable_fen"] == found["trial"]["payable_fen"] == 43_000
    assert paid == 40_000


def test_nothing_is_stored_until_somebody_asks(uow, companies):
    what_if(uow.session, Asked(OCTOBER, [DRAFT]))
    assert uow.session.exec(select(Simulation)).all() == []
    one = keep(uow, Asked(OCTOBER, [DRAFT]), actor_id=7, now=NOW)
    other = keep(uow, Asked(OCTOBER, [DRAFT]), actor_id=7, now=NOW)
    assert one.state is SimulationState.DONE
    assert one.inputs_sha256 == other.inputs_sha256
    assert len(one.inputs_sha256) == 64
    settled_use(uow, companies[0], "1.00")
    assert keep(uow, Asked(OCTOBER, [DRAFT]), actor_id=7, now=NOW).inputs_sha256 != (
        one.inputs_sha256
    )


def test_several_programmes_are_tried_together_under_their_joint_cap(uow, companies):
    joint = {"programmes": ["NEW", "Q"], "scope": "user", "amount": "600.00", "order": ["Q", "NEW"]}
    found = what_if(
        uow.session,
        Asked(OCTOBER, [DRAFT, programme("Q", rate=tiers("0.10"))], [joint]),
    )
    paid = {row["programme"]: row["payable_fen"] for row in found["trial"]["programmes"]}
    assert paid == {"Q": 21_000, "NEW": 40_000 + 5_000}
    assert "joint:user" in {cut["reason"] for cut in found["trial"]["cuts"]}


def test_interest_is_tried_as_a_settlement_reckons_it(uow):
    company = make_company(uow)
    make_loan(uow, company)
    bank_says(uow, ("T1", "YQD-1", "2026-10-01", "draw", "120000.00"))
    found = what_if(uow.session, Asked(OCTOBER, [interest_programme()]))
    make_programme(uow, interest_programme(valid={"from": "2026-01-01", "to": "2026-12-31"}))
    view = settle_period(uow, OCTOBER, actor_id=None, now=NOW)
    assert found["trial"]["payable_fen"] == view.totals["payable_fen"] > 0


def test_a_period_that_has_not_begun_holds_nothing_to_try(uow):
    with pytest.raises(PeriodNotBegun):
        keep(uow, Asked(Period.parse("2027-01"), [DRAFT]), actor_id=None, now=NOW)


def test_the_stream_brings_the_lines_that_a_settlement_takes(uow, companies):
    """Also those of one moment, in the order of their numbers, wherever a chunk ends."""
    terms = read_programme(programme(valid={"from": "2026-01-01", "to": "2026-12-31"}))
    wanted = sorted(
        unsettled_uses(uow.session, {"X": [terms]}, until=OCTOBER.until).lines["X"], key=line_order
    )
    year = Period.parse("2026")
    for size in (1, 2, 100):
        found = [
            line
            for chunk in past_uses(uow.session, year, ["service_end"], size=size)
            for line in chunk.lines
        ]
        assert [line._replace(submitted_at=wanted[0].submitted_at) for line in found] == [
            line._replace(submitted_at=wanted[0].submitted_at) for line in wanted
        ]


def test_a_large_one_is_reckoned_in_the_background(write, engine, monkeypatch):
    monkeypatch.setattr("booking.subsidies.actions.simulate.AT_ONCE", 0)
    with write() as uow:
        make_programme(uow, TODAY)
        company = make_company(uow, name="示例光电公司")
        settled_use(uow, company)
        key = keep(uow, Asked(OCTOBER, [DRAFT]), actor_id=None, now=NOW).key
        assert uow.session.get_one(Simulation, key).state is SimulationState.QUEUED
    outside = Outside(engine, {}, Settings())
    assert run_simulations(outside, NOW).rows == 1
    assert run_simulations(outside, NOW).rows == 0
    with write() as uow:
        view = simulation_view(uow.session, key)
        assert (view.row.state, view.row.done) == (SimulationState.DONE, 1)
        assert view.result is not None
        assert view.result["trial"]["payable_fen"] == 50_000
        assert names_of(uow.session, [company.key]) == {company.key: "示例光电公司"}


def test_what_breaks_off_says_so(write, engine, monkeypatch):
    monkeypatch.setattr("booking.subsidies.actions.simulate.AT_ONCE", 0)
    with write() as uow:
        company = make_company(uow)
        settled_use(uow, company)
        row = keep(uow, Asked(OCTOBER, [DRAFT]), actor_id=None, now=NOW)
        key, row.asked = row.key, {"programmes": [{}], "joint_caps": []}
    sent = run_simulations(Outside(engine, {}, Settings()), NOW)
    assert sent.failures
    with write() as uow:
        assert simulation_view(uow.session, key).row.state is SimulationState.FAILED


@pytest.mark.parametrize(("document", "together"), [("同一文号", 30_000), ("", 60_000)])
def test_versions_tried_under_one_document_spend_its_budget_once(
    uow, companies, document, together
):
    year, terms = Period.parse("2026"), {"budget": {"amount": "300.00", "rule": "first_come"}}
    days = ("2026-01-01", "2026-09-30"), ("2026-10-01", "2026-12-31")
    tried = [
        programme("NEW", version=n, document=document, valid={"from": a, "to": b}, **terms)
        for n, (a, b) in enumerate(days, 1)
    ]
    found = what_if(uow.session, Asked(year, tried))
    assert sum(one["trial_fen"] for one in found["companies"]) == together
