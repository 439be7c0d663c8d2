"""Keep back what its reader is not to know any more, or what comes too late."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.db.types import UtcDateTime
from booking.notifications.models import OutboxMessage

_KEPT_BACK = "withheld"


def withhold(letter: OutboxMessage, *, now: datetime) -> None:
    """Neither sent nor shown."""
    letter.given_up_at = letter.withheld_at = now
    letter.error = _KEPT_BACK


def withhold_about(
    uow: UnitOfWork, user_id: int, numbers: Collection[str], *, now: datetime
) -> None:
    """Everything that somebody was, or was to be, told about records that are not theirs now."""
    about = (
        col(OutboxMessage.user_id) == user_id,
        col(OutboxMessage.about).in_(numbers),
        col(OutboxMessage.withheld_at).is_(None),
    )
    unsent = col(OutboxMessage.sent_at).is_(None)
    uow.session.execute(
        sa.update(OutboxMessage)
        .where(*about)
        .values(
            withheld_at=now,
            given_up_at=sa.case((unsent, sa.literal(now, UtcDateTime())), else_=None),
        )
    )
