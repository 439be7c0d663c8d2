"""What the policy of a booking says, as it was when the booking was made."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.policy import BookingPolicy


@dataclass(frozen=True, slots=True)
class AfterUse:
    """How long silence may last before it confirms, and what the hold keeps around a use."""

    confirm_within: timedelta
    buffer_before: timedelta
    buffer_after: timedelta


def late_cancel_percent(session: Session, policy_id: int) -> int:
    return _percent(session, policy_id, col(BookingPolicy.late_cancel_percent))


def no_show_percent(session: Session, policy_id: int) -> int:
    return _percent(session, policy_id, col(BookingPolicy.no_show_percent))


def after_use(session: Session, policy_id: int) -> AfterUse:
    statement = sa.select(
        col(BookingPolicy.confirm_days),
        col(BookingPolicy.buffer_before_minutes),
        col(BookingPolicy.buffer_after_minutes),
    ).where(col(BookingPolicy.id) == policy_id)
    days, before, after = session.execute(statement).one()
    return AfterUse(timedelta(days=days), timedelta(minutes=before), timedelta(minutes=after))


def _percent(session: Session, policy_id: int, column: sa.ColumnElement[int]) -> int:
    statement = sa.select(column).where(col(BookingPolicy.id) == policy_id)
    return int(session.execute(statement).scalar_one())
