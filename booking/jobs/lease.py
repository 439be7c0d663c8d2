"""Leases: one process of many, on any number of hosts, does a thing at a time.

PostgreSQL's own clock decides when a lease is over, so hosts need not agree on the time. While a
job's transaction runs it keeps the lease's row locked: nobody takes over a lease whose owner is
alive, however late; the lock dies with the connection. SQLite has one writer at a time anyway.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.db.inserts import insert_unless_exists
from booking.db.types import UtcDateTime
from booking.jobs.models import Lease


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants what for how long."""

    name: str
    owner: str
    lasting: timedelta


def server_now(session: Session, now: datetime) -> datetime:
    """The moment by which leases are judged: the server's where there is one."""
    if session.get_bind().dialect.name != "postgresql":
        return now
    moment = sa.func.clock_timestamp(type_=UtcDateTime())
    read: datetime = session.execute(sa.select(moment)).scalar_one()
    return read


def take(session: Session, claim: Claim, *, now: datetime) -> bool:
    """Take a lease that nobody has, or keep it when it is ours already."""
    moment = server_now(session, now)
    until = {"renewed_at": moment, "until": moment + claim.lasting}
    fresh = {"name": claim.name, "owner": claim.owner, **until}
    if insert_unless_exists(session, Lease, [fresh]):
        return True
    free = sa.or_(col(Lease.until) <= moment, col(Lease.owner) == claim.owner)
    # A locked row belongs to a job that is running: step aside instead of waiting.
    row = session.exec(
        select(Lease.id).where(Lease.name == claim.name, free).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return False
    change = sa.update(Lease).where(col(Lease.id) == row).values(owner=claim.owner, **until)
    session.execute(change)
    return True


def keep_locked(session: Session, claim: Claim) -> bool:
    """Hold the row until the transaction ends; False when somebody else has taken the lease."""
    mine = select(Lease.id).where(Lease.name == claim.name, Lease.owner == claim.owner)
    return session.exec(mine.with_for_update()).first() is not None


def renew(session: Session, claim: Claim, *, now: datetime) -> bool:
    """Keep a lease for another while, late as it may be; False when somebody else has taken it."""
    ours = sa.and_(col(Lease.name) == claim.name, col(Lease.owner) == claim.owner)
    moment = server_now(session, now)
    kept = sa.update(Lease).where(ours).values(renewed_at=moment, until=moment + claim.lasting)
    return session.execute(kept.returning(col(Lease.id))).first() is not None


def give_back(session: Session, claim: Claim, *, now: datetime) -> None:
    """End a lease before its time."""
    ours = sa.and_(col(Lease.name) == claim.name, col(Lease.owner) == claim.owner)
    session.execute(sa.update(Lease).where(ours).values(until=server_now(session, now)))


def age(session: Session, name: str, *, now: datetime) -> timedelta | None:
    """How long ago a lease was taken or renewed; None when it never was."""
    renewed = session.exec(select(Lease.renewed_at).where(Lease.name == name)).first()
    return None if renewed is None else server_now(session, now) - renewed
