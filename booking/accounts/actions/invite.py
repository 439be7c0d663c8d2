"""Invite somebody to a role; take it back; accept it."""

from datetime import datetime

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.permissions import Permission
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.accounts.actions.grant_role import grant_role, grant_to_make
from booking.accounts.actions.hand_over import hand_over
from booking.accounts.errors import (
    LinkSpent,
    MembershipExists,
    NotByToken,
    NotForYou,
    NotWellFormed,
    TooManyInvitations,
)
from booking.accounts.events import InvitationAccepted, InvitationWithdrawn, PersonInvited
from booking.accounts.models import Invitation, User
from booking.accounts.providers.local import Passwords
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.invitations import (
    earlier_invitations,
    invitation_to_accept,
    invitation_to_withdraw,
    invitations_since,
)
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import (
    INVITATION_LIFE,
    INVITATIONS_COUNTED_FOR,
    MOST_INVITATIONS,
    email_violations,
    folded_email,
)
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound
from booking.organisations.queries import lab_summary, organisation_summary


def invite(uow: UnitOfWork, email: str, grant: Grant, *, actor: Actor, now: datetime) -> Invitation:
    """Offer a role to an address; an earlier offer of the same ends."""
    grant = grant_to_make(uow, grant, actor=actor)
    if broken := tuple(email_violations(email)):
        raise NotWellFormed(broken)
    since = now - INVITATIONS_COUNTED_FOR
    if invitations_since(uow.session, actor.id, since) >= MOST_INVITATIONS:
        raise TooManyInvitations(most=MOST_INVITATIONS)
    made = Invitation(
        email=folded_email(email),
        role=grant.role,
        organisation_id=grant.organisation_id,
        lab_id=grant.lab_id,
        invited_by=actor.id,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    for earlier in earlier_invitations(uow.session, made):
        earlier.withdrawn_at = now
    uow.session.add(made)
    uow.session.flush()
    _announce(uow, made, grant, actor=actor)
    return made


def withdraw(uow: UnitOfWork, invitation_id: int, *, actor: Actor, now: datetime) -> Invitation:
    """Take an offer back, by whoever could make it; who only sees it is refused."""
    found = invitation_to_withdraw(uow.session, invitation_id, now=now)
    place = {"organisation_id": found.organisation_id, "lab_id": found.lab_id}
    if not actor.may_for(Permission.PEOPLE_MANAGE, **place):
        raise NotFound(invitation_id=invitation_id)
    grant_to_make(uow, _grant_of(found), actor=actor)
    end_invitation(uow, found, actor_id=actor.known_id, now=now)
    return found


def end_invitation(
    uow: UnitOfWork, found: Invitation, *, actor_id: int | None, now: datetime
) -> None:
    """The link stops working."""
    found.withdrawn_at = now
    uow.session.flush()
    uow.announce(
        InvitationWithdrawn(
            at=now,
            actor_id=actor_id,
            subject=_place_of(found),
            changes={"invitation": (found.role.value, None)},
            invitation_id=found.key,
        )
    )


def accept(
    uow: UnitOfWork, invitation_id: int, *, actor: Actor, now: datetime, by_letter: bool = False
) -> bool:
    """Take the role with the account one has; whether a password has to be chosen now.

    A letter answered shows whose the address is: whoever made the account gets no role with it.
    """
    if not actor.in_person:
        raise NotByToken
    found = invitation_to_accept(uow.session, invitation_id, now=now)
    if found.email != actor.email:
        raise NotForYou(email=found.email)
    user = user_for_update(uow.session, actor.id)
    is_made_by_others = by_letter and user.email_confirmed_at is None
    if is_made_by_others:
        hand_over(uow, user, now=now)
    _admit(uow, found, user, now=now)
    return is_made_by_others


def accept_as_newcomer(
    uow: UnitOfWork, invitation_id: int, newcomer: Newcomer, *, passwords: Passwords, now: datetime
) -> User:
    """Make an account and take the role with it."""
    # First, because it hashes before its first statement: nothing is locked meanwhile.
    user = create_user(uow, newcomer, passwords=passwords, actor=HOUSE, now=now)
    found = invitation_to_accept(uow.session, invitation_id, now=now)
    if found.email != user.email:
        raise LinkSpent
    _admit(uow, found, user, now=now)
    return user


def _admit(uow: UnitOfWork, found: Invitation, user: User, *, now: datetime) -> None:
    found.accepted_at = now
    try:
        if not uow.session.get_one(User, found.invited_by).active:
            raise LinkSpent
        inviter = actor_by_id(uow.session, found.invited_by)
        grant_role(uow, user.key, _grant_of(found), actor=inviter, now=now)
    except (Forbidden, NotFound) as refused:
        # Whoever offered it may not give it any more.
        raise LinkSpent from refused
    except MembershipExists:
        pass
    uow.session.flush()
    uow.announce(
        InvitationAccepted(
            at=now,
            actor_id=user.key,
            subject=f"user:{user.key}",
            invitation_id=found.key,
            user_id=user.key,
        )
    )


def _announce(uow: UnitOfWork, made: Invitation, grant: Grant, *, actor: Actor) -> None:
    organisation = grant.organisation_id and organisation_summary(
        uow.session, grant.organisation_id
    )
    lab = grant.lab_id and lab_summary(uow.session, grant.lab_id)
    uow.announce(
        PersonInvited(
            at=made.created_at,
            actor_id=actor.known_id,
            subject=_place_of(made),
            changes={"invitation": (None, made.role.value)},
            invitation_id=made.key,
            email=made.email,
            locale=actor.locale,
            role=made.role.value,
            organisation=organisation.name if organisation else "",
            lab=lab.name if lab else "",
            inviter=actor.name,
            expires_at=made.expires_at,
        )
    )


def _grant_of(invitation: Invitation) -> Grant:
    return Grant(invitation.role, invitation.organisation_id, invitation.lab_id)


def _place_of(invitation: Invitation) -> str:
    if invitation.organisation_id is not None:
        return f"organisation:{invitation.organisation_id}"
    return f"invitation:{invitation.key}"
