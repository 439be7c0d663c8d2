"""Registrations whose address is not confirmed yet."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.errors import LinkSpent
from booking.accounts.models import SignUp


@dataclass(frozen=True, slots=True)
class SignUpRow:
    """What is about to be confirmed."""

    id: int
    email: str
    person: str
    organisation: str


def sign_up_shown(session: Session, sign_up_id: int, *, now: datetime) -> SignUpRow:
    """One that waits; LinkSpent when it was confirmed or is too old."""
    asked = sa.select(col(SignUp.email), col(SignUp.name), col(SignUp.organisation))
    row = session.execute(asked.where(_waits(sign_up_id, now))).one_or_none()
    if row is None:
        raise LinkSpent
    return SignUpRow(sign_up_id, row.email, row.name, str(row.organisation["name"]))


def sign_up_to_confirm(session: Session, sign_up_id: int, *, now: datetime) -> SignUp:
    """The row itself, locked; LinkSpent when it is over."""
    asked = sa.select(SignUp).where(_waits(sign_up_id, now)).with_for_update()
    found: SignUp | None = session.execute(asked).scalar_one_or_none()
    if found is None:
        raise LinkSpent
    return found


def sign_ups_since(session: Session, email: str, since: datetime) -> int:
    """How many letters an address got lately."""
    lately = sa.and_(col(SignUp.email) == email, col(SignUp.created_at) > since)
    return int(session.execute(sa.select(sa.func.count()).where(lately)).scalar_one())


def _waits(sign_up_id: int, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(col(SignUp.id) == sign_up_id, col(SignUp.expires_at) > now)
