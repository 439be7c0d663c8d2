"""贴息 segment by segment: days, overdue spells, changes of LPR, limits, several programmes."""

from typing import Any

import pytest

from tests.subsidies.requests import Json, evaluated, interest_programme, line, loan, programme

SPAN = {"from": "2026-03-10", "to": "2026-09-20"}
MILLION: Json = {"draws": [{"date": "2026-03-10", "amount": "1000000.00"}], "repayments": []}
POINTS = {"method": "points", "value": "0.018"}  # 50.00 a day on a million
SHARE = {"method": "share", "value": "1"}


def discounted(terms: object, *loans: Json, **more: Any) -> list[Json]:
    answer = evaluated(terms, loans=list(loans) or [loan()], **{**SPAN, **more})
    return list(answer["loans"])


@pytest.mark.parametrize(
    ("terms", "facts", "days"),
    [
        ({}, {}, 194),
        ({"max_days": 100}, {}, 100),
        ({"max_days": 194}, {}, 194),
        ({"max_days": 1}, {}, 1),
        ({}, {"overdue": [{"from": "2026-04-01", "to": "2026-04-11"}]}, 184),
        ({"exclude_overdue": False}, {"overdue": [{"from": "2026-04-01", "to": None}]}, 194),
        ({}, {"overdue": [{"from": "2026-04-01", "to": None}]}, 22),
        ({"valid": {"from": "2026-04-01", "to": "2026-04-30"}}, {}, 30),
        ({"max_days": 30}, {"overdue": [{"from": "2026-03-20", "to": "2026-03-25"}]}, 25),
    ],
)
def test_only_eligible_days_are_discounted(terms: Json, facts: Json, days: int) -> None:
    (found,) = discounted(interest_programme(discount=POINTS, **terms), loan(**MILLION, **facts))
    assert found["discount"] == f"{50 * days}.00"


def test_days_count_from_each_draws_own_first_day() -> None:
    draws = [
        {"date": "2026-03-10", "amount": "1000000.00"},
        {"date": "2026-09-10", "amount": "1000000.00"},
    ]
    (found,) = discounted(
        interest_programme(discount=POINTS, max_days=20), loan(draws=draws, repayments=[])
    )
    assert found["discount"] == f"{50 * (20 + 10)}.00"


def test_a_month_in_the_middle_counts_its_own_days_only() -> None:
    terms = interest_programme(discount=POINTS)
    (march,) = discounted(terms, loan(**MILLION), **{"from": "2026-03-01", "to": "2026-04-01"})
    (april,) = discounted(terms, loan(**MILLION), **{"from": "2026-04-01", "to": "2026-05-01"})
    assert (march["discount"], april["discount"]) == ("1100.00", "1500.00")


def test_the_smaller_of_actual_and_lpr_is_taken_where_lpr_changes() -> None:
    rates = [{"from": "2026-01-20", "rate": "0.036"}, {"from": "2026-03-20", "rate": "0.018"}]
    terms = interest_programme(discount={"method": "share_of_min", "value": "1"})
    # Ten days at the actual 2.7 % (below LPR), then ten at LPR 1.8 %.
    (found,) = discounted(terms, loan(**MILLION, annual_rate="0.027", lpr=rates), to="2026-03-30")
    assert (found["interest"], found["discount"]) == ("1500.00", "1250.00")


def test_repayments_fall_on_the_oldest_draw_first() -> None:
    draws = [
        {"date": "2026-05-01", "amount": "1000000.00", "order": "young"},
        {"date": "2026-03-10", "amount": "1000000.00", "order": "old"},
    ]
    paid = [{"date": "2026-05-11", "amount": "1500000.00"}]
    terms = interest_programme(discount=POINTS, max_days=70)
    (found,) = discounted(terms, loan(draws=draws, repayments=paid), to="2026-06-01")
    # Old: 62 days whole; young: 10 days whole, 21 days half.
    assert found["discount"] == f"{50 * (62 + 10) + 25 * 21}.00"


def test_paying_back_more_than_is_owed_changes_nothing_later() -> None:
    paid = [{"date": "2026-03-20", "amount": "9000000.00"}]
    (found,) = discounted(
        interest_programme(discount=POINTS), loan(draws=MILLION["draws"], repayments=paid)
    )
    assert found["discount"] == "500.00"


def test_a_discount_never_exceeds_the_interest() -> None:
    (found,) = discounted(
        interest_programme(discount={"method": "points", "value": "0.05"}), loan(**MILLION)
    )
    assert found["payable"] == found["interest"]
    assert found["cuts"][0]["reason"] == "stacking"


def test_what_is_not_discounted_is_still_interest() -> None:
    (found,) = discounted(
        interest_programme(discount=SHARE, max_days=100), loan(**MILLION, annual_rate="0.036")
    )
    assert (found["interest"], found["eligible_interest"]) == ("19400.00", "10000.00")
    assert found["payable"] == "10000.00"


def test_caps_of_a_loan_and_of_its_user() -> None:
    caps = [{"scope": "loan", "amount": "3000.00"}, {"scope": "user", "amount": "5000.00"}]
    found = discounted(
        interest_programme(discount=POINTS, caps=caps),
        loan("B", **MILLION),
        loan("A", **MILLION),
        loan("C", **MILLION, user="W"),
    )
    assert [(f["loan_id"], f["payable"]) for f in found] == [
        ("A", "3000.00"),
        ("B", "2000.00"),
        ("C", "3000.00"),
    ]


def test_two_programmes_may_not_pay_the_same_interest_twice() -> None:
    terms = [
        interest_programme(name, discount={"method": "share", "value": "0.60"})
        for name in ("J", "K")
    ]
    found = discounted(terms, loan(**MILLION, annual_rate="0.036"))
    assert [f["payable"] for f in found] == ["11640.00", "7760.00"]


def test_a_joint_cap_binds_usage_and_interest_together() -> None:
    joint = {"programmes": ["P", "J"], "scope": "user", "amount": "1000.00"}
    answer = evaluated(
        [programme(), interest_programme(discount=POINTS)],
        line(),
        loans=[loan(**MILLION)],
        joint_caps=[joint],
        **SPAN,
    )
    assert answer["totals"]["user"] == {"U": "1000.00"}


def test_a_line_and_a_loan_of_one_name_do_not_stack() -> None:
    answer = evaluated(
        [
            programme(rate={"tiers": [{"when": {}, "rate": "1"}]}),
            interest_programme(discount=SHARE),
        ],
        line("C1"),
        loans=[loan("C1")],
        **SPAN,
    )
    assert answer["loans"][0]["payable"] == "3169.83"
