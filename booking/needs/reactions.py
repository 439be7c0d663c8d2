"""What happens to saved searches when their person is gone."""

from booking.accounts.events import PersonAnonymised
from booking.db.transactions import UnitOfWork
from booking.needs.actions.save_search import forget_searches_of


def forget_searches(uow: UnitOfWork, event: PersonAnonymised) -> None:
    """They served only to tell this person."""
    forget_searches_of(uow, event.user_id)
