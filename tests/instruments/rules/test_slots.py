"""The finder against a walk from minute to minute over everything that may be in the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booking.instruments.rules.opening import Hours, Schedule
from booking.instruments.rules.slots import (
    Grid,
    Offered,
    Operator,
    Seconds,
    Sought,
    earliest_starts,
    seconds,
    windows_in_seconds,
    without,
)
from booking.kernel.timespan import TimeSpan, local_midnight

MONDAY = date(2026, 11, 23)
MINUTE, DAY = 60, 86_400
START = seconds(local_midnight(MONDAY))
END = START + 3 * DAY
SPAN = TimeSpan(local_midnight(MONDAY), local_midnight(MONDAY + timedelta(days=3)))
Minutes = list[Seconds]

# Everything lies on five minutes, so that edges meet often.
fives = st.integers(0, 3 * 288)
lengths = st.integers(1, 200)
buffers = st.sampled_from([0, 5, 15, 40])
grids = st.sampled_from([1, 15, 30, 50, 60, 1440])
hours = st.tuples(st.integers(0, 276), st.integers(6, 180)).map(
    lambda pair: Hours(5 * pair[0], 5 * min(sum(pair), 288))
)
days = st.lists(hours, min_size=1, max_size=1).map(tuple)
weeks = st.dictionaries(st.integers(1, 3), days, min_size=1)
spans = st.lists(st.tuples(fives, lengths), max_size=6)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What there is and what is asked, in seconds."""

    week: dict[int, tuple[Hours, ...]]
    places: Sequence[Minutes]
    operators: Sequence[Operator] | None
    closed: Minutes
    before: int
    after: int
    grid: int
    length: int
    notice: int
    horizon: int
    most: int

    @property
    def first(self) -> int:
        return START + self.notice

    @property
    def last(self) -> int:
        return min(END, START + self.horizon)


def in_turn(drawn: list[tuple[int, int]]) -> Minutes:
    """Spans one after the other: gap and length, in steps of five minutes."""
    laid, cursor = [], START
    for gap, length in drawn:
        begins = cursor + 5 * MINUTE * (gap % 60)
        cursor = begins + 5 * MINUTE * length
        laid.append((begins, cursor))
    return laid


@st.composite
def cases(draw: st.DrawFn) -> Case:
    grid = 60 * draw(grids)
    held = spans.map(in_turn)
    operator = st.builds(Operator, held, st.none() | held)
    length = -(-draw(lengths) * 5 * MINUTE // grid) * grid
    return Case(
        week=draw(weeks),
        places=draw(st.lists(held, min_size=1, max_size=3)),
        operators=draw(st.none() | st.lists(operator, min_size=1, max_size=2)),
        closed=draw(held),
        before=MINUTE * draw(buffers),
        after=MINUTE * draw(buffers),
        grid=grid,
        length=length,
        notice=MINUTE * draw(st.integers(0, 2000)),
        horizon=DAY * draw(st.integers(1, 4)),
        most=draw(st.integers(1, 4)),
    )


def found(case: Case) -> list[int]:
    windows = without(windows_in_seconds(Schedule(case.week), SPAN), case.closed)
    offered = Offered(
        windows=windows,
        places=case.places,
        operators=case.operators,
        before=case.before,
        after=case.after,
    )
    sought = Sought(
        length=case.length,
        grid=Grid.at(SPAN.start, case.grid),
        not_before=case.first,
        before=case.last,
    )
    return earliest_starts(offered, sought, most=case.most)


def walked(case: Case) -> Iterator[int]:
    """Every minute in turn, asked everything by itself."""
    free_from = case.first
    open_minutes = {at for at in range(START, END, MINUTE) if is_open(case, at)}
    for start in range(START, case.last, MINUTE):
        end = start + case.length
        if (
            start >= free_from
            and on_line(start, case.grid)
            and on_line(end, case.grid)
            and all(at in open_minutes for at in range(start, end, MINUTE))
            and any(is_clear(case, held, start) for held in case.places)
            and any(serves(case, one, start) for one in case.operators or (None,))
        ):
            yield start
            free_from = end


def on_line(at: int, grid: int) -> bool:
    return (at - START) % DAY % grid == 0


def is_open(case: Case, at: int) -> bool:
    day, minute = (at - START) // DAY, (at - START) % DAY // MINUTE
    windows = case.week.get(day + 1, ())
    shut = any(begins <= at < ends for begins, ends in case.closed)
    return not shut and any(one.opens <= minute < one.closes for one in windows)


def is_clear(case: Case, held: Sequence[Seconds], start: int) -> bool:
    """Whether a booking with its buffers overlaps nothing."""
    begins, ends = start - case.before, start + case.length + case.after
    return not any(a < ends and begins < b for a, b in held)


def serves(case: Case, one: Operator | None, start: int) -> bool:
    if one is None:
        return True
    on_duty = one.on_duty is None or any(
        a <= start and start + case.length <= b for a, b in one.on_duty
    )
    return on_duty and is_clear(case, one.held, start)


BOTH_AT_ONCE = Case(
    week={1: (Hours(480, 1080),)},
    places=[[(START + 540 * 60, START + 600 * 60)], []],
    operators=[Operator([(START + 480 * 60, START + 530 * 60)])],
    closed=[],
    before=300,
    after=900,
    grid=1800,
    length=3600,
    notice=0,
    horizon=DAY,
    most=3,
)


@given(cases())
@example(BOTH_AT_ONCE)
def test_the_finder_finds_what_a_walk_from_minute_to_minute_finds(case: Case) -> None:
    expected = []
    for start in walked(case):
        expected.append(start)
        if len(expected) == case.most:
            break
    assert found(case) == expected


def test_the_case_of_all_at_once_is_what_it_says() -> None:
    """From nine: the operator's hold ends at 8:50 and keeps five minutes before the next."""
    at = [START + minutes * MINUTE for minutes in (540, 600, 660)]
    assert found(BOTH_AT_ONCE) == at


@pytest.mark.parametrize(
    ("minutes", "grid", "start"),
    [
        (60, 30, "10:30"),
        # Lines of fifty minutes do not meet over midnight.
        (50, 50, "10:50"),
    ],
)
def test_a_start_is_on_a_line(minutes: int, grid: int, start: str) -> None:
    lines = Grid.at(SPAN.start, 60 * grid)
    line = lines.start(START + 10 * 3600 + 60, 60 * minutes)
    assert line is not None
    assert f"{datetime.fromtimestamp(line, UTC) + timedelta(hours=8):%H:%M}" == start


def test_a_length_over_midnight_ends_on_no_line_of_a_grid_that_restarts() -> None:
    lines = Grid.at(SPAN.start, 50 * MINUTE)
    assert lines.start(START + 23 * 3600, 100 * MINUTE) == START + DAY
    assert lines.start(START, 29 * 50 * MINUTE) is None


def test_a_length_is_made_whole() -> None:
    assert Grid(1800, 0).whole(45 * MINUTE) == 3600
    assert Grid(1800, 0).whole(3600) == 3600
