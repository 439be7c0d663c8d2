"""Schedules: every way to repay, every day count; principal sums, interest is that of the days."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.money import half_up
from booking.loans.rules.schedule import (
    DayCount,
    Instalment,
    Repaying,
    Terms,
    schedule,
    year_part,
)

RATE = Fraction("0.0385")


def terms(**facts: Any) -> Terms:
    told: dict[str, Any] = {
        "principal": 12_000_000,
        "drawn_on": date(2026, 3, 10),
        "months": 3,
        "annual_rate": RATE,
        "repaying": Repaying.EQUAL_PRINCIPAL,
    }
    return Terms(**(told | facts))


@pytest.mark.parametrize(
    ("first", "until", "how", "part"),
    [
        (date(2026, 3, 10), date(2026, 9, 10), DayCount.ACT_360, Fraction(184, 360)),
        (date(2026, 3, 10), date(2026, 9, 10), DayCount.ACT_365, Fraction(184, 365)),
        (date(2026, 3, 10), date(2026, 9, 10), DayCount.THIRTY_360, Fraction(180, 360)),
        (date(2026, 1, 31), date(2026, 2, 28), DayCount.THIRTY_360, Fraction(28, 360)),
        (date(2026, 1, 30), date(2026, 3, 31), DayCount.THIRTY_360, Fraction(60, 360)),
        (date(2026, 1, 29), date(2026, 3, 31), DayCount.THIRTY_360, Fraction(62, 360)),
        (date(2028, 2, 28), date(2028, 3, 1), DayCount.ACT_360, Fraction(2, 360)),
    ],
)
def test_the_part_of_a_year(first, until, how, part):
    assert year_part(first, until, how) == part


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"repaying": Repaying.BULLET},
            [Instalment(date(2026, 6, 10), 12_000_000, 118_067, 0)],
        ),
        (
            {"repaying": Repaying.INTEREST_ONLY},
            [
                Instalment(date(2026, 3, 20), 0, 12_833, 12_000_000),
                Instalment(date(2026, 4, 20), 0, 39_783, 12_000_000),
                Instalment(date(2026, 5, 20), 0, 38_500, 12_000_000),
                Instalment(date(2026, 6, 10), 12_000_000, 26_950, 0),
            ],
        ),
        (
            {"principal": 100, "annual_rate": Fraction(0), "pay_day": 10},
            [
                Instalment(date(2026, 4, 10), 33, 0, 67),
                Instalment(date(2026, 5, 10), 33, 0, 34),
                Instalment(date(2026, 6, 10), 34, 0, 0),
            ],
        ),
        (
            {"principal": 100, "annual_rate": Fraction(0), "pay_day": 31, "months": 1},
            [Instalment(date(2026, 3, 31), 50, 0, 50), Instalment(date(2026, 4, 10), 50, 0, 0)],
        ),
        (
            {"repaying": Repaying.ANNUITY, "day_count": DayCount.THIRTY_360, "pay_day": 10},
            [
                Instalment(date(2026, 4, 10), 3_987_194, 38_500, 8_012_806),
                Instalment(date(2026, 5, 10), 3_999_986, 25_708, 4_012_820),
                Instalment(date(2026, 6, 10), 4_012_820, 12_874, 0),
            ],
        ),
    ],
)
def test_schedules(facts, expected):
    assert schedule(terms(**facts)) == expected


def any_terms(least: int = 1, *repaying: Repaying) -> st.SearchStrategy[Terms]:
    return st.builds(
        Terms,
        principal=st.integers(least, 10**11),
        drawn_on=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
        months=st.integers(1, 60),
        annual_rate=st.fractions(0, Fraction(1, 5), max_denominator=10_000),
        repaying=st.sampled_from(repaying or tuple(Repaying)),
        day_count=st.sampled_from(DayCount),
        pay_day=st.integers(1, 31),
    )


@given(any_terms())
def test_what_is_drawn_is_repaid_and_interest_is_that_of_the_days(one):
    found = schedule(one)
    assert sum(each.principal for each in found) == one.principal
    assert all(each.principal >= 0 and each.interest >= 0 and each.left >= 0 for each in found)
    assert found[-1].left == 0
    before, left = one.drawn_on, one.principal
    for each in found:
        assert each.due > before
        part = year_part(before, each.due, one.day_count)
        assert each.interest == half_up(left * one.annual_rate * part)
        before, left = each.due, each.left


@given(any_terms(10**6, Repaying.ANNUITY))
def test_instalments_of_an_annuity_are_equal_but_for_the_last(one):
    sums = [each.principal + each.interest for each in schedule(one)]
    assert len(set(sums[:-1])) <= 1
    assert abs(sums[-1] - sums[0]) <= 2 * len(sums)
