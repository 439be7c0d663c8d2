"""Who may run a job now, and what became of each run."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, UtcDateTime


class Lease(Row, table=True):
    """What one process of many may do until when: drive the clock (`clock`), or run one job.

    A row stays when its time is over, so that the next taker changes it instead of racing to write.
    """

    __tablename__ = "lease"

    name: str = Field(max_length=64, unique=True)
    owner: str = Field(max_length=80)
    renewed_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)


class JobRun(Row, table=True):
    """One run of one job for one due moment; the unique pair makes two leaders harmless."""

    __tablename__ = "job_run"
    __table_args__ = (sa.UniqueConstraint("job", "due_at"),)

    job: str = Field(max_length=64)
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    # What the run is about, for people: a month, a day; empty for sweeps of every few minutes.
    period: str = Field(default="", max_length=16)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 1
    owner: str = Field(default="", max_length=80)
    # Who asked for it by hand; None when the clock did.
    actor_id: int | None = Field(default=None, sa_type=Id)
    rows: int | None = None
    error: str = Field(default="", max_length=2000)
