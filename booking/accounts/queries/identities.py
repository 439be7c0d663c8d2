"""Which identities elsewhere belong to whom here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import IdentityLink, User


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An identity of a person elsewhere."""

    id: int
    issuer: str
    linked_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """Whose identity it is."""

    user_id: int
    active: bool


def linked_to(session: Session, issuer: str, subject: str) -> Linked | None:
    """The person that an identity was linked to before."""
    row = session.execute(
        sa.select(col(User.id), col(User.active))
        .join(IdentityLink, col(IdentityLink.user_id) == col(User.id))
        .where(col(IdentityLink.issuer) == issuer, col(IdentityLink.subject) == subject)
    ).one_or_none()
    return Linked(*row) if row else None


def identities_of(session: Session, user_id: int) -> Sequence[LinkRow]:
    """The identities that open an account."""
    rows = session.execute(
        sa.select(
            col(IdentityLink.id),
            col(IdentityLink.issuer),
            col(IdentityLink.linked_at),
            col(IdentityLink.used_at),
        )
        .where(col(IdentityLink.user_id) == user_id)
        .order_by(col(IdentityLink.id))
    )
    return [LinkRow(*row) for row in rows]
