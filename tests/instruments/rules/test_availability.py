"""Free time as units see it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.availability import (
    Distance,
    free_of_unit,
    free_pieces,
    on_or_after,
)
from booking.kernel.clock import LOCAL
from booking.kernel.timespan import TimeSpan, merged

ORIGIN = datetime(2026, 11, 23, tzinfo=LOCAL)


def at(hour: float) -> datetime:
    return ORIGIN + timedelta(hours=hour)


def span(start: float, end: float) -> TimeSpan:
    return TimeSpan(at(start), at(end))


DAY = (span(9, 18),)


@pytest.mark.parametrize(
    ("held", "pieces"),
    [
        ({1: []}, [(9, 18, 1)]),
        ({1: [span(10, 12)]}, [(9, 10, 1), (12, 18, 1)]),
        ({1: [span(8, 19)]}, []),
        # Adjacent holds leave nothing between them.
        ({1: [span(9, 12), span(12, 18)]}, []),
        # Two units: the number free changes with each hold.
        ({1: [span(10, 12)], 2: []}, [(9, 10, 2), (10, 12, 1), (12, 18, 2)]),
        # One hands over to the other: still one free, but no single unit for the whole.
        ({1: [span(9, 13)], 2: [span(13, 18)]}, [(9, 13, 1), (13, 18, 1)]),
        ({1: [span(9, 18)], 2: [span(9, 18)]}, []),
    ],
)
def test_free_pieces(
    held: dict[int, list[TimeSpan]], pieces: list[tuple[float, float, int]]
) -> None:
    found = free_pieces(DAY, held, Distance())
    assert [(p.span, p.units_free) for p in found] == [(span(a, b), n) for a, b, n in pieces]


def test_buffers_keep_a_new_booking_away_from_its_neighbours() -> None:
    distance = Distance(before=timedelta(minutes=15), after=timedelta(minutes=30))
    (early, late) = free_of_unit(DAY, [span(11, 13)], distance)
    assert early == span(9, 10.5)
    assert late == span(13.25, 18)


def test_the_grid_restarts_at_local_midnight() -> None:
    assert on_or_after(at(23.8), timedelta(minutes=50)) == at(24)
    assert on_or_after(at(24), timedelta(minutes=50)) == at(24)


marks = st.integers(0, 96)
spans = st.tuples(marks, st.integers(1, 30)).map(
    lambda pair: TimeSpan(
        ORIGIN + timedelta(minutes=15 * pair[0]), ORIGIN + timedelta(minutes=15 * sum(pair))
    )
)
windows = st.lists(spans, max_size=4).map(merged)
holds = st.dictionaries(st.integers(1, 3), st.lists(spans, max_size=4).map(merged), min_size=1)


@given(windows, holds)
def test_free_and_taken_together_are_the_open_time(
    opened: tuple[TimeSpan, ...], held: dict[int, tuple[TimeSpan, ...]]
) -> None:
    pieces = free_pieces(opened, held, Distance())
    for n in range(130):
        moment = ORIGIN.astimezone(UTC) + timedelta(minutes=15 * n)
        is_open = any(w.start <= moment < w.end for w in opened)
        free = sum(not any(h.start <= moment < h.end for h in mine) for mine in held.values())
        counted = sum(p.units_free for p in pieces if p.span.start <= moment < p.span.end)
        assert counted == (free if is_open else 0)


@given(windows, st.lists(spans, max_size=5).map(merged), st.integers(0, 4), st.integers(0, 4))
def test_whatever_lies_in_free_time_can_be_held_with_its_buffers(
    opened: tuple[TimeSpan, ...], held: tuple[TimeSpan, ...], before: int, after: int
) -> None:
    distance = Distance(timedelta(minutes=15 * before), timedelta(minutes=15 * after))
    for piece in free_of_unit(opened, held, distance):
        wanted = piece.widened(distance.before, distance.after)
        assert not any(wanted.overlaps(other) for other in held)
        assert any(window.contains(piece) for window in opened)
