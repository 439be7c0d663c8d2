"""What the clock does with letters: send them, forget them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.deliver import deliver
from booking.notifications.models import OutboxMessage
from booking.notifications.rules import KEPT_FOR


def deliver_letters(outside: Outside, now: datetime) -> Sent:
    """Send what is due; a centre without a mail server sends nothing."""
    return deliver(outside, now) if outside.settings.writes_letters else Sent()


def forget_letters(uow: UnitOfWork, now: datetime) -> int:
    """Drop letters past their time, sent or not."""
    old = sa.delete(OutboxMessage).where(col(OutboxMessage.created_at) <= now - KEPT_FOR)
    return len(uow.session.execute(old.returning(col(OutboxMessage.id))).all())
