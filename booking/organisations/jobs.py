"""What the clock does for organisations: remind them of what ends."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.organisations.actions import remind_of_expiry as reminding


def remind_of_expiry(uow: UnitOfWork, now: datetime) -> int:
    """Tell of qualifications that end soon; a day that was missed is made good for."""
    return reminding.remind_of_expiry(uow, today=local(now).date(), now=now)
