"""Who may run a job now, and what became of each run."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import UtcDateTime


class Lease(Row, table=True):
    """The one process that drives the clock, until when."""

    __tablename__ = "lease"

    name: str = Field(max_length=64, unique=True)
    owner: str = Field(max_length=80)
    until: datetime = Field(sa_type=UtcDateTime)


class JobRun(Row, table=True):
    """One run of one job for one due moment; the unique pair makes two leaders harmless."""

    __tablename__ = "job_run"
    __table_args__ = (sa.UniqueConstraint("job", "due_at"),)

    job: str = Field(max_length=64)
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    owner: str = Field(default="", max_length=80)
    rows: int | None = None
    error: str = Field(default="", max_length=2000)
