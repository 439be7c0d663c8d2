"""What the clock does for orders."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.orders.actions import lapse


def lapse_quotes(uow: UnitOfWork, now: datetime) -> int:
    """After the last day of a quote; days that were missed are made good for."""
    return lapse.lapse_quotes(uow, today=local(now).date(), now=now)


def accept_reports(uow: UnitOfWork, now: datetime) -> int:
    """After the last day for an objection."""
    return lapse.accept_silent(uow, today=local(now).date(), now=now)
