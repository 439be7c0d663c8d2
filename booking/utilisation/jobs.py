"""The roll-up as a nightly sweep."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.utilisation.actions import roll_up as deed


def roll_up(uow: UnitOfWork, now: datetime) -> int:
    """Redo the instrument months that changed since the last time."""
    return deed.roll_up(uow, now=now)
