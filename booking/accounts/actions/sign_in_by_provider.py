"""Sign in on the word of a provider, and take back that it counts for an account.

An account is found by the identity it was linked to, else by an address that the provider vouches
for. None is ever made, and none changes hands: an account keeps the identity it was linked to.
"""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.accounts.actions.hand_over import hand_over
from booking.accounts.actions.sign_in import Arrival, HalfWay, NewSession, let_in
from booking.accounts.errors import EmailUnverified, NoAccount, NotByToken, OtherIdentity
from booking.accounts.events import IdentityLinked, IdentityUnlinked, SignInFailed
from booking.accounts.models import IdentityLink
from booking.accounts.providers.oidc import Told
from booking.accounts.queries.identities import Linked, linked_to
from booking.accounts.queries.people import user_by_email, user_for_update
from booking.accounts.rules import unmistakable_email
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.kernel.networks import network_of

ProviderRefusal = EmailUnverified | NoAccount | OtherIdentity


def sign_in_by_provider(
    uow: UnitOfWork, told: Told, arrival: Arrival, *, now: datetime
) -> NewSession | HalfWay | ProviderRefusal:
    """A session for whom the provider names; our second factor is asked where it proved none."""
    found = linked_to(uow.session, told.issuer, told.subject) or _link(uow, told, now=now)
    if isinstance(found, Linked) and not found.active:
        found = NoAccount()
    if not isinstance(found, Linked):
        _note_failure(uow, arrival, now=now)
        return found
    this_one = (col(IdentityLink.issuer) == told.issuer) & (
        col(IdentityLink.subject) == told.subject
    )
    uow.session.execute(sa.update(IdentityLink).where(this_one).values(used_at=now))
    return let_in(uow, replace(arrival, user_id=found.user_id, strong=told.strong), now=now)


def unlink(uow: UnitOfWork, link_id: int, *, actor: Actor, now: datetime) -> None:
    """That identity opens one's account no more, until it is linked again."""
    if not actor.in_person:
        raise NotByToken
    mine = (
        sa.delete(IdentityLink)
        .where(col(IdentityLink.id) == link_id, col(IdentityLink.user_id) == actor.id)
        .returning(col(IdentityLink.issuer))
        .execution_options(synchronize_session=False)
    )
    issuer = uow.session.execute(mine).scalar_one_or_none()
    if issuer is None:
        raise NotFound(link_id=link_id)
    uow.announce(
        IdentityUnlinked(
            at=now,
            actor_id=actor.id,
            subject=f"user:{actor.id}",
            changes={"identity": (issuer, None)},
            user_id=actor.id,
            issuer=issuer,
        )
    )


def _link(uow: UnitOfWork, told: Told, *, now: datetime) -> Linked | ProviderRefusal:
    if not told.email_verified:
        return EmailUnverified()
    email = unmistakable_email(told.email)
    user = user_by_email(uow.session, email) if email else None
    if user is None or not user.active:
        return NoAccount()
    user = user_for_update(uow.session, user.key)
    link = IdentityLink(
        issuer=told.issuer, subject=told.subject, user_id=user.key, linked_at=now, used_at=now
    )
    if not insert_unless_exists(uow.session, IdentityLink, [link.model_dump(exclude={"id"})]):
        # Linked by another request a moment ago; or the account has another identity there.
        return linked_to(uow.session, told.issuer, told.subject) or OtherIdentity()
    hand_over(uow, user, now=now)
    uow.announce(
        IdentityLinked(
            at=now,
            actor_id=user.key,
            subject=f"user:{user.key}",
            changes={"identity": (None, told.issuer)},
            user_id=user.key,
            issuer=told.issuer,
        )
    )
    return Linked(user.key, active=True)


def _note_failure(uow: UnitOfWork, arrival: Arrival, *, now: datetime) -> None:
    uow.announce(
        SignInFailed(
            at=now,
            actor_id=None,
            subject="user:unknown",
            user_id=None,
            address=network_of(arrival.address),
        )
    )
