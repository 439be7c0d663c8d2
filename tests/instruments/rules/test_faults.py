"""The life of a fault, and what downtimes add up to."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.instruments.rules.faults import (
    OPEN,
    TRANSITIONS,
    FaultState,
    FaultStep,
    after,
    broken_late,
    open_steps,
    put_off_to,
    totals,
)
from booking.kernel.timespan import TimeSpan

NOW = datetime(2026, 11, 28, tzinfo=UTC)
DAY = timedelta(days=1)
ENDED = (FaultState.REPAIRED, FaultState.DISMISSED)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def ago(start_hours: float, length_hours: float) -> TimeSpan:
    start = NOW - hours(start_hours)
    return TimeSpan(start, start + hours(length_hours))


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("reported", {"triage", "close", "repair", "dismiss"}),
        ("triaged", {"close", "repair", "dismiss"}),
        ("closed", {"put_off", "repair"}),
        ("repaired", set()),
        ("dismissed", set()),
    ],
)
def test_each_state_allows_exactly_its_steps(state: str, steps: set[str]) -> None:
    assert {step.value for step in open_steps(FaultState(state))} == steps
    refused = [step for step in FaultStep if step.value not in steps]
    assert [after(FaultState(state), step) for step in refused] == [None] * len(refused)


def test_what_ends_a_fault_leaves_the_open_ones() -> None:
    for (before, step), to in TRANSITIONS.items():
        assert before in OPEN
        assert (to in ENDED) == (step in {FaultStep.REPAIR, FaultStep.DISMISS})


@pytest.mark.parametrize(
    ("ends_in_hours", "put_off_in_hours"),
    [(1.01, None), (1, 1 + 168), (0, 168), (-72, 168)],
)
def test_an_end_that_comes_or_came_is_put_off_by_a_week(
    ends_in_hours: float, put_off_in_hours: float | None
) -> None:
    expected = None if put_off_in_hours is None else NOW + hours(put_off_in_hours)
    assert put_off_to(NOW + hours(ends_in_hours), NOW) == expected


def test_nothing_to_divide_by_is_no_mean() -> None:
    none = totals((), None, NOW)
    assert (none.count, none.down, none.between, none.to_repair) == (0, hours(0), None, None)


def test_two_repairs_are_averaged() -> None:
    told = totals((ago(100, 2), ago(50, 6)), None, NOW)
    assert (told.count, told.down, told.to_repair) == (2, hours(8), hours(4))
    assert told.between == (timedelta(days=365) - hours(8)) / 2


def test_a_running_downtime_counts_up_to_now_and_is_no_repair() -> None:
    told = totals((), ago(10, 10), NOW)
    assert (told.count, told.down, told.to_repair) == (1, hours(10), None)


def test_what_began_before_the_year_is_cut_for_the_hours_and_whole_for_the_repair() -> None:
    told = totals((ago(365 * 24 + 5, 8),), None, NOW)
    assert (told.count, told.down, told.between, told.to_repair) == (0, hours(3), None, hours(8))


def test_what_overlaps_is_down_once() -> None:
    assert totals((ago(10, 4), ago(8, 4)), None, NOW).down == hours(6)


def test_what_ended_before_the_year_is_forgotten() -> None:
    told = totals((ago(365 * 24 + 5, 5),), None, NOW)
    assert (told.count, told.down, told.to_repair) == (0, hours(0), None)


@pytest.mark.parametrize(
    ("age", "since", "until", "refused"),
    [
        (90, 30, 0, False),
        (90, 31, 0, True),
        (2, 2, 1, False),
        (2, 3, 1, True),
        (90, -1, None, True),
        (90, 2, -1, True),
        (90, 2, 3, True),
        (90, 2, 2, True),
        (90, 0, None, True),
    ],
)
def test_what_is_entered_late_is_past_and_recent(
    age: int, since: int, until: int | None, *, refused: bool
) -> None:
    began, ended = NOW - since * DAY, None if until is None else NOW - until * DAY
    problems = broken_late(began, ended, since=NOW - age * DAY, now=NOW)
    assert bool(list(problems)) is refused
