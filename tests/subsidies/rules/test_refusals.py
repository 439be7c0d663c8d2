"""What is refused on entry, and the path that the refusal names."""

from collections.abc import Callable

import pytest

from booking.subsidies.rules.answer import evaluate_request
from booking.subsidies.rules.faults import ProgrammeInvalid
from tests.subsidies.requests import (
    Json,
    evaluated,
    interest_programme,
    line,
    loan,
    programme,
    tiers,
)


def refusal(act: Callable[[], object]) -> list[tuple[object, str]]:
    """Every fault as (path, code)."""
    with pytest.raises(ProgrammeInvalid) as caught:
        act()
    return [
        (found.params["path"], found.code.removeprefix("programme."))
        for found in caught.value.violations
    ]


@pytest.mark.parametrize(
    ("terms", "path", "fault"),
    [
        ({"colour": "green"}, "colour", "unknown_key"),
        ({"rate": tiers("0.30", cieling="0.5")}, "rate.cieling", "unknown_key"),
        ({"rate": tiers("1.01")}, "rate.tiers[0].rate", "rate_outside"),
        ({"rate": tiers("-0.1")}, "rate.tiers[0].rate", "rate_outside"),
        ({"rate": tiers("30")}, "rate.tiers[0].rate", "rate_outside"),
        ({"rate": {"tiers": [{"when": {}, "rate": 0.3}]}}, "rate.tiers[0].rate", "not_a_rate"),
        ({"rate": {"tiers": [{"when": {}}]}}, "rate.tiers[0].rate", "missing"),
        ({"rate": {"tiers": []}}, "rate.tiers", "empty"),
        ({"rate": None}, "rate.tiers", "empty"),
        (
            {"rate": {"tiers": [{"when": {"moon": "full"}, "rate": "0.1"}]}},
            "rate.tiers[0].when.moon",
            "unknown_key",
        ),
        (
            {"rate": tiers("0.3", bonus=[{"when": {}, "rate": "2"}])},
            "rate.bonus[0].rate",
            "rate_outside",
        ),
        ({"rate": tiers("0.3", ceiling="1.2")}, "rate.ceiling", "rate_outside"),
        ({"rate": tiers("0.3", combine="lowest")}, "rate.combine", "not_one_of"),
        ({"rate": tiers("0.3", full_offset_up_to="-1")}, "rate.full_offset_up_to", "negative"),
        ({"caps": [{"scope": "user", "amount": "-1.00"}]}, "caps[0].amount", "negative"),
        ({"caps": [{"scope": "user", "amount": "1.001"}]}, "caps[0].amount", "too_fine"),
        ({"caps": [{"scope": "user", "amount": 1.5}]}, "caps[0].amount", "not_an_amount"),
        ({"caps": [{"scope": "loan", "amount": "1.00"}]}, "caps[0].scope", "not_one_of"),
        ({"caps": {"scope": "user"}}, "caps", "not_a_list"),
        ({"caps": ["user"]}, "caps[0]", "not_a_mapping"),
        ({"budget": {"amount": "5.00"}}, "budget.rule", "missing"),
        ({"budget": {"amount": "x", "rule": "pro_rata"}}, "budget.amount", "not_an_amount"),
        ({"valid": {"from": "2026-13-01", "to": "2026-12-31"}}, "valid.from", "not_a_date"),
        ({"valid": {"from": "2026-12-31", "to": "2026-01-01"}}, "valid.to", "ends_before_start"),
        ({"period": "fiscal"}, "period", "not_one_of"),
        ({"period": {"starts": "02-30"}}, "period.starts", "not_a_month_day"),
        ({"period": {}}, "period.starts", "missing"),
        ({"kind": "gift"}, "kind", "not_one_of"),
        ({"version": "one"}, "version", "not_a_whole_number"),
        ({"version": 0}, "version", "below_one"),
        ({"version": 1_000_001}, "version", "above_most"),
        ({"id": ""}, "id", "empty"),
        ({"id": "two words"}, "id", "not_a_slug"),
        ({"id": "-P"}, "id", "not_a_slug"),
        ({"id": "P" * 41}, "id", "not_a_slug"),
        ({"id": "P\x00"}, "id", "not_printable"),
        ({"name": {"zh": "\ud800"}}, "name.zh", "not_printable"),
        ({"name": {"zh": "名" * 201}}, "name.zh", "too_long"),
        ({"document": "文" * 201}, "document", "too_long"),
        ({"colour\ud800": "green"}, "colour\\ud800", "unknown_key"),
        ({"valid": {"from": "1969-12-31", "to": "2026-12-31"}}, "valid.from", "day_outside"),
        ({"valid": {"from": "2026-01-01", "to": "2201-01-01"}}, "valid.to", "day_outside"),
        ({"eligibility": {"regions": "xixian"}}, "eligibility.regions", "not_a_list"),
        ({"eligibility": {"min_amount": "-0.01"}}, "eligibility.min_amount", "negative"),
        (
            {"brackets": [{"up_to": "5.00", "rate": "1"}, {"up_to": "5.00", "rate": "0"}]},
            "brackets[1].up_to",
            "not_rising",
        ),
        ({"brackets": [{"rate": "1"}, {"rate": "0"}]}, "brackets[0].up_to", "missing"),
        ({"discount": {"method": "share", "value": "0.5"}}, "discount", "unknown_key"),
    ],
)
def test_a_fault_in_a_programme_is_refused_with_its_path(
    terms: Json, path: str, fault: str
) -> None:
    found = refusal(lambda: evaluated(programme(**terms), line()))
    assert found == [(f"programmes[0].{path}", fault)]


