"""Passwords, sessions, tokens and failed sign-ins, as they are stored."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import (
    ApiToken,
    Credential,
    LoginSession,
    Membership,
    SignInThrottle,
    User,
)
from booking.accounts.rules import Failures


@dataclass(frozen=True, slots=True)
class Login:
    """What is needed to check a password. No such login: no id and no hash."""

    user_id: int | None = None
    active: bool = False
    password_hash: str | None = None
    chosen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser somebody is signed in with."""

    id: int
    digest: str
    created_at: datetime
    seen_at: datetime
    address: str
    agent: str
    strong: bool


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token without its secret, which nobody knows any more."""

    id: int
    name: str
    scopes: list[str] | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberTokenRow:
    """A member's token, as whoever manages the members sees it."""

    id: int
    user_id: int
    person: str
    name: str
    scopes: list[str] | None
    expires_at: datetime
    used_at: datetime | None


def login_of(session: Session, email: str) -> Login:
    """The stored hash of an address that is already folded."""
    row = session.execute(
        sa.select(
            col(User.id),
            col(User.active),
            col(Credential.password_hash),
            col(Credential.changed_at),
        )
        .join(Credential, col(Credential.user_id) == col(User.id))
        .where(col(User.email) == email)
    ).one_or_none()
    return Login(*row) if row else Login()


def password_chosen_at(session: Session, user_id: int) -> datetime | None:
    """When somebody who may sign in chose the password that counts; None when there is neither.

    Locked: whoever replaces it is waited for, or finds the session that it opens. The person comes
    first, as for whoever replaces it by letter.
    """
    person = sa.select(col(User.id)).where(col(User.id) == user_id, col(User.active))
    if session.execute(person.with_for_update(read=True, key_share=True)).first() is None:
        return None
    chosen = sa.select(col(Credential.changed_at)).where(col(Credential.user_id) == user_id)
    found: datetime | None = session.execute(chosen.with_for_update()).scalar_one_or_none()
    return found


def credential_of(session: Session, user_id: int) -> Credential | None:
    """The password row of a person."""
    found: Credential | None = session.execute(
        sa.select(Credential).where(col(Credential.user_id) == user_id).with_for_update()
    ).scalar_one_or_none()
    return found


def sessions_of(session: Session, user_id: int, now: datetime) -> Sequence[SessionRow]:
    """Where somebody is signed in now, last seen first."""
    rows = session.execute(
        sa.select(
            col(LoginSession.id),
            col(LoginSession.digest),
            col(LoginSession.created_at),
            col(LoginSession.seen_at),
            col(LoginSession.address),
            col(LoginSession.agent),
            col(LoginSession.strong),
        )
        .where(col(LoginSession.user_id) == user_id, col(LoginSession.expires_at) > now)
        .order_by(col(LoginSession.seen_at).desc(), col(LoginSession.id).desc())
    )
    return [SessionRow(*row) for row in rows]


def why_ended(session: Session, digest: str) -> str:
    """Why the session of this secret ended before its time; nothing when it did not."""
    found = session.execute(
        sa.select(col(LoginSession.ended_by)).where(col(LoginSession.digest) == digest)
    ).scalar_one_or_none()
    return found or ""


def tokens_of(session: Session, user_id: int, now: datetime) -> Sequence[TokenRow]:
    """The tokens that still open something, newest first."""
    rows = session.execute(
        sa.select(
            col(ApiToken.id),
            col(ApiToken.name),
            col(ApiToken.scopes),
            col(ApiToken.created_at),
            col(ApiToken.expires_at),
            col(ApiToken.used_at),
        )
        .where(
            col(ApiToken.user_id) == user_id,
            col(ApiToken.expires_at) > now,
            col(ApiToken.revoked_at).is_(None),
        )
        .order_by(col(ApiToken.id).desc())
    )
    return [TokenRow(*row) for row in rows]


def tokens_of_members(
    session: Session, organisation_id: int, now: datetime
) -> Sequence[MemberTokenRow]:
    """The open tokens of everybody who belongs to an organisation or one of its labs."""
    # A role in a lab names the lab's organisation too.
    members = sa.select(col(Membership.user_id)).where(
        col(Membership.organisation_id) == organisation_id
    )
    rows = session.execute(
        sa.select(
            col(ApiToken.id),
            col(User.id),
            col(User.name),
            col(ApiToken.name),
            col(ApiToken.scopes),
            col(ApiToken.expires_at),
            col(ApiToken.used_at),
        )
        .join(User, col(User.id) == col(ApiToken.user_id))
        .where(
            col(ApiToken.user_id).in_(members),
            col(ApiToken.expires_at) > now,
            col(ApiToken.revoked_at).is_(None),
        )
        .order_by(col(User.name), col(ApiToken.id))
    )
    return [MemberTokenRow(*row) for row in rows]


def failures_of(
    session: Session, digests: Collection[str], *, lock: bool = False
) -> dict[str, Failures]:
    """How often these keys failed; locks are taken in one order, so two attempts never deadlock."""
    wanted = (
        sa.select(
            col(SignInThrottle.digest), col(SignInThrottle.failures), col(SignInThrottle.failed_at)
        )
        .where(col(SignInThrottle.digest).in_(digests))
        .order_by(col(SignInThrottle.digest))
    )
    rows = session.execute(wanted.with_for_update() if lock else wanted)
    return {digest: Failures(count, last_at) for digest, count, last_at in rows}


def signed_in_from(session: Session, user_id: int | None, address: str, *, since: datetime) -> bool:
    """Whether somebody signed in from this address lately: the owner, most likely."""
    found = session.execute(
        sa.select(col(LoginSession.id))
        .where(
            col(LoginSession.user_id) == (user_id or 0),
            col(LoginSession.address) == address,
            col(LoginSession.created_at) > since,
        )
        .limit(1)
    ).first()
    return found is not None
