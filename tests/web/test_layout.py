"""Calendars, timelines and charts: where things stand."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.timespan import TimeSpan, local_midnight
from booking.web.blocks import Block, BlockKind, Hours, hours_around, placed
from booking.web.charts import Step, bars, heat, line, waterfall
from booking.web.week import closed_blocks, days_of_week, week_grid

DAY = date(2026, 11, 23)


def span(first: float, last: float, day: date = DAY) -> TimeSpan:
    midnight = local_midnight(day)
    return TimeSpan(midnight + timedelta(hours=first), midnight + timedelta(hours=last))


def occupied(first: float, last: float) -> Block:
    return Block(span(first, last), BlockKind.OCCUPIED)


@pytest.mark.parametrize(
    ("block", "place", "size"),
    [
        (occupied(8, 9), 0, 4),
        (occupied(8.5, 10.25), 2, 7),
        (occupied(6, 9), 0, 4),
        (occupied(17, 30), 36, 4),
        (occupied(9 + 1 / 60, 9 + 2 / 60), 4, 1),
    ],
)
def test_a_block_is_placed_by_quarters_and_clipped_to_the_shown_hours(block, place, size):
    (slot,) = placed([block], Hours(8, 18).on(DAY))
    assert (slot.place, slot.size) == (place, size)


def test_what_lies_outside_is_not_drawn():
    assert placed([occupied(5, 8), occupied(18, 20)], Hours(8, 18).on(DAY)) == ()


def test_overlapping_blocks_stand_beside_each_other_and_others_alone():
    slots = placed([occupied(8, 10), occupied(9, 11), occupied(11, 12)], Hours(8, 18).on(DAY))
    assert [slot.lane for slot in slots] == ["lane-0-2", "lane-1-2", ""]


@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.integers(1, 30)).map(
            lambda t: occupied(t[0] / 4, (t[0] + t[1]) / 4)
        ),
        max_size=12,
    )
)
def test_blocks_stay_on_the_grid(blocks):
    for slot in placed(blocks, Hours(0, 24).on(DAY)):
        assert 0 <= slot.place
        assert slot.size >= 1
        assert slot.place + slot.size <= 96


def test_the_shown_hours_grow_with_what_there_is():
    assert hours_around([span(7.5, 8), span(19, 20.25)]) == Hours(7, 21)
    assert hours_around([span(22, 26)]) == Hours(0, 24)
    assert hours_around([]) == Hours(9, 18)


def test_a_week_runs_from_monday_and_knows_today():
    days = days_of_week(date(2026, 11, 25))
    now = datetime.fromisoformat("2026-11-23T12:20+08:00")
    grid = week_grid(days, [], hours=Hours(8, 18), now=now)
    assert (days[0], days[-1]) == (date(2026, 11, 23), date(2026, 11, 29))
    assert [column.is_today for column in grid.days] == [True] + [False] * 6
    assert grid.days[0].now_place == 17


def test_what_is_not_open_is_closed():
    assert [block.span for block in closed_blocks([DAY], [span(9, 12), span(13, 18)])] == [
        span(0, 9),
        span(12, 13),
        span(18, 24),
    ]


def test_a_waterfall_hangs_each_loss_where_the_last_one_ended():
    drawn = waterfall(
        [
            Step("calendar", 100, "", total=True),
            Step("closed", 40, ""),
            Step("fault", 10, ""),
            Step("open", 50, "", total=True),
            Step("idle", 20, ""),
            Step("used", 30, "", total=True),
        ]
    )
    assert [(bar.start, bar.length) for bar in drawn] == [
        (0, 1000),
        (600, 400),
        (500, 100),
        (0, 500),
        (300, 200),
        (0, 300),
    ]


def test_bars_and_curves_of_nothing_are_flat():
    assert bars([Step("a", 0, "0")])[0].length == 0
    assert bars([]) == ()
    assert line([]).points == ""
    assert line([("a", 0, "0")]).points == "0,100"
    assert heat([("a", [(0, "0")])], ["x"]).rows == (("a", ((0, "0"),)),)


def test_heat_has_five_levels():
    ((_, cells),) = heat([("a", [(0, ""), (1, ""), (50, ""), (100, "")])], list("abcd")).rows
    assert [level for level, _ in cells] == [0, 1, 3, 5]
