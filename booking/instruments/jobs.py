"""What the clock does for instruments."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.instruments.actions import file_card


def remind_of_filings(uow: UnitOfWork, now: datetime) -> int:
    """Tell keepers of what is to be filed; a day that was missed is made good for."""
    return file_card.remind_of_filings(uow, now)
