"""Which accounts nobody uses, and which closed ones are to become anonymous."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import ApiToken, LoginSession, Membership, User
from booking.accounts.rules import ANONYMISED_AFTER, CLOSED_UNUSED_AFTER


def unused(session: Session, now: datetime) -> Sequence[int]:
    """People without a role whose account and tokens nobody has opened for long."""
    since = now - CLOSED_UNUSED_AFTER
    placed = sa.exists().where(col(Membership.user_id) == col(User.id))
    seen = sa.exists().where(
        col(LoginSession.user_id) == col(User.id), col(LoginSession.seen_at) > since
    )
    used = sa.exists().where(col(ApiToken.user_id) == col(User.id), col(ApiToken.used_at) > since)
    asked = sa.select(col(User.id)).where(
        col(User.active), col(User.created_at) <= since, ~placed, ~seen, ~used
    )
    return session.execute(asked.order_by(col(User.id))).scalars().all()


def to_be_anonymised(session: Session, now: datetime) -> Sequence[int]:
    """People whose account was closed long enough ago."""
    asked = sa.select(col(User.id)).where(
        col(User.closed_at) <= now - ANONYMISED_AFTER, col(User.anonymised_at).is_(None)
    )
    return session.execute(asked.order_by(col(User.id))).scalars().all()
