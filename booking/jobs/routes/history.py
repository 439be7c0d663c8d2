"""The page of jobs: when each is due, how its last runs went, and running one now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.jobs import lease, runs
from booking.jobs.errors import JobBusy
from booking.jobs.models import JobRun
from booking.jobs.runner import Runner
from booking.jobs.schedule import JOBS, Job, job_named
from booking.jobs.scheduler import CLOCK_LEASE
from booking.web.clock import ClockDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.JOB_READ)]
Starter = Annotated[Actor, requires(Permission.JOB_RUN)]


@dataclass(frozen=True, slots=True)
class JobShown:
    """A job and its last run."""

    job: Job
    due_at: datetime
    last: JobRun | None

    @property
    def waits(self) -> bool:
        """Whether the last due moment is unserved."""
        return self.last is None or self.last.due_at < self.due_at


@router.get("/jobs", name="jobs")
def jobs(
    session: Reading, page: PageDep, clock: ClockDep, actor: Reader, job: str = ""
) -> Response:
    """Every job, and the last runs of all or one."""
    known = job_named(job).id if job else None
    now = clock.now()
    history = runs.history(session, job=known)
    return page.render(
        "jobs/jobs.html",
        fragment="runs",
        jobs=_shown(session, now),
        runs=history,
        running=any(run.ended_at is None for run in history),
        chosen=known or "",
        may_run=actor.may(Permission.JOB_RUN),
        pulse_age=lease.age(session, CLOCK_LEASE, now=now),
    )


def _shown(session: Session, now: datetime) -> list[JobShown]:
    latest = runs.latest(session)
    return [JobShown(job, job.when.last_due(now), latest.get(job.id)) for job in JOBS]


@router.post("/jobs/{job_id}/runs", name="run_job")
def run_job(
    job_id: str, request: Request, page: PageDep, background: BackgroundTasks, actor: Starter
) -> Response:
    """Run a job after this answer; its run shows on the page."""
    state = request.app.state
    runner = Runner(state.engine, state.reactions, state.clock, settings=state.settings)
    answer = page.redirect("jobs", job=job_named(job_id).id)
    background.add_task(run_unless_busy, runner, job_named(job_id), actor.id)
    answer.background = background
    return answer


def run_unless_busy(runner: Runner, job: Job, actor_id: int) -> None:
    """Somebody else running it is as good."""
    try:
        runner.run_by_hand(job, actor_id=actor_id)
    except JobBusy:
        return
