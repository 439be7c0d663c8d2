"""Letters to somebody who is not to be known any more."""

import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.notifications.actions.choose_notices import forget_choices_of
from booking.notifications.models import OutboxMessage


def forget_letters_of(uow: UnitOfWork, user_id: int, email: str) -> None:
    """Sent or not: to the account, and to the address from before there was one; and how this
    person wanted to be told."""
    to_them = sa.or_(col(OutboxMessage.user_id) == user_id, col(OutboxMessage.email) == email)
    uow.session.execute(sa.delete(OutboxMessage).where(to_them))
    forget_choices_of(uow, user_id)
