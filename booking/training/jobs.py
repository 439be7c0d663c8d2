"""What the clock does for training."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.training.actions import lasting


def remind_of_trainings(uow: UnitOfWork, now: datetime) -> int:
    """Tell of permissions that end soon; a day that was missed is made good for."""
    return lasting.remind_of_ends(uow, now)
