"""Steps of a result as JSON keeps them: readable figures, and nothing lost on the way back."""

import json
from datetime import date
from typing import Any

import pytest

from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.line import read_lines
from booking.subsidies.rules.loan_reading import read_loans
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.rules.steps import Step, loan_steps, step_json, step_of, steps
from tests.subsidies.requests import evaluated, interest_programme, line, loan, programme, tiers

BY_SIZE = {"tiers": [{"when": {"base_over": "500.00", "flag": "f"}, "rate": "0.30"}]}
WITH_BONUS = {
    "tiers": [{"when": {"qualification": "tech_sme"}, "rate": "0.125"}],
    "bonus": [{"when": {"provider_region": "xixian"}, "rate": "0.05"}],
    "ceiling": "0.15",
}


def steps_of_line(terms: Any, facts: Any) -> list[Step]:
    faults = Faults()
    lines = read_lines([line(**facts)], faults)
    faults.refuse_if_any()
    (result,) = evaluate([read_programme(terms)], lines).results
    return steps(result)


def steps_of_loan() -> list[Step]:
    faults = Faults()
    loans = read_loans([loan()], faults)
    faults.refuse_if_any()
    span = (date(2026, 3, 10), date(2026, 9, 20))
    terms = read_programme(interest_programme(caps=[{"scope": "loan", "amount": "100.00"}]))
    (result,) = evaluate([terms], [], loans=loans, span=span).loans
    return loan_steps(result)


@pytest.mark.parametrize(
    ("terms", "facts"),
    [
        (programme(), {}),
        (programme(rate=BY_SIZE), {"flags": ["f"]}),
        (programme(rate=WITH_BONUS), {"other_funding": "0.01"}),
        (programme(rate=tiers("0.3", full_offset_up_to="5000.00")), {}),
        (programme(rate=tiers("0.3"), caps=[{"scope": "line", "amount": "1.00"}]), {}),
        (programme(budget={"amount": "1.00", "rule": "pro_rata"}), {}),
        (programme(brackets=[{"up_to": "400.00", "rate": "1"}, {"rate": "0.1"}], rate=None), {}),
        (programme(eligibility={"min_amount": "2000.00"}), {}),
        (programme(eligibility={"qualifications_any": ["hnte", "sfui_sme"]}), {}),
        (programme(), {"service_end": None}),
    ],
)
def test_they_come_back_from_json_as_they_were(terms: Any, facts: Any) -> None:
    kept = {key: value for key, value in terms.items() if value is not None}
    taken = steps_of_line(kept, facts)
    assert [step_of(json.loads(json.dumps(step_json(step)))) for step in taken] == taken


def test_those_of_a_loan_come_back_too() -> None:
    taken = steps_of_loan()
    assert [step_of(json.loads(json.dumps(step_json(step)))) for step in taken] == taken


def test_amounts_are_yuan_and_rates_are_decimals() -> None:
    taken = [step_json(s) for s in steps_of_line(programme(rate=BY_SIZE), {"flags": ["f"]})]
    assert taken == [
        {"code": "amount:min_of_all", "facts": {}, "amount": "1000.00"},
        {
            "code": "tier",
            "facts": {"rate": "0.30", "when": {"flag": "f", "base_over": "500.00"}},
            "amount": None,
        },
        {"code": "owed", "facts": {}, "amount": "300.00"},
        {"code": "payable", "facts": {}, "amount": "300.00"},
    ]


def test_a_loans_segments_say_balance_and_days() -> None:
    first = step_json(steps_of_loan()[0])
    assert first["code"] == "segment"
    assert isinstance(first["facts"], dict)
    assert first["facts"]["balance"] == "120000.00"
    assert first["facts"]["from"] == "2026-03-10"


def test_a_segment_says_against_which_lpr_it_is_measured() -> None:
    first = step_json(steps_of_loan()[0])
    assert isinstance(first["facts"], dict)
    assert first["facts"]["lpr"] == "0.03"


@pytest.mark.parametrize(("method", "said"), [("share_of_min", True), ("points", False)])
def test_the_sentence_names_lpr_where_the_discount_uses_it(method: str, said: bool) -> None:
    rates = [{"from": "2026-01-20", "rate": "0.036"}, {"from": "2026-03-20", "rate": "0.0345"}]
    terms = interest_programme(discount={"method": method, "value": "0.01"})
    days = {"from": "2026-03-10", "to": "2026-03-30"}
    told = evaluated(terms, loans=[loan(lpr=rates)], **days)["loans"][0]["explanation"]
    for rate in ("3.6%", "3.45%"):
        assert (f"，LPR {rate}" in told["zh"]) is said
        assert (f", LPR {rate}" in told["en"]) is said
