"""Bring a person into an organisation or a lab: an account if there is none yet, and a role."""

from datetime import datetime

from booking.access.actor import Actor, Grant
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.accounts.actions.grant_role import grant_role, grant_to_make
from booking.accounts.models import Membership
from booking.accounts.providers.local import Passwords
from booking.accounts.queries.people import user_by_email
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
) -> Membership:
    """An account that exists keeps its name and password; only the role is added.

    Whoever may not grant the role does not learn whether there is one.
    """
    grant = grant_to_make(uow, grant, actor=actor)
    user = user_by_email(uow.session, folded_email(newcomer.email))
    if user is None:
        user = create_user(uow, newcomer, passwords=passwords, actor=actor, now=now)
    return grant_role(uow, user.key, grant, actor=actor, now=now)
