"""Caps, budgets, stacking, joint caps, versions: what is left after each, and for whom."""

import pytest

from tests.subsidies.requests import (
    Json,
    evaluated,
    line,
    payable,
    programme,
    results,
    tiers,
)


def cap(scope: str, amount: str) -> list[Json]:
    return [{"scope": scope, "amount": amount}]


@pytest.mark.parametrize(
    ("scope", "second", "shared"),
    [
        ("instrument", {}, True),
        ("instrument", {"instrument": "J"}, False),
        ("instrument", {"user": "W"}, False),
        ("user", {"instrument": "J"}, True),
        ("user", {"user": "W"}, False),
        ("group", {"user": "W"}, True),
        ("group", {"group": "H"}, False),
        ("group", {"group": None, "user": "W"}, False),
        ("provider", {"user": "W", "group": "H"}, True),
        ("provider", {"provider": "X"}, False),
        ("line", {}, False),
    ],
)
def test_a_cap_is_shared_within_its_scope(scope: str, second: Json, shared: bool) -> None:
    answer = evaluated(programme(caps=cap(scope, "400.00")), line("L1"), line("L2", **second))
    assert payable(answer) == ["300.00", "100.00" if shared else "300.00"]


@pytest.mark.parametrize(
    ("period", "days", "separate"),
    [
        ("calendar_year", ("2026-12-31", "2027-01-01"), True),
        ("calendar_year", ("2026-01-01", "2026-12-31"), False),
        ("academic_year", ("2026-08-31", "2026-09-01"), True),
        ("academic_year", ("2026-12-31", "2027-01-01"), False),
        ({"starts": "10-01"}, ("2026-09-30", "2026-10-01"), True),
        ({"starts": "10-01"}, ("2026-10-01", "2027-09-30"), False),
    ],
)
def test_caps_of_different_periods_are_separate(
    period: object, days: tuple[str, str], separate: bool
) -> None:
    terms = programme(
        period=period,
        caps=cap("user", "400.00"),
        valid={"from": "2026-01-01", "to": "2027-12-31"},
    )
    answer = evaluated(terms, *(line(f"L{i}", service_end=day) for i, day in enumerate(days)))
    assert payable(answer) == ["300.00", "300.00" if separate else "100.00"]


def test_balances_fall_by_the_final_amount_only() -> None:
    caps = [*cap("instrument", "400.00"), *cap("user", "350.00")]
    lines = [line("L1"), line("L2", user="U"), line("L3", user="W", group="H")]
    found = results(evaluated(programme(caps=caps), *lines))
    # L2: the instrument leaves 100, the user only 50; so the instrument has 50 left, not 0.
    assert [f["payable"] for f in found] == ["300.00", "50.00", "300.00"]
    assert found[1]["cuts"] == [
        {"reason": "cap:instrument", "amount": "200.00"},
        {"reason": "cap:user", "amount": "50.00"},
    ]
    later = evaluated(
        programme(caps=[*cap("user", "350.00"), *cap("provider", "400.00")]),
        line("L1"),
        line("L2"),
        line("L3", user="W"),
    )
    assert payable(later) == ["300.00", "50.00", "50.00"]


def test_lines_are_taken_by_submission_and_then_by_name() -> None:
    lines = [
        line("B", submitted_at="2026-10-12T09:00:00+08:00"),
        line("A", submitted_at="2026-10-12T01:00:00Z"),
        line("C", submitted_at="2026-10-12T08:59:59+08:00"),
    ]
    found = results(evaluated(programme(caps=cap("user", "500.00")), *lines))
    assert [(f["line_id"], f["payable"]) for f in found] == [
        ("C", "300.00"),
        ("A", "200.00"),
        ("B", "0.00"),
    ]


def test_in_provider_programmes_the_provider_is_the_user() -> None:
    terms = programme(kind="provider", caps=cap("user", "400.00"))
    answer = evaluated(terms, line("L1"), line("L2", user="W"), line("L3", provider="X"))
    assert payable(answer) == ["300.00", "100.00", "300.00"]
    assert answer["totals"]["user"] == {"V": "400.00", "X": "300.00"}


def test_a_first_come_budget_runs_over_months() -> None:
    terms = programme(budget={"amount": "400.00", "rule": "first_come"})
    days = ("2026-01-05", "2026-05-05", "2026-11-05")
    found = results(
        evaluated(terms, *(line(f"L{i}", service_end=day) for i, day in enumerate(days)))
    )
    assert [f["payable"] for f in found] == ["300.00", "100.00", "0.00"]
    assert found[1]["cuts"] == [{"reason": "budget", "amount": "200.00"}]


