"""What the clock does for instruments."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.instruments.actions import file_card
from booking.instruments.actions.index_cards import index_due_cards


def remind_of_filings(uow: UnitOfWork, now: datetime) -> int:
    """Tell keepers of what is to be filed; a day that was missed is made good for."""
    return file_card.remind_of_filings(uow, now)


def refile_cards(uow: UnitOfWork, now: datetime) -> int:
    """File cards for the search whose next price list has come into force, or that an update
    left to be filed; a few hundred a run."""
    return index_due_cards(uow, now=now)