@pytest.mark.parametrize(
    ("terms", "path", "fault"),
    [
        ({"eligibility": {}}, "eligibility", "unknown_key"),
        ({"discount": None}, "discount", "missing"),
        ({"discount": {"method": "gift", "value": "0.1"}}, "discount.method", "not_one_of"),
        ({"day_count": "act_366"}, "day_count", "not_one_of"),
        ({"max_days": 0}, "max_days", "below_one"),
        ({"max_days": 36_601}, "max_days", "above_most"),
        ({"max_days": 10**10}, "max_days", "above_most"),
        ({"exclude_overdue": "yes"}, "exclude_overdue", "not_yes_or_no"),
        ({"caps": [{"scope": "line", "amount": "1.00"}]}, "caps[0].scope", "not_one_of"),
    ],
)
def test_a_fault_in_an_interest_programme_is_refused(terms: Json, path: str, fault: str) -> None:
    found = refusal(lambda: evaluated(interest_programme(**terms)))
    assert (f"programmes[0].{path}", fault) in found


def test_every_fault_is_named_at_once() -> None:
    bad = programme(
        rate=tiers("2"), caps=[{"scope": "user", "amount": "-1"}], budget={"amount": "1"}
    )
    assert refusal(lambda: evaluated(bad, line(paid_amount="1.234"))) == [
        ("programmes[0].rate.tiers[0].rate", "rate_outside"),
        ("programmes[0].caps[0].amount", "negative"),
        ("programmes[0].budget.rule", "missing"),
        ("lines[0].paid_amount", "too_fine"),
    ]


@pytest.mark.parametrize(
    ("second", "refused"),
    [
        ({"from": "2026-12-31", "to": "2027-12-31"}, True),
        ({"from": "2027-01-01", "to": "2027-12-31"}, False),
        ({"from": "2026-03-01", "to": "2026-04-01"}, True),
    ],
)
def test_versions_may_not_claim_the_same_day(second: Json, refused: bool) -> None:
    both = [programme(), programme(version=2, valid=second)]
    if refused:
        assert refusal(lambda: evaluated(both)) == [("programmes[1].valid", "overlapping")]
    else:
        assert evaluated(both)["results"] == []