@pytest.mark.parametrize(
    ("settlement", "pays"),
    [
        ("monthly", ["300.00", "60.00", "240.00"]),
        ("quarterly", ["50.00", "50.00", "200.00"]),
        ("yearly", ["50.00", "50.00", "200.00"]),
    ],
)
def test_a_pro_rata_budget_is_for_one_settlement_cycle(settlement: str, pays: list[str]) -> None:
    terms = programme(settlement=settlement, budget={"amount": "300.00", "rule": "pro_rata"})
    answer = evaluated(
        terms,
        line("L1", service_end="2026-04-30"),
        line("L2", service_end="2026-05-31"),
        line("L3", "4000.00", service_end="2026-05-01"),
    )
    assert payable(answer) == pays


def test_the_odd_fen_goes_to_the_larger_remainder_and_then_to_the_earlier_line() -> None:
    terms = programme(rate=tiers("1"), budget={"amount": "1.00", "rule": "pro_rata"})
    equal = [line(name, "1.00") for name in ("C", "A", "B")]
    found = results(evaluated(terms, *equal))
    assert [(f["line_id"], f["payable"]) for f in found] == [
        ("A", "0.34"),
        ("B", "0.33"),
        ("C", "0.33"),
    ]
    assert found[0]["cuts"] == [{"reason": "budget", "amount": "0.66"}]


def test_caps_are_not_reopened_by_a_pro_rata_cut() -> None:
    terms = programme(
        rate=tiers("1"),
        caps=cap("user", "150.00"),
        budget={"amount": "75.00", "rule": "pro_rata"},
    )
    answer = evaluated(terms, line("A", "100.00"), line("B", "100.00"))
    assert payable(answer) == ["50.00", "25.00"]


def test_programmes_together_never_exceed_the_base_of_the_later() -> None:
    found = results(
        evaluated([programme("A", rate=tiers("0.80")), programme("B", rate=tiers("0.50"))], line())
    )
    assert [f["payable"] for f in found] == ["800.00", "200.00"]
    assert found[1]["cuts"] == [{"reason": "stacking", "amount": "300.00"}]


def test_cuts_of_one_line_come_in_their_order() -> None:
    later = programme(
        "B",
        rate=tiers("0.90"),
        caps=cap("line", "850.00"),
        budget={"amount": "100.00", "rule": "first_come"},
    )
    joint = {"programmes": ["A", "B"], "scope": "user", "amount": "900.00"}
    found = results(
        evaluated([programme("A", rate=tiers("0.50")), later], line(), joint_caps=[joint])
    )
    assert found[1]["cuts"] == [
        {"reason": "cap:line", "amount": "50.00"},
        {"reason": "stacking", "amount": "350.00"},
        {"reason": "joint:user", "amount": "100.00"},
        {"reason": "budget", "amount": "300.00"},
    ]


def test_a_joint_cap_decides_who_is_granted_first() -> None:
    joint = {"programmes": ["A", "B"], "scope": "user", "amount": "500.00", "order": ["B", "A"]}
    answer = evaluated([programme("A"), programme("B")], line(), joint_caps=[joint])
    assert [(f["programme"], f["payable"]) for f in results(answer)] == [
        ("B", "300.00"),
        ("A", "200.00"),
    ]


def test_a_joint_cap_takes_all_lines_of_the_first_programme_first() -> None:
    joint = {"programmes": ["A", "B"], "scope": "user", "amount": "700.00", "order": ["A", "B"]}
    answer = evaluated([programme("A"), programme("B")], line("L1"), line("L2"), joint_caps=[joint])
    assert payable(answer) == ["300.00", "300.00", "100.00", "0.00"]


def test_versions_share_the_balances_of_their_programme() -> None:
    old = programme(valid={"from": "2026-01-01", "to": "2026-06-30"}, caps=cap("user", "400.00"))
    new = programme(
        version=2,
        valid={"from": "2026-07-01", "to": "2026-12-31"},
        caps=cap("user", "500.00"),
        rate=tiers("0.50"),
    )
    days = ("2026-06-30", "2026-07-01", "2027-01-01")
    found = results(
        evaluated([old, new], *(line(f"L{i}", service_end=day) for i, day in enumerate(days)))
    )
    assert [(f["version"], f["payable"]) for f in found] == [
        (1, "300.00"),
        (2, "200.00"),
        (2, "0.00"),
    ]
    assert found[2]["reasons"] == ["not_in_force"]


def test_who_has_no_controller_is_not_of_a_group_that_bears_its_name() -> None:
    terms = programme(caps=cap("group", "400.00"))
    alone, member = line("L1", user="U", group=None), line("L2", user="W", group="U")
    assert payable(evaluated(terms, alone, member)) == ["300.00", "300.00"]
    assert payable(evaluated(terms, alone | {"group": "U"}, member)) == ["300.00", "100.00"]


def test_totals_are_sums_of_lines() -> None:
    answer = evaluated(programme(), line("L1"), line("L2", user="W", group="H", provider="X"))
    assert answer["totals"] == {
        "user": {"U": "300.00", "W": "300.00"},
        "group": {"G": "300.00", "H": "300.00"},
        "provider": {"V": "300.00", "X": "300.00"},
        "programme": {"P": "600.00"},
    }
