"""The scheduler: the whole table with safe defaults, one driver of many, at work from the start."""

from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.jobs import lease
from booking.jobs.models import JobRun, Lease
from booking.jobs.runner import Runner
from booking.jobs.schedule import JOBS, Job
from booking.jobs.scheduler import CLOCK_LEASE, Driver, start_clock
from booking.jobs.timetable import EveryMinutes
from booking.kernel.clock import LOCAL
from booking.wiring import REACTIONS
from tests.support.clock import moment


@pytest.fixture
def make_driver(engine, clock):
    def make(owner: str) -> Driver:
        return Driver(Runner(engine, REACTIONS, clock, owner=owner))

    return make


def runs(write) -> list[str]:
    with write() as uow:
        return list(uow.session.exec(select(JobRun.job).order_by(col(JobRun.id))))


def test_one_of_two_drives_and_the_other_follows_when_it_stops(make_driver):
    first, second = make_driver("one"), make_driver("two")
    assert first.pulse()
    assert not second.pulse()
    assert first.pulse()
    first.stop()
    assert second.pulse()
    assert not first.pulse()


def test_whoever_dies_loses_the_clock_when_the_lease_is_over(make_driver, write):
    dead, heir = make_driver("dead"), make_driver("heir")
    assert dead.pulse()
    assert not heir.pulse()
    with write() as uow:
        uow.session.execute(sa.update(Lease).values(until=moment("2020-01-01T00:00")))
    assert heir.pulse()


def test_who_does_not_drive_runs_nothing(make_driver, write):
    first, second = make_driver("one"), make_driver("two")
    first.pulse()
    second.fire(JOBS[0])
    second.catch_up()
    assert runs(write) == []
    first.fire(JOBS[0])
    assert runs(write) == [JOBS[0].id]


def test_a_started_clock_serves_at_once_what_is_due(engine, clock, write):
    served = Event()

    def serve(uow, now) -> int:
        served.set()
        return 0

    job = Job("test_job", EveryMinutes(30), serve)
    running = start_clock(Runner(engine, REACTIONS, clock, jobs=(job,)))
    try:
        assert served.wait(60)
    finally:
        running.stop()
    assert runs(write) == ["test_job"]
    with write() as uow:
        age = lease.age(uow.session, CLOCK_LEASE, now=clock.now())
        until = uow.session.exec(select(Lease.until).where(Lease.name == CLOCK_LEASE)).one()
        assert until <= lease.server_now(uow.session, clock.now())
    assert age is not None


def test_every_job_of_the_table_is_scheduled_late_rather_than_never(engine, clock):
    running = start_clock(Runner(engine, REACTIONS, clock))
    try:
        scheduled = {job.id: job for job in running.scheduler.get_jobs()}
        assert {job.id for job in JOBS} <= set(scheduled)
        for job in JOBS:
            made = scheduled[job.id]
            assert made.trigger.timezone == LOCAL
            assert (made.coalesce, made.max_instances) == (True, 1)
            assert made.misfire_grace_time >= timedelta(hours=1).total_seconds()
    finally:
        running.stop()


def test_a_clock_stopped_in_its_first_moment_stops_quietly(engine, clock):
    """A thread that ends with an error fails the test."""
    for _ in range(5):
        start_clock(Runner(engine, REACTIONS, clock)).stop()
