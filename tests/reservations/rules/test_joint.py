"""Several instruments together: where the steps lie, what makes one, when all are free."""

from contextlib import nullcontext
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.joint import (
    MOST_STEPS,
    Bookable,
    JointRefused,
    Step,
    demand_steps,
    nearest_starts,
    spans_from,
)
from tests.factories.reservation_values import between
from tests.support.clock import moment

HALF, HOUR, TWO = timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)
NINE = moment("2026-11-24T09:00")


def at(start: str, end: str) -> TimeSpan:
    return between(f"11-24 {start}", end)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([Step(HOUR), Step(TWO)], [at("09:00", "10:00"), at("10:00", "12:00")]),
        ([Step(HOUR), Step(TWO, HALF)], [at("09:00", "10:00"), at("10:30", "12:30")]),
        ([Step(HOUR), Step(TWO, None)], [at("09:00", "10:00"), at("09:00", "11:00")]),
        (
            [Step(TWO), Step(HOUR, None), Step(HOUR)],
            [at("09:00", "11:00"), at("09:00", "10:00"), at("10:00", "11:00")],
        ),
    ],
    ids=["one after the other", "with a pause", "at the same time", "after the shorter one"],
)
def test_steps_follow_the_one_before(steps: list[Step], expected: list[TimeSpan]) -> None:
    assert list(spans_from(NINE, steps)) == expected


@pytest.mark.parametrize(
    ("placed", "codes"),
    [
        ([(1, at("09:00", "10:00"))], ["joint.too_few_steps"]),
        ([(1, at("09:00", "10:00")), (1, at("10:00", "11:00"))], []),
        ([(1, at("09:00", "10:00")), (2, at("09:00", "10:00"))], []),
        ([(1, at("09:00", "10:00")), (1, at("09:30", "11:00"))], ["joint.steps_overlap"]),
        ([(n, at("09:00", "10:00")) for n in range(MOST_STEPS)], []),
        ([(n, at("09:00", "10:00")) for n in range(MOST_STEPS + 1)], ["joint.too_many_steps"]),
    ],
)
def test_what_makes_a_joint_booking(placed: list[tuple[int, TimeSpan]], codes: list[str]) -> None:
    ids, spans = zip(*placed, strict=True)
    with pytest.raises(JointRefused) if codes else nullcontext() as refused:
        demand_steps(spans, ids)
    assert [one.code for one in (refused.value.violations if refused else ())] == codes


DAY = at("08:00", "20:00")


def test_a_start_is_proposed_where_every_step_is_free() -> None:
    first = Bookable([at("09:00", "12:00")], HALF)
    second = Bookable([at("08:00", "10:30"), at("12:00", "15:00")], HALF)
    wanted = [at("09:00", "10:00"), at("10:30", "12:30")]
    # The second is free again at noon, so the first ends at half past eleven at the earliest.
    starts = nearest_starts(wanted, [first, second], within=DAY)
    assert starts[0] == moment("2026-11-24T10:30")


def test_nothing_is_proposed_where_one_is_never_free() -> None:
    assert nearest_starts([DAY, DAY], [Bookable([DAY], HALF), Bookable([], HALF)], within=DAY) == ()


QUARTER = timedelta(minutes=15)


@st.composite
def stretches(draw: st.DrawFn) -> list[TimeSpan]:
    edges = sorted(draw(st.sets(st.integers(0, 48), min_size=2, max_size=8)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return [TimeSpan(DAY.start + a * QUARTER, DAY.start + b * QUARTER) for a, b in pairs]


@given(
    free=st.lists(stretches(), min_size=2, max_size=3),
    lengths=st.lists(st.integers(1, 6), min_size=3, max_size=3),
    pauses=st.lists(st.none() | st.integers(0, 4), min_size=3, max_size=3),
)
def test_the_nearest_start_is_what_trying_every_quarter_of_an_hour_finds(
    free: list[list[TimeSpan]], lengths: list[int], pauses: list[int | None]
) -> None:
    steps = [
        Step(length * QUARTER, None if pause is None else pause * QUARTER)
        for length, pause in zip(lengths, pauses, strict=True)
    ][: len(free)]
    wanted = spans_from(DAY.start + 8 * QUARTER, steps)
    bookable = [Bookable(one, QUARTER) for one in free]

    def fits(start: datetime) -> bool:
        return all(
            any(window.start <= span.start and span.end <= window.end for window in one)
            for span, one in zip(spans_from(start, steps), free, strict=True)
        )

    tried = [DAY.start + n * QUARTER for n in range(48)]
    expected = sorted(
        (start for start in tried if fits(start)),
        key=lambda start: (abs(start - wanted[0].start), start),
    )
    found = nearest_starts(wanted, bookable, within=DAY)
    assert list(found[:1]) == expected[:1]
    assert all(fits(start) for start in found)
