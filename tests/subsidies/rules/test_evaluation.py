"""The corners of the calculation: edges of tiers, periods, caps, budgets, stacking."""

import pytest

from tests.subsidies.requests import (
    Json,
    evaluated,
    line,
    only,
    payable,
    programme,
    tiers,
)

ELIGIBILITY = {
    "qualifications_any": ["tech_sme", "hnte"],
    "regions": ["xixian"],
    "provider_regions": ["xixian"],
    "resource_kinds": ["instrument"],
    "min_original_value": "500000.00",
    "exclude": ["related_party", "statutory_test"],
    "min_amount": "100.00",
}


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"service_end": "2027-01-01"}, ["not_in_force", "qualification"]),
        ({"service_end": None}, ["not_in_force", "qualification"]),
        ({"user_region": "elsewhere"}, ["region"]),
        ({"provider_region": None}, ["provider_region"]),
        ({"resource_kind": "pilot_line"}, ["resource_kind"]),
        ({"original_value": "499999.99"}, ["original_value"]),
        ({"original_value": "500000.00"}, []),
        ({"original_value": None}, ["original_value"]),
        (
            {"flags": ["statutory_test", "related_party", "fun"]},
            ["excluded:related_party", "excluded:statutory_test"],
        ),
        ({"other_funding": "900.01"}, ["below_minimum"]),
        ({"other_funding": "900.00"}, []),
        ({"qualifications": []}, ["qualification"]),
        (
            {"user_region": "x", "flags": ["related_party"], "other_funding": "999.00"},
            ["region", "excluded:related_party", "below_minimum"],
        ),
    ],
)
def test_every_reason_is_collected(facts: Json, reasons: list[str]) -> None:
    held = [{"code": "hnte", "from": "2026-01-01", "to": "2026-12-31"}]
    found = only(
        evaluated(programme(eligibility=ELIGIBILITY), line(**{"qualifications": held, **facts}))
    )
    assert found["reasons"] == reasons
    assert found["eligible"] is (not reasons)
    assert (found["payable"] == "0.00") is bool(reasons)


@pytest.mark.parametrize(
    ("held", "counts"),
    [
        ({"from": "2026-10-09", "to": "2026-10-09"}, True),
        ({"from": "2026-10-10", "to": None}, False),
        ({"from": "2020-01-01", "to": "2026-10-08"}, False),
        ({"from": "2020-01-01", "to": None}, True),
    ],
)
def test_a_qualification_counts_from_its_first_to_its_last_day(held: Json, counts: bool) -> None:
    asking = programme(eligibility={"qualifications_any": ["hnte"]})
    found = only(evaluated(asking, line(qualifications=[{"code": "hnte", **held}])))
    assert found["eligible"] is counts


@pytest.mark.parametrize(
    ("dated_by", "eligible"),
    [("order", False), ("service_end", True), ("invoice", True), ("payment", False)],
)
def test_dated_by_chooses_the_day_that_is_tested(dated_by: str, eligible: bool) -> None:
    narrow = programme(dated_by=dated_by, valid={"from": "2026-10-09", "to": "2026-10-10"})
    assert only(evaluated(narrow, line()))["eligible"] is eligible


@pytest.mark.parametrize(
    ("base", "expected"),
    [("min_of_all", "70.00"), ("contract", "90.00"), ("invoice", "80.00"), ("paid", "70.00")],
)
def test_the_base_is_the_chosen_amount_less_other_funding(base: str, expected: str) -> None:
    amounts = {"contract_amount": "100.00", "invoice_amount": "90.00", "paid_amount": "80.00"}
    found = only(evaluated(programme(base=base), line(other_funding="10.00", **amounts)))
    assert found["base"] == expected


def test_other_funding_above_the_amount_leaves_no_negative_base() -> None:
    found = only(evaluated(programme(), line(other_funding="5000.00")))
    assert (found["base"], found["payable"], found["eligible"]) == ("0.00", "0.00", True)


