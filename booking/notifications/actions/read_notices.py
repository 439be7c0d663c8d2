"""Mark one's own notices as read, or as unread again."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.notifications.models import OutboxMessage
from booking.notifications.queries.notices import oneself, own_notice_for_update


def read_notice(uow: UnitOfWork, notice_id: int, *, actor: Actor, now: datetime) -> OutboxMessage:
    """Read from now on; one that was read before stays so since then."""
    notice = own_notice_for_update(uow.session, notice_id, oneself(actor))
    notice.read_at = notice.read_at or now
    uow.session.flush()
    return notice


def unread_notice(uow: UnitOfWork, notice_id: int, *, actor: Actor) -> None:
    """As if it had just come."""
    notice = own_notice_for_update(uow.session, notice_id, oneself(actor))
    notice.read_at = None
    uow.session.flush()


def read_all(uow: UnitOfWork, *, actor: Actor, now: datetime) -> None:
    """Whatever there is by now."""
    uow.session.execute(
        sa.update(OutboxMessage)
        .where(
            col(OutboxMessage.user_id) == oneself(actor),
            col(OutboxMessage.read_at).is_(None),
            col(OutboxMessage.created_at) <= now,
        )
        .values(read_at=now)
    )
