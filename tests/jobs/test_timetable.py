"""Due moments: the same as the scheduler's, across midnight, month end and year end."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.jobs.schedule import JOBS, Job, the_day_before, the_month_before
from booking.jobs.scheduler import trigger_of
from booking.jobs.timetable import Daily, EveryMinutes, Monthly
from tests.support.clock import moment

NIGHT = Daily(time(3, 30))
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
SETTLING = Monthly(time(2, 0))


@pytest.mark.parametrize(
    ("timetable", "now", "due"),
    [
        (EveryMinutes(5), "2026-11-23T09:04:59", "2026-11-23T09:00"),
        (EveryMinutes(5), "2026-11-23T09:05", "2026-11-23T09:05"),
        (EveryMinutes(1), "2027-01-01T00:00:01", "2027-01-01T00:00"),
        (NIGHT, "2026-11-23T03:29", "2026-11-22T03:30"),
        (NIGHT, "2026-11-23T03:30", "2026-11-23T03:30"),
        (NIGHT, "2027-01-01T01:00", "2026-12-31T03:30"),
        (SETTLING, "2026-12-01T01:59", "2026-11-01T02:00"),
        (SETTLING, "2026-12-01T02:00", "2026-12-01T02:00"),
        (SETTLING, "2027-01-01T01:00", "2026-12-01T02:00"),
        (SETTLING, "2027-01-31T23:00", "2027-01-01T02:00"),
    ],
)
def test_the_last_due_moment(timetable, now, due):
    assert timetable.last_due(moment(now)) == moment(due)


@given(
    st.sampled_from(JOBS),
    st.integers(0, 5 * 366 * 86_400).map(lambda seconds: BEGIN + timedelta(seconds=seconds)),
)
def test_it_is_the_moment_at_which_the_scheduler_fires(job: Job, now: datetime):
    due = job.when.last_due(now)
    trigger = trigger_of(job)
    assert trigger.get_next_fire_time(None, due) == due <= now
    assert trigger.get_next_fire_time(due, due + timedelta(microseconds=1)) > now


def test_nightly_and_monthly_work_is_named_after_what_ended():
    assert the_day_before(moment("2027-01-01T03:30")) == "2026-12-31"
    assert the_month_before(moment("2027-01-01T02:00")) == "2026-12"


def test_every_job_has_a_name_of_its_own():
    assert len({job.id for job in JOBS}) == len(JOBS)
