"""Invitations, as they are stored and as people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.roles import Role
from booking.accounts.errors import LinkSpent
from booking.accounts.models import Invitation, User
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A role that waits for somebody, with the names of the places."""

    id: int
    email: str
    role: Role
    organisation_id: int | None
    organisation: str | None
    lab_id: int | None
    lab: str | None
    inviter: str
    expires_at: datetime


_ROW = (
    sa.select(
        col(Invitation.id),
        col(Invitation.email),
        col(Invitation.role),
        col(Invitation.organisation_id),
        col(Organisation.name),
        col(Invitation.lab_id),
        col(Lab.name),
        col(User.name),
        col(Invitation.expires_at),
    )
    .join(User, col(User.id) == col(Invitation.invited_by))
    .outerjoin(Organisation, col(Organisation.id) == col(Invitation.organisation_id))
    .outerjoin(Lab, col(Lab.id) == col(Invitation.lab_id))
)


def open_invitations(
    session: Session, organisation_id: int | None, *, now: datetime
) -> Sequence[InvitationRow]:
    """Those that wait in an organisation and its labs, or (None) in the centre."""
    here = col(Invitation.organisation_id).is_not_distinct_from(organisation_id)
    asked = _ROW.where(here, _is_open(now)).order_by(col(Invitation.id))
    return [InvitationRow(*row) for row in session.execute(asked)]


def invitation_shown(session: Session, invitation_id: int, *, now: datetime) -> InvitationRow:
    """One that can be accepted; LinkSpent when it cannot."""
    row = session.execute(
        _ROW.where(col(Invitation.id) == invitation_id, _is_open(now))
    ).one_or_none()
    if row is None:
        raise LinkSpent
    return InvitationRow(*row)


def invitation_to_accept(session: Session, invitation_id: int, *, now: datetime) -> Invitation:
    """The row itself, locked; LinkSpent when it is over."""
    found = _locked(session, col(Invitation.id) == invitation_id, _is_open(now))
    if not found:
        raise LinkSpent
    return found[0]


def invitation_to_withdraw(session: Session, invitation_id: int, *, now: datetime) -> Invitation:
    """The row itself, locked; NotFound when nothing waits under this id."""
    found = _locked(session, col(Invitation.id) == invitation_id, _is_open(now))
    if not found:
        raise NotFound(invitation_id=invitation_id)
    return found[0]


def earlier_invitations(session: Session, new: Invitation) -> Sequence[Invitation]:
    """Those open for the same person, role and place, locked."""
    return _locked(
        session,
        col(Invitation.email) == new.email,
        col(Invitation.role) == new.role,
        col(Invitation.organisation_id).is_not_distinct_from(new.organisation_id),
        col(Invitation.lab_id).is_not_distinct_from(new.lab_id),
        _is_open(new.created_at),
    )


def invitations_since(session: Session, inviter_id: int, since: datetime) -> int:
    """How many somebody made lately."""
    mine = sa.and_(col(Invitation.invited_by) == inviter_id, col(Invitation.created_at) > since)
    return int(session.execute(sa.select(sa.func.count()).where(mine)).scalar_one())


def _locked(session: Session, *which: sa.ColumnElement[bool]) -> Sequence[Invitation]:
    asked = sa.select(Invitation).where(*which).order_by(col(Invitation.id)).with_for_update()
    return session.execute(asked).scalars().all()


def _is_open(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(Invitation.accepted_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
        col(Invitation.expires_at) > now,
    )
