"""What is said in a dispute, in order, and by which side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.reservations.models.dispute import DisputeMessage
from booking.reservations.states import Speaker

MOST_MESSAGES = 100


@dataclass(frozen=True, slots=True)
class Said:
    """One message as both sides read it."""

    id: int
    side: Speaker
    author_name: str
    text: str
    said_at: datetime


def said_about(session: Session, reservation_id: int) -> Sequence[Said]:
    """Everything, the oldest first."""
    asked = (
        sa.select(
            col(DisputeMessage.id),
            col(DisputeMessage.side),
            col(User.name),
            col(DisputeMessage.text),
            col(DisputeMessage.said_at),
        )
        .join(User, col(User.id) == col(DisputeMessage.author_id))
        .where(col(DisputeMessage.reservation_id) == reservation_id)
        .order_by(col(DisputeMessage.id))
        .limit(MOST_MESSAGES)
    )
    return [Said(*row) for row in session.execute(asked)]


def messages_about(session: Session, reservation_id: int) -> int:
    """How many there are."""
    counted = sa.select(sa.func.count()).where(col(DisputeMessage.reservation_id) == reservation_id)
    found: int = session.execute(counted).scalar_one()
    return found


def was_disputed(session: Session, reservation_id: int) -> bool:
    """Whether anybody ever objected; every objection is the first message of its dispute."""
    return messages_about(session, reservation_id) > 0
