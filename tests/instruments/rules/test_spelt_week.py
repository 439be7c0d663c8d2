"""Weekly hours in one cell: what people write, what is wrong with it, and back again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.opening import Hours, clashing_night
from booking.instruments.rules.spelt_week import read_week, same_week, written_week
from booking.kernel.errors import Violation

Spans = dict[int, list[tuple[int, int]]]
MORNING, AFTERNOON = (510, 720), (810, 1050)


def spans(text: str) -> Spans:
    week = read_week(text, field="opening")
    assert not isinstance(week, Violation), week
    return {day: [(h.opens, h.closes) for h in windows] for day, windows in week.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("周一至周五 08:30-12:00 13:30-17:30", {d: [MORNING, AFTERNOON] for d in range(1, 6)}),
        ("工作日：8:30～12:00、13:30—17:30", {d: [MORNING, AFTERNOON] for d in range(1, 6)}),
        ("星期一，星期三 08:30至12:00；周六 休息", {1: [MORNING], 3: [MORNING]}),
        ("周一、三、五 ０８：３０－１２：００", {d: [MORNING] for d in (1, 3, 5)}),
        ("周六至周一 全天", {d: [(0, 1440)] for d in (6, 7, 1)}),
        ("每天 24小时", {d: [(0, 1440)] for d in range(1, 8)}),
        ("周末 00:00-24:00", {d: [(0, 1440)] for d in (6, 7)}),
        ("周五 22:00-06:00\n周日 20:00-次日02:00", {5: [(1320, 1800)], 7: [(1200, 1560)]}),
        ("周一 08:00-次日08:00", {1: [(480, 1920)]}),
    ],
)
def test_what_people_write_is_understood(text: str, expected: Spans) -> None:
    assert spans(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("随时", "no_days", "随时"),
        ("周一 9:00-12:00；下午 13:00-17:00", "no_days", "下午 13:00-17:00"),
        ("周一至周五", "no_window", "周一至周五"),
        ("周一 上午", "not_window", "上午"),
        ("周一 24:30-25:00", "not_window", "24:30-25:00"),
        ("周一 08:30", "not_window", "08:30"),
        ("周一 08:30-12:00；周一 13:30-17:30", "day_twice", "周一"),
        ("周一 12:00-12:00", "clash", "周一"),
        ("周一 08:00-次日12:00", "clash", "周一"),
        ("周日 22:00-次日08:00；周一 07:00-12:00", "night", "周日"),
        ("周六 休息", "none", "周六 休息"),
    ],
)
def test_what_says_no_hours_is_told(text: str, code: str, value: str) -> None:
    params = {"field": "opening", "value": value}
    assert read_week(text, field="opening") == Violation(f"import.hours_{code}", params)


windows = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)), min_size=1, max_size=3
).map(lambda raw: apart([(opens, opens + length) for opens, length in raw]))
weeks = st.dictionaries(st.integers(1, 7), windows, min_size=1).filter(
    lambda week: clashing_night(week) is None
)


def apart(found: list[tuple[int, int]]) -> list[Hours]:
    """Those that begin after the ones before have ended."""
    kept: list[Hours] = []
    for opens, closes in sorted(found):
        if not kept or kept[-1].closes <= opens:
            kept.append(Hours(opens, closes))
    return kept


@given(weeks)
def test_any_week_is_read_back_as_it_was_written(week: dict[int, list[Hours]]) -> None:
    text = written_week(week)
    read = read_week(text, field="opening")
    assert not isinstance(read, Violation), text
    assert same_week(read, week)
    assert written_week(read) == text
