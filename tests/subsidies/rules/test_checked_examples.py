"""Every checked example of the programme format, figure by figure."""

import pytest

from booking.subsidies.rules.amount_in_words import amount_in_words
from tests.subsidies.requests import (
    evaluated,
    interest_programme,
    line,
    loan,
    only,
    payable,
    programme,
    results,
    tiers,
)


def test_the_highest_of_three_tiers_pays_24000_of_80000() -> None:
    answer = evaluated(programme(rate=tiers("0.10", "0.20", "0.30")), line(amount="80000.00"))
    assert payable(answer) == ["24000.00"]


def test_a_line_cap_cuts_200000_at_30_percent_to_50000() -> None:
    capped = programme(caps=[{"scope": "line", "amount": "50000.00"}])
    found = only(evaluated(capped, line(amount="200000.00")))
    assert found["payable"] == "50000.00"
    assert found["cuts"] == [{"reason": "cap:line", "amount": "10000.00"}]
    assert found["granted_before_caps"] == found["raw"] == "60000.00"


def test_a_pro_rata_budget_is_shared_to_the_fen() -> None:
    shared = programme(
        rate=tiers("1"), budget={"amount": "100000.00", "rule": "pro_rata"}, base="paid"
    )
    amounts = ("50000.00", "33333.33", "16666.67", "24000.00")
    answer = evaluated(shared, *(line(f"L{i}", amount) for i, amount in enumerate(amounts)))
    assert payable(answer) == ["40322.58", "26881.72", "13440.86", "19354.84"]


def test_a_joint_cap_binds_the_later_programme() -> None:
    first = programme("A", rate=tiers("0.60"), caps=[{"scope": "user", "amount": "500000.00"}])
    joint = {"programmes": ["A", "B"], "scope": "group", "amount": "650000.00", "order": ["A", "B"]}
    answer = evaluated([first, programme("B")], line(amount="800000.00"), joint_caps=[joint])
    assert payable(answer) == ["480000.00", "170000.00"]
    assert results(answer)[1]["cuts"] == [{"reason": "joint:group", "amount": "70000.00"}]


def test_half_a_fen_rounds_up() -> None:
    found = only(evaluated(programme(rate=tiers("0.05")), line(amount="666.70")))
    assert (found["raw"], found["granted_before_caps"]) == ("33.335", "33.34")


@pytest.mark.parametrize(
    ("discount", "payable"),
    [
        ({"method": "share_of_min", "value": "0.40"}, "988.00"),
        ({"method": "points", "value": "0.015"}, "1235.00"),
    ],
)
def test_interest_on_two_draws_and_a_repayment(discount: object, payable: str) -> None:
    answer = evaluated(
        interest_programme(discount=discount),
        loans=[loan()],
        **{"from": "2026-03-10", "to": "2026-09-20"},
    )
    (found,) = answer["loans"]
    assert (found["interest"], found["discount"]) == ("3169.83", payable)
    assert answer["totals"]["user"] == {"U": payable}


@pytest.mark.parametrize(
    ("day_count", "discount"), [("act_360", "7666.67"), ("act_365", "7561.64")]
)
def test_184_days_of_a_million_at_one_and_a_half_points(day_count: str, discount: str) -> None:
    borrowed = loan(draws=[{"date": "2026-03-10", "amount": "1000000.00"}], repayments=[])
    answer = evaluated(
        interest_programme(discount={"method": "points", "value": "0.015"}, day_count=day_count),
        loans=[borrowed],
        **{"from": "2026-03-10", "to": "2026-09-10"},
    )
    assert answer["loans"][0]["discount"] == discount


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (140950, "人民币壹仟肆佰零玖元伍角整"),
        (600714, "人民币陆仟零柒元壹角肆分"),
        (10700053, "人民币壹拾万柒仟元零伍角叁分"),
        (168032, "人民币壹仟陆佰捌拾元零叁角贰分"),
        (1640902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32504, "人民币叁佰贰拾伍元零肆分"),
        (10005, "人民币壹佰元零伍分"),
        (30070223, "人民币叁拾万零柒佰零贰元贰角叁分"),
        (900080000, "人民币玖佰万零捌佰元整"),
        (1000, "人民币壹拾元整"),
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (12345678901, "人民币壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"),
        (-32504, "人民币负叁佰贰拾伍元零肆分"),
        (10000500000, "人民币壹亿零伍仟元整"),
        (10050000000, "人民币壹亿零伍拾万元整"),
        (100000000000000, "人民币壹万亿元整"),
        (100100, "人民币壹仟零壹元整"),
    ],
)
def test_amounts_in_words(fen: int, words: str) -> None:
    assert amount_in_words(fen) == words
