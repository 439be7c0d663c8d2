"""Links in letters, as they are stored."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.errors import LinkSpent
from booking.accounts.models import MailedLink, User
from booking.accounts.rules import LinkPurpose


def links_since(session: Session, user_id: int, purpose: LinkPurpose, *, since: datetime) -> int:
    """How many letters with such a link somebody got lately."""
    counted = (
        sa.select(sa.func.count())
        .select_from(MailedLink)
        .where(
            col(MailedLink.user_id) == user_id,
            col(MailedLink.purpose) == purpose,
            col(MailedLink.created_at) > since,
        )
    )
    return int(session.execute(counted).scalar_one())


def link_owner(
    session: Session, link_id: int, purpose: LinkPurpose, *, now: datetime
) -> str | None:
    """The address of the person whom an unused link lets in; None when it lets nobody in."""
    asked = (
        sa.select(col(User.email))
        .join(MailedLink, col(MailedLink.user_id) == col(User.id))
        .where(_usable(link_id, purpose, now=now), col(User.active))
    )
    return session.execute(asked).scalar_one_or_none()


def usable_link(
    session: Session, link_id: int, purpose: LinkPurpose, *, now: datetime
) -> MailedLink:
    """The row, locked; LinkSpent when it was used, is too old, or never was."""
    asked = sa.select(MailedLink).where(_usable(link_id, purpose, now=now)).with_for_update()
    found: MailedLink | None = session.execute(asked).scalar_one_or_none()
    if found is None:
        raise LinkSpent
    return found


def _usable(link_id: int, purpose: LinkPurpose, *, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(MailedLink.id) == link_id,
        col(MailedLink.purpose) == purpose,
        col(MailedLink.used_at).is_(None),
        col(MailedLink.expires_at) > now,
    )