@pytest.mark.parametrize(
    ("facts", "path", "fault"),
    [
        ({"price": "1.00"}, "price", "unknown_key"),
        ({"line_id": None}, "line_id", "missing"),
        ({"contract_amount": "-5.00"}, "contract_amount", "negative"),
        ({"other_funding": 5.5}, "other_funding", "not_an_amount"),
        ({"service_end": "09.10.2026"}, "service_end", "not_a_date"),
        ({"submitted_at": "2026-10-12T09:00:00"}, "submitted_at", "offset_missing"),
        ({"submitted_at": "soon"}, "submitted_at", "not_a_moment"),
        ({"submitted_at": "0001-01-01T00:00:00+14:00"}, "submitted_at", "day_outside"),
        ({"service_end": "9999-12-31T23:59:59Z"}, "service_end", "day_outside"),
        ({"service_end": "9999-12-31"}, "service_end", "day_outside"),
        ({"line_id": "\ud800"}, "line_id", "not_printable"),
        ({"line_id": "L" * 201}, "line_id", "too_long"),
        ({"user": "a\nb"}, "user", "not_printable"),
        ({"flags": ["\x07"]}, "flags", "not_printable"),
        ({"flags": "statutory_test"}, "flags", "not_a_list"),
        ({"qualifications": [{"code": "hnte"}]}, "qualifications[0].from", "missing"),
    ],
)
def test_a_fault_in_a_line_is_refused_with_its_path(facts: Json, path: str, fault: str) -> None:
    assert refusal(lambda: evaluated(programme(), line(**facts))) == [(f"lines[0].{path}", fault)]


def test_a_line_that_comes_twice_is_refused() -> None:
    found = refusal(lambda: evaluated(programme(), line("A"), line("A")))
    assert found == [("lines[1].line_id", "duplicate")]


@pytest.mark.parametrize(
    ("joint", "path", "fault"),
    [
        ({"programmes": ["A", "X"]}, "programmes[1]", "not_known"),
        ({"order": ["B"]}, "order", "other_programmes"),
        ({"amount": "-1"}, "amount", "negative"),
        ({"scope": "loan"}, "scope", "not_one_of"),
        ({"limit": "1"}, "limit", "unknown_key"),
    ],
)
def test_a_fault_in_a_joint_cap_is_refused(joint: Json, path: str, fault: str) -> None:
    cap = {"programmes": ["A", "B"], "scope": "group", "amount": "1.00", **joint}
    found = refusal(lambda: evaluated([programme("A"), programme("B")], joint_caps=[cap]))
    assert (f"joint_caps[0].{path}", fault) in found


def test_joint_caps_that_disagree_on_the_order_are_refused() -> None:
    caps = [
        {"programmes": order, "scope": "user", "amount": "1.00", "order": order}
        for order in (["A", "B"], ["B", "A"])
    ]
    found = refusal(lambda: evaluated([programme("A"), programme("B")], joint_caps=caps))
    assert found == [("joint_caps[1].order", "order_conflict")]


def test_interest_needs_the_days_to_count() -> None:
    assert refusal(lambda: evaluated(interest_programme(), loans=[loan()])) == [
        ("from", "missing"),
        ("to", "missing"),
    ]


def test_interest_against_lpr_needs_an_lpr_in_force() -> None:
    late = loan(lpr=[{"from": "2026-04-20", "rate": "0.03"}])
    days = {"from": "2026-03-10", "to": "2026-09-20"}
    found = refusal(lambda: evaluated(interest_programme(), loans=[late], **days))
    assert found == [("loans[C1].lpr", "no_lpr")]


@pytest.mark.parametrize("request_", [None, [], "x", {}, {"programmes": "x"}, {"programmes": [3]}])
def test_a_request_that_is_no_request_is_refused(request_: object) -> None:
    assert refusal(lambda: evaluate_request(request_))
