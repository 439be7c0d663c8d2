"""What the clock does with subsidies: settle the month that ended, prove what was locked."""

from datetime import datetime, timedelta

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import SnapshotBroken
from booking.subsidies.queries.settlements import last_settled_month
from booking.subsidies.queries.statements import broken_snapshots


def settle_last_month(uow: UnitOfWork, now: datetime) -> int:
    """Settle the month that ended, and those before it that a stopped clock left out."""
    ended = Period.month(local(now).date().replace(day=1) - timedelta(days=1))
    known = last_settled_month(uow.session)
    month = min(known.next(), ended) if known else ended
    drawn_up = 0
    while month.first <= ended.first:
        drawn_up += len(settle_period(uow, month, actor_id=None, now=now).statements)
        month = month.next()
    return drawn_up


def prove_statements(uow: UnitOfWork, now: datetime) -> int:  # noqa: ARG001 - a job's shape
    """Hash every locked statement again; one that differs is an alarm."""
    proven, broken = broken_snapshots(uow.session)
    if broken:
        raise SnapshotBroken(statements=broken)
    return proven
