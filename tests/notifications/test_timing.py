"""Quiet hours, the hour of the daily letter, and when a reminder is due."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.clock import local
from booking.notifications.rules.timing import (
    Times,
    knows_already,
    next_hour,
    quiet_end,
    reminder_due,
)
from tests.support.clock import moment

HOURS = st.integers(0, 23)
MINUTES = st.integers(0, 3 * 24 * 60)
MONDAY = moment("2026-11-23T00:00")


@pytest.mark.parametrize(
    ("quiet", "at", "ends"),
    [
        ((22, 7), "2026-11-23T21:59", None),
        ((22, 7), "2026-11-23T22:00", "2026-11-24T07:00"),
        ((22, 7), "2026-11-24T00:00", "2026-11-24T07:00"),
        ((22, 7), "2026-11-24T06:59", "2026-11-24T07:00"),
        ((22, 7), "2026-11-24T07:00", None),
        ((12, 14), "2026-11-23T13:59", "2026-11-23T14:00"),
        ((12, 14), "2026-11-23T14:00", None),
        ((12, 14), "2026-11-23T11:59", None),
        ((0, 6), "2026-12-31T23:59", None),
        ((0, 6), "2027-01-01T00:00", "2027-01-01T06:00"),
        ((8, 8), "2026-11-23T08:30", None),
        ((None, None), "2026-11-23T03:00", None),
    ],
)
def test_quiet_hours(quiet: tuple[int | None, int | None], at: str, ends: str | None) -> None:
    times = Times(quiet_from=quiet[0], quiet_until=quiet[1])
    assert quiet_end(times, moment(at)) == (moment(ends) if ends else None)


@pytest.mark.parametrize(
    ("at", "hour", "then"),
    [
        ("2026-11-23T07:59", 8, "2026-11-23T08:00"),
        ("2026-11-23T08:00", 8, "2026-11-24T08:00"),
        ("2026-12-31T23:30", 0, "2027-01-01T00:00"),
        ("2028-02-28T09:00", 8, "2028-02-29T08:00"),
    ],
)
def test_the_daily_letter_comes_at_the_next_such_hour(at: str, hour: int, then: str) -> None:
    assert next_hour(moment(at), hour) == moment(then)


@given(start=HOURS, end=HOURS, minutes=MINUTES)
def test_quiet_hours_end_outside_of_themselves(start: int, end: int, minutes: int) -> None:
    times, now = Times(quiet_from=start, quiet_until=end), MONDAY + timedelta(minutes=minutes)
    ends = quiet_end(times, now)
    if ends is not None:
        assert now < ends <= now + timedelta(days=1)
        assert local(ends).hour == end
        assert quiet_end(times, ends) is None


@pytest.mark.parametrize(
    ("hours", "before", "due"),
    [
        (24, timedelta(hours=24, minutes=1), False),
        (24, timedelta(hours=24), True),
        (24, timedelta(minutes=1), True),
        (24, timedelta(0), False),
        (24, -timedelta(hours=1), False),
        (1, timedelta(hours=2), False),
        (168, timedelta(days=7), True),
    ],
)
def test_a_reminder_is_due_until_the_time_begins(hours: int, before: timedelta, due: bool) -> None:
    times = Times(reminder_hours=hours)
    assert reminder_due(times, starts_at=MONDAY, now=MONDAY - before) is due


def test_whoever_books_at_short_notice_knows_already() -> None:
    times = Times(reminder_hours=24)
    late, early = MONDAY - timedelta(hours=23), MONDAY - timedelta(hours=24)
    assert knows_already(times, starts_at=MONDAY, told_at=late)
    assert not knows_already(times, starts_at=MONDAY, told_at=early)
