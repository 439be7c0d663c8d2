"""What the booking panel promises is what the statement pays, when use equals booking."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from booking.kernel.money import fen
from booking.kernel.periods import Period
from booking.subsidies.actions.publish_programme import enter_joint_cap
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.queries.estimate import estimate_for
from booking.subsidies.rules.explanation import explanation
from tests.factories.instruments import make_instrument
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import Json, programme, tiers
from tests.support.clock import moment

OCTOBER = Period.parse("2026-10")
NOW = moment("2026-11-02T09:00")
DAY = "2026-10-20"

CASES: dict[str, list[Json]] = {
    "one rate": [programme()],
    "half a fen": [programme(rate=tiers("0.125"))],
    "a tier of a qualification and a bonus": [
        programme(
            rate={
                "tiers": [{"when": {"qualification": "tech_sme"}, "rate": "0.30"}],
                "bonus": [{"when": {"provider_region": "xixian"}, "rate": "0.05"}],
            }
        )
    ],
    "a district by name": [
        programme(
            rate={"tiers": [{"when": {"provider_region": "fengdong"}, "rate": "0.40"}]},
            caps=[{"scope": "user", "amount": "700.00"}],
        )
    ],
    "brackets": [
        programme(brackets=[{"up_to": "500.00", "rate": "0.50"}, {"rate": "0.20"}]),
    ],
    "paid in full": [programme(rate=tiers("0.30", full_offset_up_to="2000.00"))],
    "below the minimum": [programme(eligibility={"min_amount": "5000.00"})],
    "no such qualification": [programme(eligibility={"qualifications_any": ["hnte"]})],
    "a cap per use": [programme(caps=[{"scope": "line", "amount": "123.45"}])],
    "a cap that earlier uses have eaten into": [
        programme(caps=[{"scope": "user", "amount": "700.00"}])
    ],
    "a cap per instrument": [programme(caps=[{"scope": "instrument", "amount": "350.00"}])],
    "a cap of the provider": [programme(caps=[{"scope": "provider", "amount": "800.00"}])],
    "a cap of the group": [programme(caps=[{"scope": "group", "amount": "650.00"}])],
    "a budget first come, first served": [
        programme(budget={"amount": "800.00", "rule": "first_come"})
    ],
    "two programmes that may not exceed the base": [
        programme("A", rate=tiers("0.70")),
        programme("B", rate=tiers("0.60")),
    ],
    "dated by the order's academic year": [
        programme(period="academic_year", caps=[{"scope": "user", "amount": "500.00"}])
    ],
}


def promised(uow, company, instrument) -> Any:
    return estimate_for(
        uow.session,
        company.key,
        instrument_id=instrument.key,
        amount_fen=fen("1234.57"),
        day=date.fromisoformat(DAY),
    )


def paid_for(uow, reference: str) -> dict[str, int]:
    lines = uow.session.exec(select(StatementLine).where(StatementLine.reference == reference))
    return {line.programme: line.payable_fen for line in lines}


@pytest.mark.parametrize("terms", CASES.values(), ids=CASES.keys())
def test_the_statement_pays_what_the_panel_promised(uow, terms):
    for one in terms:
        make_programme(uow, one)
    _as_promised(uow)


def test_also_under_a_joint_cap(uow):
    for name in ("A", "B"):
        make_programme(uow, programme(name))
    cap = {"programmes": ["A", "B"], "scope": "user", "amount": "900.00", "order": ["B", "A"]}
    enter_joint_cap(uow, cap, now=NOW)
    _as_promised(uow)


def _as_promised(uow) -> None:
    """One use settled, one confirmed and waiting; the third is asked for, then had."""
    company = make_company(uow, controller_key="k")
    sister = make_company(uow, controller_key="k")
    instrument = make_instrument(uow)
    settled_use(uow, company, "1000.00", instrument=instrument, ended="2026-09-10T16:00")
    settle_period(uow, Period.parse("2026-09"), actor_id=None, now=NOW)
    settled_use(uow, company, "500.00", instrument=instrument, ended="2026-10-05T16:00")
    settled_use(uow, sister, "300.00", instrument=instrument, ended="2026-08-05T16:00")
    estimate = promised(uow, company, instrument)
    charge = settled_use(uow, company, "1234.57", instrument=instrument, ended=f"{DAY}T16:00")
    settle_period(uow, OCTOBER, actor_id=None, now=NOW)
    paid = paid_for(uow, charge.number.removeprefix("C-"))
    assert {result.terms.id: result.payable for result in estimate.results} == paid
    assert estimate.own_share_fen == fen("1234.57") - sum(paid.values())


def test_the_panel_says_own_share_and_what_is_left_of_the_cap(uow):
    make_programme(uow, programme(caps=[{"scope": "user", "amount": "700.00"}]))
    company, instrument = make_company(uow), make_instrument(uow)
    settled_use(uow, company, "1000.00", instrument=instrument, ended="2026-10-05T16:00")
    estimate = promised(uow, company, instrument)
    assert estimate.cap_left_fen == fen("400.00")
    assert estimate.subsidy_fen == fen("370.37")
    assert estimate.own_share_fen == fen("864.20")
    assert "370.37" in explanation(estimate.results[0])["zh"]
