"""Give a person a role in a place, or take it away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import CENTRE_ROLES, LAB_ROLES, Role
from booking.accounts.actions.end_delegations import end_delegations_resting_on, spelt
from booking.accounts.actions.end_sessions import end_sessions_of
from booking.accounts.actions.end_tokens import end_tokens_of
from booking.accounts.errors import (
    Closed,
    LastAdmin,
    LastCompanyAdmin,
    LastLabManager,
    MembershipExists,
    RoleNotThere,
)
from booking.accounts.events import RoleGranted, RoleRevoked
from booking.accounts.models import Membership
from booking.accounts.queries.departures import roles_left
from booking.accounts.queries.people import holders_for_update, membership, user_for_update
from booking.accounts.rules import Ended, may_appoint
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import BookingError, Forbidden, NotFound
from booking.organisations.queries import lab_summary, organisation_summary

# Whoever appoints others in a place; without the last of them nobody there could any more.
_LAST: Final[Mapping[Role, type[BookingError]]] = {
    Role.CENTRE_ADMIN: LastAdmin,
    Role.COMPANY_ADMIN: LastCompanyAdmin,
    Role.LAB_MANAGER: LastLabManager,
}


def grant_role(
    uow: UnitOfWork, user_id: int, grant: Grant, *, actor: Actor, now: datetime
) -> Membership:
    """Company administrators grant in their company, lab managers in their lab, the centre all.

    Whoever may more or less than before signs in again: an old secret gains nothing by it.
    """
    grant = grant_to_make(uow, grant, actor=actor)
    if not user_for_update(uow.session, user_id).active:
        raise Closed
    row = Membership(
        user_id=user_id,
        role=grant.role,
        organisation_id=grant.organisation_id,
        lab_id=grant.lab_id,
        granted_at=now,
    )
    made = insert_unless_exists(uow.session, Membership, [row.model_dump(exclude={"id"})])
    if not made:
        raise MembershipExists(role=grant.role.value)
    end_sessions_of(uow, user_id, because=Ended.ROLES, now=now)
    uow.announce(
        RoleGranted(
            at=now,
            actor_id=actor.known_id,
            subject=f"user:{user_id}",
            changes={"role": (None, spelt(grant))},
            user_id=user_id,
            role=grant.role.value,
            organisation_id=grant.organisation_id,
            lab_id=grant.lab_id,
        )
    )
    return uow.session.get_one(Membership, made[0])


def grant_to_make(uow: UnitOfWork, grant: Grant, *, actor: Actor) -> Grant:
    """The grant in its place, if this person may make it."""
    placed = _placed(uow, grant)
    _must_be_grantable(placed, actor)
    return placed


def revoke_role(uow: UnitOfWork, membership_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a role away; the last who could appoint others in a place stays."""
    row = membership(uow.session, membership_id)
    grant = Grant(row.role, row.organisation_id, row.lab_id)
    place = {"organisation_id": grant.organisation_id, "lab_id": grant.lab_id}
    if not actor.may_for(Permission.PEOPLE_MANAGE, **place):
        raise NotFound(membership_id=membership_id)
    _must_be_grantable(grant, actor)
    take_role(uow, row, actor=actor, now=now)
    if not roles_left(uow.session, row.user_id):
        end_tokens_of(uow, row.user_id, actor_id=actor.known_id, now=now)


def take_role(uow: UnitOfWork, row: Membership, *, actor: Actor, now: datetime) -> None:
    """The same for whoever has made sure that it is theirs to take.

    Whoever lends or borrows on the strength of it at this moment is waited for.
    """
    user_for_update(uow.session, row.user_id)
    grant = Grant(row.role, row.organisation_id, row.lab_id)
    _must_leave_another(uow, row.key, grant)
    uow.session.delete(row)
    uow.session.flush()
    end_delegations_resting_on(uow, row, actor_id=actor.known_id, now=now)
    end_sessions_of(uow, row.user_id, because=Ended.ROLES, now=now)
    uow.announce(
        RoleRevoked(
            at=now,
            actor_id=actor.known_id,
            subject=f"user:{row.user_id}",
            changes={"role": (spelt(grant), None)},
            user_id=row.user_id,
            role=grant.role.value,
            organisation_id=grant.organisation_id,
            lab_id=grant.lab_id,
        )
    )


def _must_leave_another(uow: UnitOfWork, membership_id: int, grant: Grant) -> None:
    holders = holders_for_update(uow.session, grant)
    if membership_id not in holders:
        raise NotFound(membership_id=membership_id)
    others = any(active for held, active in holders.items() if held != membership_id)
    if (refusal := _LAST.get(grant.role)) is not None and not others:
        raise refusal


def _placed(uow: UnitOfWork, grant: Grant) -> Grant:
    """The grant where it belongs: a lab's role in a lab, a company's in a company."""
    if grant.role in CENTRE_ROLES:
        fits = grant.organisation_id is None and grant.lab_id is None
    elif grant.role in LAB_ROLES:
        fits = grant.lab_id is not None
    else:
        fits = grant.organisation_id is not None and grant.lab_id is None
    if not fits:
        raise RoleNotThere(role=grant.role.value)
    if grant.lab_id is not None:
        lab = lab_summary(uow.session, grant.lab_id)
        if grant.organisation_id not in {None, lab.organisation_id}:
            raise RoleNotThere(role=grant.role.value)
        return Grant(grant.role, lab.organisation_id, lab.id)
    if grant.organisation_id is not None:
        organisation_summary(uow.session, grant.organisation_id)
    return grant


def _must_be_grantable(grant: Grant, actor: Actor) -> None:
    if not may_appoint(actor, grant):
        raise Forbidden(permission=Permission.PEOPLE_MANAGE.value)
