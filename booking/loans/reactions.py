"""What happens to credit lines when something happens to charges."""

from booking.billing.events import ChargeCorrected
from booking.db.transactions import UnitOfWork
from booking.loans.actions.look_again import look_again


def look_again_at_draw(uow: UnitOfWork, fact: ChargeCorrected) -> None:
    """A charge that was drawn for comes to another amount."""
    look_again(uow, fact)
