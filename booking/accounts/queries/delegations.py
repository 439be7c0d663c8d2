"""Roles exercised in somebody's place, as they are stored and as people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from booking.access.roles import CENTRE_ROLES, Role
from booking.accounts.models import Delegation, Membership, User
from booking.accounts.queries.people import Reader
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation

# The role itself: while its holder has it no more, nobody exercises it.
DELEGATED = sa.and_(
    col(Membership.user_id) == col(Delegation.delegator_id),
    col(Membership.role) == col(Delegation.role),
    col(Membership.organisation_id).is_not_distinct_from(col(Delegation.organisation_id)),
    col(Membership.lab_id).is_not_distinct_from(col(Delegation.lab_id)),
)


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """Who exercises whose role, where, from when until when."""

    id: int
    delegator_id: int
    delegator: str
    delegate_id: int
    delegate: str
    role: Role
    organisation_id: int | None
    organisation: str | None
    lab_id: int | None
    lab: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    organisation_en: str | None
    lab_en: str | None

    @property
    def first(self) -> date:
        return local(self.starts_at).date()

    @property
    def last(self) -> date:
        """The last whole day."""
        return local(self.ends_at - timedelta(microseconds=1)).date()


_FROM, _TO = aliased(User), aliased(User)
_ROW = (
    sa.select(
        col(Delegation.id),
        col(Delegation.delegator_id),
        col(_FROM.name),
        col(Delegation.delegate_id),
        col(_TO.name),
        col(Delegation.role),
        col(Delegation.organisation_id),
        col(Organisation.name),
        col(Delegation.lab_id),
        col(Lab.name),
        col(Delegation.starts_at),
        col(Delegation.ends_at),
        col(Delegation.reason),
        col(Organisation.name_en),
        col(Lab.name_en),
    )
    .join(_FROM, col(_FROM.id) == col(Delegation.delegator_id))
    .join(_TO, col(_TO.id) == col(Delegation.delegate_id))
    .outerjoin(Organisation, col(Organisation.id) == col(Delegation.organisation_id))
    .outerjoin(Lab, col(Lab.id) == col(Delegation.lab_id))
    .order_by(col(Delegation.starts_at), col(Delegation.id))
)


def runs_at(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """Whether a delegation counts at a moment."""
    return sa.and_(
        col(Delegation.starts_at) <= now,
        col(Delegation.ends_at) > now,
        col(Delegation.revoked_at).is_(None),
    )


def delegations_of(session: Session, user_id: int, now: datetime) -> Sequence[DelegationRow]:
    """Those somebody gave or got that are not over."""
    theirs = sa.or_(col(Delegation.delegator_id) == user_id, col(Delegation.delegate_id) == user_id)
    return [DelegationRow(*row) for row in session.execute(_ROW.where(theirs, _not_over(now)))]


def delegations_in(
    session: Session, organisation_id: int | None, now: datetime
) -> Sequence[DelegationRow]:
    """Those of an organisation and its labs, or (None) of the centre, that are not over."""
    here = col(Delegation.organisation_id).is_not_distinct_from(organisation_id)
    return [DelegationRow(*row) for row in session.execute(_ROW.where(here, _not_over(now)))]


def delegation_to_end(session: Session, delegation_id: int, now: datetime) -> Delegation:
    """The row itself, locked; NotFound when it is over or never was."""
    asked = sa.select(Delegation).where(col(Delegation.id) == delegation_id, _not_over(now))
    found: Delegation | None = session.execute(asked.with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotFound(delegation_id=delegation_id)
    return found


def overlapping(session: Session, wanted: Delegation) -> bool:
    """Whether the same role is with somebody else at some moment of it already."""
    asked = sa.select(col(Delegation.id)).where(
        col(Delegation.delegator_id) == wanted.delegator_id,
        col(Delegation.role) == wanted.role,
        col(Delegation.organisation_id).is_not_distinct_from(wanted.organisation_id),
        col(Delegation.lab_id).is_not_distinct_from(wanted.lab_id),
        col(Delegation.revoked_at).is_(None),
        col(Delegation.starts_at) < wanted.ends_at,
        col(Delegation.ends_at) > wanted.starts_at,
    )
    return session.execute(asked.limit(1)).first() is not None


def resting_on(session: Session, former: Membership, now: datetime) -> Sequence[Delegation]:
    """What ends with a role that was taken: where it was lent, and where its holder stood in as
    somebody who belongs to the place and does no more."""
    lent = sa.and_(
        col(Delegation.delegator_id) == former.user_id,
        col(Delegation.role) == former.role,
        col(Delegation.organisation_id).is_not_distinct_from(former.organisation_id),
        col(Delegation.lab_id).is_not_distinct_from(former.lab_id),
    )
    belongs = sa.exists().where(
        col(Membership.user_id) == former.user_id,
        col(Membership.organisation_id).is_not_distinct_from(former.organisation_id),
    )
    got = sa.and_(
        col(Delegation.delegate_id) == former.user_id,
        col(Delegation.organisation_id).is_not_distinct_from(former.organisation_id),
        sa.not_(belongs),
    )
    asked = sa.select(Delegation).where(sa.or_(lent, got), _not_over(now))
    return session.execute(asked.order_by(col(Delegation.id)).with_for_update()).scalars().all()


def colleagues(session: Session, organisation_id: int | None, *, but_not: int) -> Sequence[Reader]:
    """Whoever belongs to an organisation, or (None) to the staff of the centre."""
    here = col(Membership.organisation_id).is_not_distinct_from(organisation_id)
    if organisation_id is None:
        here = sa.and_(here, col(Membership.role).in_(sorted(CENTRE_ROLES)))
    asked = (
        sa.select(col(User.id), col(User.name), col(User.email), col(User.locale))
        .distinct()
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(here, col(User.active), col(User.id) != but_not)
        .order_by(col(User.name), col(User.id))
    )
    return [Reader(*row) for row in session.execute(asked)]


def _not_over(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(col(Delegation.revoked_at).is_(None), col(Delegation.ends_at) > now)
