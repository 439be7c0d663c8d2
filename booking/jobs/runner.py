"""Run one job: lease, claim, unit of work, record.

The claim and the lease are written first, so that others see them. The work, its record and the
end of the lease are one transaction: a process killed at any moment leaves either all of a run or
nothing but its claim, which the next process takes over.
"""

import logging
import os
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from booking.db.outside import Outside, Sent
from booking.db.patience import take_your_time
from booking.db.transactions import Reactions, unit_of_work
from booking.jobs import lease, runs
from booking.jobs.errors import JobBusy, LeaseLost
from booking.jobs.events import JobRunByHand
from booking.jobs.runs import Run
from booking.jobs.schedule import JOBS, Job, job_named
from booking.kernel.clock import Clock
from booking.settings import Settings

# Between claiming and starting nothing but a crash takes longer.
LEASE = timedelta(seconds=60)

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of an attempt."""

    DONE = "done"
    FAILED = "failed"
    # Done before, or being done by somebody else.
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome, and how many rows were touched."""

    outcome: Outcome
    rows: int = 0


def process_name() -> str:
    """Who we are among all processes on all hosts."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


@dataclass(frozen=True)
class Runner:
    """A process that runs jobs."""

    engine: Engine
    reactions: Reactions
    clock: Clock
    owner: str = field(default_factory=process_name)
    jobs: tuple[Job, ...] = JOBS
    settings: Settings = field(default_factory=Settings)

    def run_due(self, job: Job) -> Result:
        """Do what has come due and is not done; whatever was missed is part of it."""
        now = self.clock.now()
        after = self._stood_on(job, now=now)
        return self._run(job, job.when.last_due(now), now=now, after=after)

    def run_by_hand(self, job: Job, *, actor_id: int | None) -> Result:
        """Run a job now; the outcome is the same as if the clock had."""
        now = self.clock.now()
        result = self._run(job, now, now=now, actor_id=actor_id)
        if result.outcome is Outcome.LEFT:
            raise JobBusy(job=job.id)
        return result

    def catch_up(self) -> dict[str, Result]:
        """Run everything that should have run by now, in the order of the table."""
        return {job.id: self.run_due(job) for job in self.jobs}

    def _run(
        self,
        job: Job,
        due_at: datetime,
        *,
        now: datetime,
        after: Run | None = None,
        actor_id: int | None = None,
    ) -> Result:
        run = Run(
            job=job.id,
            due_at=due_at,
            period=job.period(due_at),
            owner=f"{self.owner}/{uuid4().hex[:8]}",
            actor_id=actor_id,
            after=after,
        )
        if not self._claimed(run, now=now):
            return Result(Outcome.LEFT)
        try:
            rows, failed = self._work(job, run, now=now)
        except Exception as error:  # noqa: BLE001 - a job fails in any way; its run says how
            _log.exception("job %s failed, due %s", job.id, due_at)
            with unit_of_work(self.engine, self.reactions) as uow:
                runs.fail(uow.session, run, error, now=self.clock.now())
                lease.give_back(uow.session, run.lease(LEASE), now=now)
            return Result(Outcome.FAILED)
        _log.info("job %s done, due %s: %s rows, %s failed", job.id, due_at, rows, failed)
        return Result(Outcome.FAILED if failed else Outcome.DONE, rows)

    def _stood_on(self, job: Job, *, now: datetime) -> Run | None:
        """The run without whose results this job would tell of yesterday."""
        if not job.after:
            return None
        before = job_named(job.after)
        due_at = before.when.last_due(now)
        return Run(job=before.id, due_at=due_at, period=before.period(due_at), owner="")

    def _claimed(self, run: Run, *, now: datetime) -> bool:
        """Whether this run is ours to do."""
        try:
            with unit_of_work(self.engine, self.reactions) as uow:
                if not lease.take(uow.session, run.lease(LEASE), now=now):
                    return False
                # Asked with the lease in hand: whoever had it before has recorded what it did.
                if runs.may_wait(uow.session, run, now=now):
                    lease.give_back(uow.session, run.lease(LEASE), now=now)
                    return False
                runs.claim(uow.session, run, now=now)
                return True
        except OperationalError:
            # The database is busy or away; the job is due again in a moment.
            _log.warning("job %s not claimed", run.job)
            return False

    def _work(self, job: Job, run: Run, *, now: datetime) -> tuple[int, int]:
        """How many rows it went well for, and for how many not."""
        sent = Sent()
        if job.outside is not None:
            sent = job.outside(self._outside(run), now)
        with unit_of_work(self.engine, self.reactions) as uow:
            # A page gives up after seconds; a month's settlement may take its time.
            take_your_time(uow.session)
            if not lease.keep_locked(uow.session, run.lease(LEASE)):
                raise LeaseLost(job=job.id)
            rows = job.work(uow, now) + sent.rows
            if run.actor_id is not None:
                uow.announce(
                    JobRunByHand(at=now, subject=f"job:{job.id}", actor_id=run.actor_id, rows=rows)
                )
            failures = [*sent.failures, *uow.failures]
            runs.finish(uow.session, run, rows, now=self.clock.now(), failures=failures)
            lease.give_back(uow.session, run.lease(LEASE), now=now)
        return rows, len(failures)

    def _outside(self, run: Run) -> Outside:
        """Each of its deeds renews the lease, so that work of many short ones may take long."""

        def go_on(session: Session) -> None:
            if not lease.renew(session, run.lease(LEASE), now=self.clock.now()):
                raise LeaseLost(job=run.job)

        return Outside(self.engine, self.reactions, self.settings, go_on)
