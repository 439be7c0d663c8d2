"""Until when a permission lasts, and on which days its end is told."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.training.rules import (
    REMINDERS,
    End,
    EndsBy,
    end_of,
    reminder_due,
    valid_until,
)
from tests.support.clock import moment

PRACTISED = moment("2026-11-01T16:00")
DAYS = st.integers(min_value=0, max_value=400)


@pytest.mark.parametrize(
    ("valid_to", "unused_days", "expected"),
    [
        (None, None, None),
        (date(2026, 12, 31), None, End(moment("2027-01-01T00:00"), EndsBy.DATE)),
        (None, 30, End(moment("2026-12-01T16:00"), EndsBy.DISUSE)),
        (date(2026, 11, 30), 30, End(moment("2026-12-01T00:00"), EndsBy.DATE)),
        (date(2026, 12, 1), 30, End(moment("2026-12-01T16:00"), EndsBy.DISUSE)),
        (date(2026, 10, 1), 30, End(moment("2026-10-02T00:00"), EndsBy.DATE)),
    ],
)
def test_the_earlier_end_counts(
    valid_to: date | None, unused_days: int | None, expected: End | None
) -> None:
    assert end_of(valid_to, PRACTISED, unused_days) == expected


def test_the_last_day_is_included_and_is_what_people_are_told() -> None:
    assert valid_until(date(2026, 12, 31)) == moment("2027-01-01T00:00")
    end = end_of(date(2026, 12, 31), PRACTISED, None)
    assert end is not None
    assert end.last_day == date(2026, 12, 31)


END = moment("2026-12-31T12:00")


@pytest.mark.parametrize(
    ("now", "told", "expected"),
    [
        ("2026-12-01T11:59", None, None),
        ("2026-12-01T12:00", None, 30),
        ("2026-12-01T12:00", 30, None),
        ("2026-12-24T11:59", 30, None),
        ("2026-12-24T12:00", 30, 7),
        ("2026-12-24T12:00", None, 7),
        ("2026-12-31T11:59", 7, None),
        ("2026-12-31T12:00", 7, 0),
        ("2027-02-01T12:00", None, 0),
        ("2027-02-01T12:00", 0, None),
    ],
)
def test_each_step_is_told_when_it_has_come_and_once(
    now: str, told: int | None, expected: int | None
) -> None:
    assert reminder_due(END, moment(now), told=told) == expected


@given(st.lists(st.integers(min_value=-100, max_value=100), max_size=40))
def test_whatever_days_the_clock_runs_no_step_is_told_twice_and_the_end_is_not_missed(
    days: list[int],
) -> None:
    told: int | None = None
    steps = []
    for day in sorted(days):
        step = reminder_due(END, END + timedelta(days=day), told=told)
        if step is not None:
            steps.append(step)
            told = step
    assert steps == sorted(set(steps), reverse=True)
    assert set(steps) <= set(REMINDERS)
    if days and max(days) >= -max(REMINDERS):
        assert steps[-1] == min(step for step in REMINDERS if -max(days) <= step)


@given(DAYS, DAYS, DAYS)
def test_using_it_never_brings_the_end_nearer(day: int, later: int, unused: int) -> None:
    def end(practised: datetime) -> datetime:
        found = end_of(date(2026, 12, 31), practised, unused)
        assert found is not None
        return found.at

    before = PRACTISED + timedelta(days=day)
    assert end(before) <= end(before + timedelta(days=later))
