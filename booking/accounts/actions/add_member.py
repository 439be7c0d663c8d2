"""Bring a person into an organisation or a lab: an account if there is none yet, and a role."""

from datetime import datetime

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.accounts.actions.grant_role import grant_role, grant_to_make
from booking.accounts.actions.invite import invite
from booking.accounts.errors import NotByToken
from booking.accounts.models import Invitation, Membership, User
from booking.accounts.providers.local import Passwords
from booking.accounts.queries.people import belongs_to, user_by_email
from booking.accounts.rules import folded_email
from booking.db.transactions import UnitOfWork


def add_member(
    uow: UnitOfWork,
    newcomer: Newcomer,
    grant: Grant,
    *,
    passwords: Passwords,
    actor: Actor,
    now: datetime,
) -> Membership | Invitation:
    """Nobody is brought in from elsewhere unasked: who has an account is invited, and decides.

    Whoever may not grant the role does not learn whether there is one. An account that is used
    keeps its name and password.
    """
    grant = grant_to_make(uow, grant, actor=actor)
    user = user_by_email(uow.session, folded_email(newcomer.email))
    if user is None:
        # With a password that a program would know.
        if not actor.in_person:
            raise NotByToken
        user = create_user(uow, newcomer, passwords=passwords, actor=actor, now=now)
    elif not _is_known_here(uow, user, grant, actor=actor):
        return invite(uow, newcomer.email, grant, actor=actor, now=now)
    return grant_role(uow, user.key, grant, actor=actor, now=now)


def _is_known_here(uow: UnitOfWork, user: User, grant: Grant, *, actor: Actor) -> bool:
    everywhere = actor.reach(Permission.PEOPLE_MANAGE).everywhere
    return everywhere or belongs_to(uow.session, user.key, grant.organisation_id)
