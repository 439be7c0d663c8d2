"""The roll-up as a nightly sweep, and reminders of reports."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.utilisation.actions import remind_of_reports as reminding
from booking.utilisation.actions import roll_up as deed


def roll_up(uow: UnitOfWork, now: datetime) -> int:
    """Redo the instrument months that changed since the last time."""
    return deed.roll_up(uow, now=now)


def remind_of_reports(uow: UnitOfWork, now: datetime) -> int:
    """Tell whoever files what comes due."""
    return reminding.remind_of_reports(uow, now=now)
