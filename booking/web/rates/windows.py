"""The counters that all processes share: how much of a minute's budget has been taken."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlmodel import Field, SQLModel, col

from booking.db.transactions import UnitOfWork, unit_of_work
from booking.db.types import UtcDateTime

WINDOW: Final = timedelta(minutes=1)
KEPT_FOR: Final = timedelta(hours=1)


class RateWindow(SQLModel, table=True):
    """What somebody, of whom only a digest is kept, has taken in one minute."""

    __tablename__ = "rate_window"

    holder: str = Field(primary_key=True, max_length=64)
    starts_at: datetime = Field(primary_key=True, sa_type=UtcDateTime, index=True)
    taken: int


def window_of(now: datetime) -> datetime:
    """When the minute began."""
    return now.replace(second=0, microsecond=0)


def take(engine: Engine, holder: str, starts_at: datetime, *, wanted: int, limit: int) -> int:
    """Take up to `wanted` out of a minute's budget; how many there still were."""
    digest = hashlib.sha256(holder.encode()).hexdigest()
    build = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
    row = build(RateWindow).values(holder=digest, starts_at=starts_at, taken=wanted)
    counted = row.on_conflict_do_update(
        index_elements=["holder", "starts_at"], set_={"taken": col(RateWindow.taken) + wanted}
    ).returning(col(RateWindow.taken))
    with unit_of_work(engine, {}) as uow:
        taken: int = uow.session.execute(counted).scalar_one()
    return max(0, min(wanted, limit - (taken - wanted)))


def forget_old_windows(uow: UnitOfWork, now: datetime) -> int:
    """Remove the minutes that are over; how many."""
    old = sa.delete(RateWindow).where(col(RateWindow.starts_at) < now - KEPT_FOR)
    return len(uow.session.execute(old.returning(col(RateWindow.taken))).all())
