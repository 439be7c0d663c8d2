"""The parts of a use fit into the time between check-in and check-out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.use_record import (
    UseRecord,
    completed,
    minutes_present,
    record_faults,
)
from tests.factories.reservation_values import between
from tests.factories.spans import spans

PRESENT = between("11-24 13:00", "15:00")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (UseRecord(preparation_minutes=20, test_minutes=90, post_minutes=10), []),
        (UseRecord(test_minutes=120), []),
        (UseRecord(test_minutes=121), ["use.longer_than_present"]),
        (UseRecord(test_minutes=100, idle_minutes=21), ["use.longer_than_present"]),
        (UseRecord(test_minutes=-1), ["use.negative"]),
        (UseRecord(samples=-1), ["use.negative"]),
    ],
)
def test_a_record_fits_into_the_presence(record: UseRecord, expected: list[str]) -> None:
    assert [violation.code for violation in record_faults(record, PRESENT)] == expected


def test_a_started_minute_counts() -> None:
    assert minutes_present(between("11-24 13:00:00", "13:00:01")) == 1


@given(spans(longest_minutes=1000), st.data())
def test_a_completed_record_sums_to_the_presence(present: TimeSpan, data: st.DataObject) -> None:
    limit = minutes_present(present)
    tested = data.draw(st.integers(1, limit))
    record = completed(UseRecord(test_minutes=tested), present)
    assert record.accounted_minutes == limit
    assert record.effective_minutes == tested
    assert not list(record_faults(record, present))


@given(spans(longest_minutes=1000))
def test_a_record_without_minutes_was_not_measured(present: TimeSpan) -> None:
    record = completed(UseRecord(samples=3), present)
    assert (record.test_minutes, record.idle_minutes) == (minutes_present(present), 0)
    assert record.samples == 3
