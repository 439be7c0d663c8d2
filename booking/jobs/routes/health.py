"""For machines: is the process there, can it work, how is it doing."""

from datetime import timedelta
from functools import cache
from typing import Annotated, Literal

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge
from prometheus_client.exposition import generate_latest
from pydantic import BaseModel
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.db.transactions import read_session
from booking.jobs import lease, runs
from booking.jobs.scheduler import CLOCK_LEASE, LEASE
from booking.kernel.clock import Clock

router = APIRouter()

Anybody = Annotated[Actor | None, PUBLIC]
Pulse = Literal["driving", "late", "never"]


class Readiness(BaseModel):
    """Whether requests can be served. A clock that stands still or a job that fails delays work,
    not pages."""

    ready: bool
    database: bool
    migrations: bool
    scheduler: Pulse
    scheduler_lease_age_seconds: float | None
    failing_jobs: list[str]


@router.get("/healthz", name="healthz")
def healthz(visitor: Anybody) -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", name="readyz")
def readyz(request: Request, visitor: Anybody) -> Response:
    """Whether the database answers, stands at the newest migration, and the clock is driven."""
    state = request.app.state
    found = readiness(state.engine, state.clock)
    return JSONResponse(found.model_dump(), 200 if found.ready else 503)


@router.get("/metrics", name="metrics")
def metrics(request: Request, visitor: Anybody) -> Response:
    """Figures in Prometheus' text form: the process, the clock, the last run of each job."""
    state = request.app.state
    body = generate_latest(REGISTRY) + generate_latest(_of_jobs(state.engine, state.clock))
    return Response(body, headers={"content-type": CONTENT_TYPE_LATEST})


def readiness(engine: Engine, clock: Clock) -> Readiness:
    """Ask the database, and draw the conclusion."""
    try:
        current = _at_newest_migration(engine)
        age, failing = _of_the_clock(engine, clock) if current else (None, [])
    except SQLAlchemyError:
        return Readiness(
            ready=False,
            database=False,
            migrations=False,
            scheduler="never",
            scheduler_lease_age_seconds=None,
            failing_jobs=[],
        )
    return Readiness(
        ready=current,
        database=True,
        migrations=current,
        scheduler=_pulse(age),
        scheduler_lease_age_seconds=None if age is None else age.total_seconds(),
        failing_jobs=failing,
    )


def _pulse(age: timedelta | None) -> Pulse:
    if age is None:
        return "never"
    return "driving" if age <= LEASE else "late"


def _of_the_clock(engine: Engine, clock: Clock) -> tuple[timedelta | None, list[str]]:
    with read_session(engine) as session:
        return lease.age(session, CLOCK_LEASE, now=clock.now()), runs.failing(session)


def _at_newest_migration(engine: Engine) -> bool:
    with read_session(engine) as session:
        heads = MigrationContext.configure(session.connection()).get_current_heads()
    return set(heads) == newest_migrations()


@cache
def newest_migrations() -> frozenset[str]:
    """The revisions that this code expects."""
    config = Config()
    config.set_main_option("script_location", "booking:migrations")
    return frozenset(ScriptDirectory.from_config(config).get_heads())


def _of_jobs(engine: Engine, clock: Clock) -> CollectorRegistry:
    """Made anew for each asking: the truth is in the database, whichever process ran the job."""
    registry = CollectorRegistry()
    ended, seconds, rows, failed = (
        Gauge(f"booking_job_{name}", text, ["job"], registry=registry)
        for name, text in (
            ("last_end_timestamp_seconds", "When the last run ended"),
            ("last_duration_seconds", "How long the last run took"),
            ("last_rows", "Rows that the last run touched"),
            ("last_failed", "1 when the last run failed"),
        )
    )
    with read_session(engine) as session:
        latest = runs.latest(session, ended=True)
        age = lease.age(session, CLOCK_LEASE, now=clock.now())
    if age is not None:
        pulse = Gauge("booking_scheduler_lease_age_seconds", "The clock's pulse", registry=registry)
        pulse.set(age.total_seconds())
    for name, run in latest.items():
        if run.ended_at is None:
            continue
        ended.labels(name).set(run.ended_at.timestamp())
        seconds.labels(name).set((run.ended_at - run.started_at).total_seconds())
        rows.labels(name).set(run.rows or 0)
        failed.labels(name).set(int(bool(run.error)))
    return registry
