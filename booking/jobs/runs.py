"""The run ledger: every run of every job, claimed before and recorded after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.db.inserts import insert_unless_exists
from booking.jobs.lease import Claim
from booking.jobs.models import JobRun

# A run that failed is tried again after 1, 2, 4, 8 … minutes, until its next due moment comes.
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Run:
    """One job, one due moment, one process that does it, and the run after which it comes."""

    job: str
    due_at: datetime
    period: str
    owner: str
    actor_id: int | None = None
    after: "Run | None" = None

    def lease(self, lasting: timedelta) -> Claim:
        return Claim(f"job:{self.job}", self.owner, lasting)


def may_wait(session: Session, run: Run, *, now: datetime) -> bool:
    """Whether it is served, tried again too early, or what it stands on is not served yet."""
    if run.after is not None and not served(session, run.after):
        return True
    found = session.execute(
        sa.select(col(JobRun.ended_at), col(JobRun.error), col(JobRun.attempts)).where(_same(run))
    ).first()
    if found is None or found.ended_at is None:
        return False
    return not found.error or now < found.ended_at + wait_after(found.attempts)


def served(session: Session, run: Run) -> bool:
    """Whether a run is over and went well."""
    well = sa.and_(_same(run), col(JobRun.ended_at).is_not(None), col(JobRun.error) == "")
    return session.execute(sa.select(col(JobRun.id)).where(well)).first() is not None


def wait_after(attempts: int) -> timedelta:
    """How long a fault is given to go away: twice as long each time, at most an hour."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)


def claim(session: Session, run: Run, *, now: datetime) -> None:
    """Write the claim, or take over from a process that died or failed. We hold the lease."""
    fresh = {
        "job": run.job,
        "due_at": run.due_at,
        "period": run.period,
        "started_at": now,
        "attempts": 1,
        "owner": run.owner,
        "actor_id": run.actor_id,
        "error": "",
    }
    if not insert_unless_exists(session, JobRun, [fresh]):
        again = {"started_at": now, "ended_at": None, "owner": run.owner, "error": ""}
        _change(session, run, **again, attempts=col(JobRun.attempts) + 1)


def finish(
    session: Session, run: Run, rows: int, *, now: datetime, failures: Sequence[str] = ()
) -> None:
    """It is done; committed with what it did, and with what of it went wrong."""
    error = f"{len(failures)} failed: {'; '.join(failures)}" if failures else ""
    _change(session, run, ended_at=now, rows=rows, error=error[:2000])


def fail(session: Session, run: Run, error: Exception, *, now: datetime) -> None:
    """It went wrong, and nothing of it is kept but this."""
    _change(session, run, ended_at=now, error=f"{type(error).__name__}: {error}"[:2000])


def latest(session: Session, *, ended: bool = False) -> dict[str, JobRun]:
    """The newest run of each job; only of those that ended, where it is asked how they did."""
    counted = col(JobRun.ended_at).is_not(None) if ended else sa.true()
    newest = (
        sa.select(sa.func.max(JobRun.due_at).label("due_at"), col(JobRun.job).label("job"))
        .where(counted)
        .group_by(col(JobRun.job))
        .subquery()
    )
    runs = session.exec(
        select(JobRun).join(
            newest,
            sa.and_(col(JobRun.job) == newest.c.job, col(JobRun.due_at) == newest.c.due_at),
        )
    )
    return {run.job: run for run in runs}


def failing(session: Session) -> list[str]:
    """The jobs whose latest run failed, by name."""
    return sorted(job for job, run in latest(session, ended=True).items() if run.error)


def history(session: Session, *, job: str | None = None, limit: int = 50) -> Sequence[JobRun]:
    """The last runs, newest first."""
    asked = select(JobRun).order_by(col(JobRun.due_at).desc(), col(JobRun.id).desc()).limit(limit)
    return session.exec(asked.where(JobRun.job == job) if job else asked).all()


def _same(run: Run) -> sa.ColumnElement[bool]:
    return sa.and_(col(JobRun.job) == run.job, col(JobRun.due_at) == run.due_at)


def _change(session: Session, run: Run, **values: object) -> None:
    session.execute(sa.update(JobRun).where(_same(run)).values(**values))