@pytest.mark.parametrize(
    ("amount", "rate"), [("100000.00", "0.10"), ("100000.01", "0.15"), ("99999.99", "0.10")]
)
def test_base_over_is_strict(amount: str, rate: str) -> None:
    rates = [
        {"when": {"base_over": "100000.00"}, "rate": "0.15"},
        {"when": {}, "rate": "0.10"},
    ]
    assert only(evaluated(programme(rate={"tiers": rates}), line(amount=amount)))["rate"] == rate


@pytest.mark.parametrize(
    ("combine", "rate"), [("highest", "0.30"), ("first", "0.20"), ("sum", "0.60")]
)
def test_tiers_are_combined(combine: str, rate: str) -> None:
    rates = tiers("0.20", "0.30", "0.10", combine=combine)
    rates["tiers"].append({"when": {"flag": "none"}, "rate": "0.90"})
    assert only(evaluated(programme(rate=rates), line()))["rate"] == rate


@pytest.mark.parametrize(
    ("ceiling", "rate"), [(None, "0.40"), ("0.37", "0.37"), ("0.40", "0.40"), ("0", "0.00")]
)
def test_every_matching_bonus_adds_up_to_the_ceiling(ceiling: str | None, rate: str) -> None:
    bonus = [
        {"when": {"provider_region": "xixian"}, "rate": "0.05"},
        {"when": {"qualification": "tech_sme", "user_region": "xixian"}, "rate": "0.05"},
        {"when": {"qualification": "tech_sme", "user_region": "moon"}, "rate": "0.20"},
    ]
    rates = tiers("0.30", bonus=bonus, ceiling=ceiling)
    assert only(evaluated(programme(rate=rates), line()))["rate"] == rate


def test_rates_never_exceed_one() -> None:
    found = only(evaluated(programme(rate=tiers("0.80", "0.70", combine="sum")), line()))
    assert (found["rate"], found["payable"]) == ("1.00", "1000.00")


def test_a_bonus_without_a_tier_pays_nothing() -> None:
    rates = {
        "tiers": [{"when": {"flag": "never"}, "rate": "0.10"}],
        "bonus": [{"when": {}, "rate": "0.50"}],
        "full_offset_up_to": "5000.00",
    }
    found = only(evaluated(programme(rate=rates), line()))
    assert (found["reasons"], found["payable"], found["eligible"]) == (["no_rate"], "0.00", False)


@pytest.mark.parametrize(
    ("amount", "pays"), [("10000.00", "10000.00"), ("10000.01", "3000.00"), ("0.01", "0.01")]
)
def test_a_small_base_is_paid_in_full(amount: str, pays: str) -> None:
    rates = tiers("0.30", full_offset_up_to="10000.00")
    assert payable(evaluated(programme(rate=rates), line(amount=amount))) == [pays]


def test_full_offset_is_capped_afterwards() -> None:
    rates = tiers("0.30", full_offset_up_to="10000.00")
    capped = programme(rate=rates, caps=[{"scope": "line", "amount": "400.00"}])
    found = only(evaluated(capped, line()))
    assert found["granted_before_caps"] == "1000.00"
    assert found["cuts"] == [{"reason": "cap:line", "amount": "600.00"}]


BANDS = [
    {"up_to": "50000.00", "rate": "0.50"},
    {"up_to": "80000.00", "rate": "0.20"},
    {"rate": "0.10"},
]


@pytest.mark.parametrize(
    ("amount", "pays"),
    [
        ("49999.99", "25000.00"),
        ("50000.00", "25000.00"),
        ("50000.05", "25000.01"),
        ("80000.00", "31000.00"),
        ("100000.00", "33000.00"),
    ],
)
def test_brackets_are_marginal_and_know_no_bonus(amount: str, pays: str) -> None:
    rates = tiers("0.90", bonus=[{"when": {}, "rate": "0.10"}], ceiling="0.10")
    found = only(evaluated(programme(rate=rates, brackets=BANDS), line(amount=amount)))
    assert (found["payable"], found["rate"]) == (pays, None)


def test_above_the_last_bounded_bracket_nothing_is_added() -> None:
    assert payable(evaluated(programme(brackets=BANDS[:1]), line(amount="90000.00"))) == [
        "25000.00"
    ]
