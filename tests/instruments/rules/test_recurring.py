"""Series of closures: the dates that a rule comes to, and its bounds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.recurring import Frequency, Repeat, faults_of, occurrences
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import span

DAILY, WEEKLY = Frequency.DAILY, Frequency.WEEKLY
MONTHLY, BY_WEEKDAY = Frequency.MONTHLY, Frequency.MONTHLY_WEEKDAY
MONDAY = span("2026-11-30T08:00", "12:00")


@pytest.mark.parametrize(
    ("first", "repeat", "days"),
    [
        (MONDAY, Repeat(DAILY, 2, date(2026, 12, 5)), ["11-30", "12-02", "12-04"]),
        # The last day counts.
        (MONDAY, Repeat(WEEKLY, 1, date(2026, 12, 14)), ["11-30", "12-07", "12-14"]),
        (MONDAY, Repeat(WEEKLY, 2, date(2027, 1, 1)), ["11-30", "12-14", "12-28"]),
        # A month without a thirtieth is left out.
        (MONDAY, Repeat(MONTHLY, 1, date(2027, 4, 1)), ["11-30", "12-30", "01-30", "03-30"]),
        # The fifth Monday is the last one.
        (MONDAY, Repeat(BY_WEEKDAY, 1, date(2027, 2, 28)), ["11-30", "12-28", "01-25", "02-22"]),
        (
            span("2026-12-07T08:00", "12:00"),
            Repeat(BY_WEEKDAY, 1, date(2027, 2, 28)),
            ["12-07", "01-04", "02-01"],
        ),
        (MONDAY, Repeat(WEEKLY, 1, date(2026, 11, 30)), ["11-30"]),
        # Half past midnight in the zone is the day before in UTC.
        (
            span("2026-12-01T00:30", "06:00"),
            Repeat(WEEKLY, 1, date(2026, 12, 15)),
            ["12-01", "12-08", "12-15"],
        ),
    ],
)
def test_a_rule_comes_to_these_days(first: TimeSpan, repeat: Repeat, days: list[str]) -> None:
    found = occurrences(first, repeat)
    assert [f"{local(one.start):%m-%d}" for one in found] == days
    assert {(local(one.start).time(), one.length) for one in found} == {
        (local(first.start).time(), first.length)
    }


@pytest.mark.parametrize(
    ("first", "repeat", "codes"),
    [
        (MONDAY, Repeat(WEEKLY, 1, date(2027, 12, 1)), []),
        (MONDAY, Repeat(WEEKLY, 1, date(2027, 12, 2)), ["series_too_far"]),
        (MONDAY, Repeat(DAILY, 1, date(2027, 6, 17)), []),
        (MONDAY, Repeat(DAILY, 1, date(2027, 6, 18)), ["series_too_many"]),
        (MONDAY, Repeat(WEEKLY, 1, date(2026, 11, 29)), ["series_empty"]),
        (
            span("2026-11-30T08:00", "2026-12-01T09:00"),
            Repeat(DAILY, 1, date(2026, 12, 5)),
            ["series_overlaps"],
        ),
        (
            span("2026-11-30T08:00", "2026-12-01T08:00"),
            Repeat(DAILY, 1, date(2026, 12, 5)),
            [],
        ),
    ],
)
def test_a_series_has_bounds(first: TimeSpan, repeat: Repeat, codes: list[str]) -> None:
    found = faults_of(first, repeat, occurrences(first, repeat))
    assert [fault.code.removeprefix("closure.") for fault in found] == codes


@given(st.integers(0, 400), st.integers(1, 8), st.integers(0, 300))
def test_every_so_many_weeks_is_counted_in_days(offset: int, every: int, length: int) -> None:
    start = span("2026-01-01T22:00", "23:00").start + timedelta(days=offset)
    first = TimeSpan(start, start + timedelta(hours=9))
    until = local(start).date() + timedelta(days=length)
    found = occurrences(first, Repeat(WEEKLY, every, until))
    counted = [local(start).date() + timedelta(days=n) for n in range(0, length + 1, 7 * every)]
    assert [local(one.start).date() for one in found] == counted
