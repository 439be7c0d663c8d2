"""Settle the month that ended, prove what was locked."""

from datetime import datetime, timedelta

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.subsidies.actions.redraw import redraw_one
from booking.subsidies.actions.seal import hold_chain
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import NothingToSettle, SnapshotBroken
from booking.subsidies.queries.chain import left_out, links
from booking.subsidies.queries.first_due import first_due_day
from booking.subsidies.queries.programmes import active_programmes
from booking.subsidies.queries.settlements import settled_months
from booking.subsidies.queries.statements import broken_snapshots
from booking.subsidies.rules.chain import broken_links
from booking.subsidies.rules.cycles import months_to_settle


def settle_last_month(uow: UnitOfWork, now: datetime) -> int:
    """Settle the month that ended, and every one before it that was left out, for whatever reason.

    A cycle's interest appears only in the settlement of its own month: what is skipped is lost.
    """
    session = uow.session
    ended = Period.month(local(now).date().replace(day=1) - timedelta(days=1))
    first = first_due_day(session, active_programmes(session))
    months = months_to_settle(first, ended, settled=settled_months(session))
    return sum(_settled(uow, month, now=now) for month in months)


def _settled(uow: UnitOfWork, month: Period, *, now: datetime) -> int:
    """How many statements a month has; a month that nothing settles is passed over."""
    try:
        with uow.session.begin_nested():
            return len(settle_period(uow, month, actor_id=None, now=now).statements)
    except NothingToSettle:
        return 0


def redraw_stale(uow: UnitOfWork, now: datetime) -> int:
    """Draw up anew what an end or a revocation marked; a period a run, so that others get on."""
    return redraw_one(uow, now)


def prove_statements(uow: UnitOfWork, now: datetime) -> int:  # noqa: ARG001 - a job's shape
    """Hash every locked statement again, and the chain they stand in; a fault is an alarm."""
    end = hold_chain(uow)
    proven, broken = broken_snapshots(uow.session)
    unlinked = [link.statement for link in broken_links(links(uow.session), end)]
    faults = [*broken, *unlinked, *left_out(uow.session)]
    if faults:
        raise SnapshotBroken(statements=sorted(set(faults)))
    return proven
