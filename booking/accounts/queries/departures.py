"""What somebody who leaves has in a place, and who could take it over."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.permissions import Permission
from booking.access.roles import ROLE_PERMISSIONS
from booking.accounts.models import ApiToken, Invitation, Membership, User
from booking.accounts.queries.people import Reader

# Whoever may book may hold what was booked.
_HOLDING = [role for role, may in ROLE_PERMISSIONS.items() if Permission.RESERVATION_CREATE in may]


def memberships_to_leave(
    session: Session, user_id: int, organisation_id: int
) -> Sequence[Membership]:
    """The roles themselves, in an organisation and its labs."""
    asked = sa.select(Membership).where(
        col(Membership.user_id) == user_id, col(Membership.organisation_id) == organisation_id
    )
    return session.execute(asked.order_by(col(Membership.id))).scalars().all()


def roles_left(session: Session, user_id: int) -> frozenset[int | None]:
    """Where somebody still holds a role; None stands for the centre."""
    asked = sa.select(col(Membership.organisation_id)).where(col(Membership.user_id) == user_id)
    return frozenset(session.execute(asked).scalars())


def successors(session: Session, organisation_id: int, *, but_not: int) -> Sequence[Reader]:
    """Colleagues who may hold bookings of an organisation."""
    asked = (
        sa.select(col(User.id), col(User.name), col(User.email), col(User.locale))
        .distinct()
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(User.active),
            col(User.id) != but_not,
            col(Membership.organisation_id) == organisation_id,
            col(Membership.role).in_(_HOLDING),
        )
        .order_by(col(User.name), col(User.id))
    )
    return [Reader(*row) for row in session.execute(asked)]


def invitations_to_end(
    session: Session,
    user_id: int,
    organisation_id: int,
    *,
    lab_ids: Collection[int] | None,
    now: datetime,
) -> Sequence[Invitation]:
    """Open ones that somebody made in an organisation, or only in these labs of it; locked."""
    asked = sa.select(Invitation).where(
        _made_there(user_id, organisation_id, lab_ids=lab_ids, now=now)
    )
    return session.execute(asked.order_by(col(Invitation.id)).with_for_update()).scalars().all()


def invitations_waiting(
    session: Session,
    user_id: int,
    organisation_id: int,
    *,
    lab_ids: Collection[int] | None,
    now: datetime,
) -> int:
    """How many those are."""
    made = _made_there(user_id, organisation_id, lab_ids=lab_ids, now=now)
    asked = sa.select(sa.func.count()).select_from(Invitation).where(made)
    return int(session.execute(asked).scalar_one())


def tokens_open(session: Session, user_id: int, now: datetime) -> int:
    """How many tokens of somebody still open something."""
    theirs = sa.and_(
        col(ApiToken.user_id) == user_id,
        col(ApiToken.revoked_at).is_(None),
        col(ApiToken.expires_at) > now,
    )
    asked = sa.select(sa.func.count()).select_from(ApiToken).where(theirs)
    return int(session.execute(asked).scalar_one())


def _made_there(
    user_id: int, organisation_id: int, *, lab_ids: Collection[int] | None, now: datetime
) -> sa.ColumnElement[bool]:
    made = sa.and_(
        col(Invitation.invited_by) == user_id,
        col(Invitation.organisation_id) == organisation_id,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
        col(Invitation.expires_at) > now,
    )
    return made if lab_ids is None else sa.and_(made, col(Invitation.lab_id).in_(sorted(lab_ids)))
