"""A forgotten password: a link by letter, then a new one."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.actions.end_sessions import end_sessions_of
from booking.accounts.actions.hand_over import hand_over
from booking.accounts.errors import NotWellFormed
from booking.accounts.events import PasswordChanged, PasswordLinkAsked
from booking.accounts.models import Credential, MailedLink
from booking.accounts.providers.local import well_known_passwords
from booking.accounts.queries.links import links_since, usable_link
from booking.accounts.queries.people import user_by_email, user_for_update
from booking.accounts.queries.sign_ins import credential_of
from booking.accounts.rules import (
    LINK_LIFE,
    LINKS_COUNTED_FOR,
    MOST_LINKS,
    Ended,
    LinkPurpose,
    folded_email,
    password_violations,
)
from booking.db.transactions import UnitOfWork


@dataclass(frozen=True, slots=True)
class Chosen:
    """A new password, and its hash, made with no transaction open."""

    text: str
    hashed: str


def ask_for_link(uow: UnitOfWork, email: str, *, now: datetime) -> None:
    """A letter to whoever has an account there; nobody is told whether anybody has.

    A few an hour: more would be a nuisance to its owner, and the first one still opens.
    """
    user = user_by_email(uow.session, folded_email(email))
    if user is None or not user.active:
        return
    user_for_update(uow.session, user.key)
    since = now - LINKS_COUNTED_FOR
    if links_since(uow.session, user.key, LinkPurpose.PASSWORD, since=since) >= MOST_LINKS:
        return
    link = MailedLink(
        purpose=LinkPurpose.PASSWORD,
        user_id=user.key,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )
    uow.session.add(link)
    uow.session.flush()
    uow.announce(
        PasswordLinkAsked(
            at=now,
            # Whoever asked has not shown who they are.
            actor_id=None,
            subject=f"user:{user.key}",
            user_id=user.key,
            link_id=link.key,
            expires_at=link.expires_at,
        )
    )


def reset_password(uow: UnitOfWork, link_id: int, chosen: Chosen, *, now: datetime) -> None:
    """The new password, once for each link; every session and every other link ends.

    A second factor stays: whoever reads somebody's letters has not got their telephone.
    """
    link = usable_link(uow.session, link_id, LinkPurpose.PASSWORD, now=now)
    user = user_for_update(uow.session, link.user_id)
    broken = tuple(
        password_violations(chosen.text, email=user.email, well_known=well_known_passwords())
    )
    if broken:
        raise NotWellFormed(broken)
    uow.session.execute(
        sa.update(MailedLink)
        .where(col(MailedLink.user_id) == user.key, col(MailedLink.used_at).is_(None))
        .values(used_at=now)
    )
    hand_over(uow, user, now=now)
    credential = credential_of(uow.session, user.key) or Credential(
        user_id=user.key, password_hash="", changed_at=now
    )
    credential.password_hash, credential.changed_at = chosen.hashed, now
    uow.session.add(credential)
    uow.session.flush()
    end_sessions_of(uow, user.key, because=Ended.PASSWORD, now=now)
    uow.announce(
        PasswordChanged(
            at=now,
            actor_id=user.key,
            subject=f"user:{user.key}",
            cause="by_letter",
            user_id=user.key,
        )
    )
