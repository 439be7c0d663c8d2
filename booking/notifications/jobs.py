"""What the clock does with letters and messages: send them, forget them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.deliver import deliver
from booking.notifications.actions.deliver_messages import deliver_messages
from booking.notifications.actions.remind import remind_of_bookings
from booking.notifications.models import BookingReminder, OutboxMessage, WebhookDelivery
from booking.notifications.rules import KEPT_FOR


def deliver_letters(outside: Outside, now: datetime) -> Sent:
    """Send what is due; a centre without a mail server sends nothing."""
    return deliver(outside, now) if outside.settings.writes_letters else Sent()


def deliver_webhooks(outside: Outside, now: datetime) -> Sent:
    """Send what is due to the addresses of organisations."""
    return deliver_messages(outside, now)


def remind(uow: UnitOfWork, now: datetime) -> int:
    """Remind whoever has booked and begins soon."""
    return remind_of_bookings(uow, now)


def forget_letters(uow: UnitOfWork, now: datetime) -> int:
    """Drop letters, messages and reminders past their time, sent or not."""
    old = sa.delete(OutboxMessage).where(col(OutboxMessage.created_at) <= now - KEPT_FOR)
    told = sa.delete(WebhookDelivery).where(col(WebhookDelivery.created_at) <= now - KEPT_FOR)
    begun = sa.delete(BookingReminder).where(col(BookingReminder.starts_at) <= now - KEPT_FOR)
    uow.session.execute(begun)
    gone = [
        uow.session.execute(old.returning(col(OutboxMessage.id))).all(),
        uow.session.execute(told.returning(col(WebhookDelivery.id))).all(),
    ]
    return sum(len(rows) for rows in gone)
