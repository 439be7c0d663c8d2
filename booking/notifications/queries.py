"""Questions about letters."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.notifications.models import OutboxMessage

WAITING = sa.and_(col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.given_up_at).is_(None))


def next_letter(session: Session, now: datetime) -> OutboxMessage | None:
    """The next letter to send, locked until the deed ends; nobody else takes it meanwhile."""
    asked = (
        sa.select(OutboxMessage)
        .where(WAITING, col(OutboxMessage.due_at) <= now)
        .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: OutboxMessage | None = session.execute(asked).scalar_one_or_none()
    return found
