"""Runs: once per due moment, by one process of many, recorded, repeatable, nothing half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, time, timedelta
from threading import Barrier, Event

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.audit.models import AuditEntry
from booking.db.engine import make_engine
from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork
from booking.jobs import lease, runs
from booking.jobs.errors import JobBusy
from booking.jobs.models import JobRun, Lease
from booking.jobs.runner import Outcome, Runner
from booking.jobs.schedule import Job
from booking.jobs.timetable import Daily, EveryMinutes
from booking.utilisation.models import UtilisationMark
from booking.wiring import REACTIONS
from tests.support.clock import FrozenClock, moment

NIGHT = Daily(time(3, 30))
Work = Callable[[UnitOfWork, datetime], int]


def noting(uow: UnitOfWork, now: datetime) -> int:
    """Leaves one row behind, so that a run can be counted."""
    uow.session.add(UtilisationMark(starts_at=now))
    return 1


def failing(uow: UnitOfWork, now: datetime) -> int:
    noting(uow, now)
    raise RuntimeError("the disk is full")


def job(work: Work = noting, when: Daily | EveryMinutes = NIGHT) -> Job:
    return Job("test_job", when, work, lambda due: due.date().isoformat())


@pytest.fixture
def runner(engine, clock: FrozenClock) -> Runner:
    return Runner(engine, REACTIONS, clock)


def noted(write) -> int:
    with write() as uow:
        return len(uow.session.exec(select(UtilisationMark)).all())


def recorded(write) -> list[JobRun]:
    with write() as uow:
        return list(uow.session.exec(select(JobRun).order_by(col(JobRun.id))))


def test_a_due_moment_is_served_once(runner, write):
    assert runner.run_due(job()).outcome is Outcome.DONE
    assert runner.run_due(job()).outcome is Outcome.LEFT
    assert noted(write) == 1


def test_a_job_waits_for_the_one_on_whose_results_it_stands(runner, engine, write, clock):
    """Whether that one is being done by another process, has failed, or was not begun."""
    (first,) = (one for one in runner.jobs if one.id == "roll_up_utilisation")
    second = replace(job(), after=first.id)
    assert runner.run_due(second).outcome is Outcome.LEFT
    assert runner.run_due(replace(first, work=failing)).outcome is Outcome.FAILED
    assert runner.run_due(second).outcome is Outcome.LEFT
    clock.advance(minutes=2)
    assert runner.run_due(first).outcome is Outcome.DONE
    assert runner.run_due(second).outcome is Outcome.DONE


def test_whoever_runs_a_job_by_hand_gets_it_as_things_stand(runner):
    asked = replace(job(), after="roll_up_utilisation")
    assert runner.run_by_hand(asked, actor_id=None).outcome is Outcome.DONE


def test_a_run_is_recorded_with_its_period_rows_and_times(runner, write, clock):
    runner.run_due(job())
    (run,) = recorded(write)
    assert (run.job, run.due_at, run.period) == (
        "test_job",
        moment("2026-11-23T03:30"),
        "2026-11-22",
    )
    assert (run.rows, run.error, run.attempts) == (1, "", 1)
    assert run.started_at == run.ended_at == clock.now()


def test_the_next_due_moment_is_served_anew(runner, write, clock):
    runner.run_due(job())
    clock.at("2026-11-24T03:30")
    assert runner.run_due(job()).outcome is Outcome.DONE
    assert noted(write) == 2


def test_after_an_outage_one_run_makes_good_for_all(runner, write, clock):
    runner.run_due(job())
    clock.advance(days=40)
    assert runner.run_due(job()).outcome is Outcome.DONE
    assert runner.run_due(job()).outcome is Outcome.LEFT
    assert noted(write) == 2


def test_a_failure_keeps_nothing_but_its_reason(runner, write):
    assert runner.run_due(job(failing)).outcome is Outcome.FAILED
    (run,) = recorded(write)
    assert run.error == "RuntimeError: the disk is full"
    assert run.ended_at is not None
    assert noted(write) == 0


def test_a_failure_is_tried_again_and_forgotten_when_it_goes_well(runner, write, clock):
    runner.run_due(job(failing))
    clock.advance(minutes=1)
    assert runner.run_due(job()).outcome is Outcome.DONE
    (run,) = recorded(write)
    assert (run.error, run.attempts) == ("", 2)


def test_a_failure_waits_longer_each_time_and_is_never_given_up(runner, clock):
    tried = []
    for minute in range(6 * 60):
        if runner.run_due(job(failing)).outcome is Outcome.FAILED:
            tried.append(minute)
        clock.advance(minutes=1)
    assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303]
    clock.advance(hours=1)
    assert runner.run_due(job()).outcome is Outcome.DONE


def test_a_failure_that_nobody_mended_is_no_reason_to_leave_the_next_moment(runner, clock):
    runner.run_due(job(failing))
    clock.at("2026-11-24T03:30")
    assert runner.run_due(job()).outcome is Outcome.DONE


def test_by_hand_it_runs_again_and_says_who_asked(runner, write, clock):
    runner.run_due(job())
    assert runner.run_by_hand(job(), actor_id=7).rows == 1
    assert [run.actor_id for run in recorded(write)] == [None, 7]
    with write() as uow:
        (entry,) = uow.session.exec(select(AuditEntry)).all()
    assert (entry.actor_id, entry.subject) == (7, "job:test_job")


def test_a_process_that_died_is_followed_when_its_lease_is_over(engine, write, clock):
    """It had claimed the run, and was killed before its work was committed."""
    dead = runs.Run("test_job", moment("2026-11-23T03:30"), "2026-11-22", "dead/1")
    with write() as uow:
        lease.take(uow.session, dead.lease(timedelta(seconds=60)), now=clock.now())
        runs.claim(uow.session, dead, now=clock.now())
    runner = Runner(engine, REACTIONS, clock)
    assert runner.run_due(job()).outcome is Outcome.LEFT
    expire_leases(write)
    assert runner.run_due(job()).outcome is Outcome.DONE
    (run,) = recorded(write)
    assert (run.attempts, run.rows) == (2, 1)


def expire_leases(write) -> None:
    with write() as uow:
        uow.session.execute(sa.update(Lease).values(until=moment("2020-01-01T00:00")))


def test_a_lease_that_was_lost_undoes_the_work(runner, write, clock):
    def robbed(uow: UnitOfWork, now: datetime) -> int:
        return noting(uow, now)

    other = lease.Claim("job:test_job", "other/1", timedelta(seconds=60))

    class Robbed(Runner):
        def _claimed(self, run, *, now):
            claimed = super()._claimed(run, now=now)
            expire_leases(write)
            with write() as uow:
                assert lease.take(uow.session, other, now=now)
            return claimed

    thief = Robbed(runner.engine, REACTIONS, clock)
    assert thief.run_due(job(robbed)).outcome is Outcome.FAILED
    assert noted(write) == 0


def test_work_outside_keeps_its_lease_by_every_deed(runner, engine, write, clock):
    second, outcomes = Runner(engine, REACTIONS, clock, owner="two"), []

    def long(outside: Outside, now: datetime) -> Sent:
        expire_leases(write)
        with outside.deed() as uow:
            noting(uow, now)
        outcomes.append(second.run_due(job()).outcome)
        return Sent(1)

    assert runner.run_due(replace(job(), outside=long)).outcome is Outcome.DONE
    assert outcomes == [Outcome.LEFT]
    assert noted(write) == 2


def test_work_outside_that_somebody_took_over_ends_at_its_next_deed(runner, write, clock):
    other = lease.Claim("job:test_job", "other/1", timedelta(seconds=60))

    def slow(outside: Outside, now: datetime) -> Sent:
        expire_leases(write)
        with write() as uow:
            assert lease.take(uow.session, other, now=now)
        with outside.deed() as uow:
            noting(uow, now)
        return Sent(1)

    assert runner.run_due(replace(job(), outside=slow)).outcome is Outcome.FAILED
    assert noted(write) == 0


def test_only_one_of_many_processes_runs_it(engine, write, clock):
    together = Barrier(6)

    def compete(number: int) -> Outcome:
        runner = Runner(engine, REACTIONS, clock, owner=f"host{number}")
        together.wait()
        return runner.run_due(job()).outcome

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(compete, range(6)))
    assert sorted(outcomes) == [Outcome.DONE] + [Outcome.LEFT] * 5
    assert noted(write) == 1


def test_while_it_runs_nobody_else_starts_it_however_long_it_takes(engine, write, clock, backend):
    begun, go_on = Event(), Event()

    def slow(uow: UnitOfWork, now: datetime) -> int:
        begun.set()
        go_on.wait(20)
        return noting(uow, now)

    first, second = (Runner(engine, REACTIONS, clock, owner=name) for name in ("one", "two"))
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(first.run_due, job(slow))
        begun.wait(20)
        waiting = pool.submit(second.run_due, job())
        if backend == "postgresql":  # SQLite's one writer makes the second wait
            assert waiting.result().outcome is Outcome.LEFT
            with pytest.raises(JobBusy):
                second.run_by_hand(job(), actor_id=1)
        go_on.set()
        assert running.result().outcome is Outcome.DONE
        assert waiting.result().outcome is Outcome.LEFT
    assert noted(write) == 1


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)  # SQLite's writers queue up
def test_who_gets_the_lease_just_after_the_work_was_done_leaves_it(engine, write, clock):
    """The other process does everything between our first look and our reading of the clock."""
    others, ours = (make_engine(str(engine.url)) for _ in range(2))
    outcomes: list[Outcome] = []

    @sa.event.listens_for(ours, "before_cursor_execute")
    def let_the_other_in(*call: object) -> None:
        if "clock_timestamp" in str(call[2]) and not outcomes:
            outcomes.append(Runner(others, REACTIONS, clock, owner="other").run_due(job()).outcome)

    outcomes.append(Runner(ours, REACTIONS, clock).run_due(job()).outcome)
    for used in (others, ours):
        used.dispose()
    assert outcomes == [Outcome.DONE, Outcome.LEFT]
    assert noted(write) == 1


def test_a_lease_is_kept_by_its_owner_and_left_by_others(write, clock):
    mine, theirs = (lease.Claim("clock", name, timedelta(seconds=45)) for name in ("me", "they"))
    with write() as uow:
        now = lease.server_now(uow.session, clock.now())
        assert lease.take(uow.session, mine, now=now)
        assert not lease.take(uow.session, theirs, now=now)
        assert lease.take(uow.session, mine, now=now)
        lease.give_back(uow.session, mine, now=now)
        assert lease.take(uow.session, theirs, now=now + timedelta(seconds=1))
