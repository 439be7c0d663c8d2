"""People by login, their roles, sessions and tokens; who is behind a secret."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.models import (
    ApiToken,
    Credential,
    LoginSession,
    Membership,
    SignInThrottle,
    User,
)
from booking.accounts.rules import Failures
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who is behind a secret, and when that was last noted."""

    actor: Actor
    secret_id: int
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Login:
    """What is needed to check a password. No such login: no id and no hash."""

    user_id: int | None = None
    active: bool = False
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One role of one person, with the names of the places."""

    membership_id: int
    user_id: int
    name: str
    email: str
    active: bool
    role: Role
    organisation_id: int | None
    organisation: str | None
    lab_id: int | None
    lab: str | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list."""

    id: int
    name: str
    email: str
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser somebody is signed in with."""

    id: int
    digest: str
    created_at: datetime
    seen_at: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token without its secret, which nobody knows any more."""

    id: int
    name: str
    scopes: list[str] | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


_PERSON = (col(User.id), col(User.name), col(User.email), col(User.locale))
_GRANT = (col(Membership.role), col(Membership.organisation_id), col(Membership.lab_id))
_MEMBER = (
    sa.select(
        col(Membership.id),
        col(User.id),
        col(User.name),
        col(User.email),
        col(User.active),
        *_GRANT[:2],
        col(Organisation.name),
        col(Membership.lab_id),
        col(Lab.name),
    )
    .join(User, col(User.id) == col(Membership.user_id))
    .outerjoin(Organisation, col(Organisation.id) == col(Membership.organisation_id))
    .outerjoin(Lab, col(Lab.id) == col(Membership.lab_id))
    .order_by(col(User.name), col(User.id), col(Membership.id))
)


# ── who is at the door ───────────────────────────────────────────────────────────────────────────


def actor_of_session(session: Session, digest: str, now: datetime) -> Bearer | None:
    """Whose cookie this is: one statement on the way of every request."""
    found = session.execute(
        sa.select(col(LoginSession.id), col(LoginSession.seen_at), *_PERSON, *_GRANT)
        .join(User, col(User.id) == col(LoginSession.user_id))
        .outerjoin(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(LoginSession.digest) == digest,
            col(LoginSession.expires_at) > now,
            col(User.active),
        )
        .order_by(col(Membership.id))
    ).all()
    if not found:
        return None
    secret_id, seen_at, *person = found[0][:6]
    return Bearer(_actor(person, (row[6:] for row in found)), secret_id, seen_at)


def actor_of_token(session: Session, digest: str, now: datetime) -> Bearer | None:
    """Whose API token this is, limited to its scopes."""
    found = session.execute(
        sa.select(col(ApiToken.id), col(ApiToken.used_at), col(ApiToken.scopes), *_PERSON, *_GRANT)
        .join(User, col(User.id) == col(ApiToken.user_id))
        .outerjoin(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(ApiToken.digest) == digest,
            col(ApiToken.expires_at) > now,
            col(ApiToken.revoked_at).is_(None),
            col(User.active),
        )
        .order_by(col(Membership.id))
    ).all()
    if not found:
        return None
    secret_id, used_at, scopes, *person = found[0][:7]
    actor = _actor(person, (row[7:] for row in found), scopes=_scopes(scopes))
    return Bearer(actor, secret_id, used_at)


def actor_by_id(session: Session, user_id: int) -> Actor:
    """A person with every role, without any door: for commands and jobs that act for somebody."""
    found = session.execute(
        sa.select(*_PERSON, *_GRANT)
        .outerjoin(Membership, col(Membership.user_id) == col(User.id))
        .where(col(User.id) == user_id)
        .order_by(col(Membership.id))
    ).all()
    if not found:
        raise NotFound(user_id=user_id)
    return _actor(found[0][:4], (row[4:] for row in found))


def _actor(
    person: Sequence[object],
    grants: Iterable[Sequence[object]],
    *,
    scopes: frozenset[Permission] | None = None,
) -> Actor:
    user_id, name, email, locale = person
    held = tuple(Grant(*grant) for grant in grants if grant[0] is not None)  # type: ignore[arg-type]
    return Actor(user_id, name, email, held, locale, scopes)  # type: ignore[arg-type]


def _scopes(stored: list[str] | None) -> frozenset[Permission]:
    """No scopes means all of the owner's; a permission that is gone counts for nothing."""
    known = {permission.value: permission for permission in Permission}
    wanted = known if stored is None else stored
    return frozenset(known[name] for name in wanted if name in known)


# ── people ───────────────────────────────────────────────────────────────────────────────────────


def user_by_email(session: Session, email: str) -> User | None:
    """The account of an address that is already folded."""
    found: User | None = session.execute(
        sa.select(User).where(col(User.email) == email)
    ).scalar_one_or_none()
    return found


def user_for_update(session: Session, user_id: int) -> User:
    """The row itself, locked until the deed ends; NotFound when there is none."""
    found: User | None = session.execute(
        sa.select(User).where(col(User.id) == user_id).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(user_id=user_id)
    return found


def profile_of(session: Session, user_id: int) -> tuple[str, str, str]:
    """Name, telephone and language of a person."""
    row = session.execute(
        sa.select(col(User.name), col(User.phone), col(User.locale)).where(col(User.id) == user_id)
    ).one()
    return row[0], row[1], row[2]


def login_of(session: Session, email: str) -> Login:
    """The stored hash of an address that is already folded."""
    row = session.execute(
        sa.select(col(User.id), col(User.active), col(Credential.password_hash))
        .join(Credential, col(Credential.user_id) == col(User.id))
        .where(col(User.email) == email)
    ).one_or_none()
    return Login(*row) if row else Login()


def credential_of(session: Session, user_id: int) -> Credential | None:
    """The password row of a person."""
    found: Credential | None = session.execute(
        sa.select(Credential).where(col(Credential.user_id) == user_id).with_for_update()
    ).scalar_one_or_none()
    return found


def people(
    session: Session, *, words: str = "", after_id: int = 0, limit: int = 50
) -> Sequence[PersonRow]:
    """Everybody with an account, oldest first."""
    wanted = sa.select(
        col(User.id), col(User.name), col(User.email), col(User.active), col(User.created_at)
    ).where(col(User.id) > after_id)
    for word in words.split():
        wanted = wanted.where(
            col(User.name).icontains(word, autoescape=True)
            | col(User.email).icontains(word, autoescape=True)
        )
    return [PersonRow(*row) for row in session.execute(wanted.order_by(col(User.id)).limit(limit))]


def members_of(session: Session, organisation_id: int) -> Sequence[MemberRow]:
    """Everybody with a role in an organisation or one of its labs."""
    rows = session.execute(_MEMBER.where(col(Membership.organisation_id) == organisation_id))
    return [MemberRow(*row) for row in rows]


def roles_of(session: Session, user_ids: Collection[int]) -> Sequence[MemberRow]:
    """Every role of these people."""
    return [
        MemberRow(*row)
        for row in session.execute(_MEMBER.where(col(Membership.user_id).in_(user_ids)))
    ]


def membership_place(session: Session, membership_id: int) -> int | None:
    """The organisation that a role belongs to; None for the centre and for no such role."""
    return session.execute(
        sa.select(col(Membership.organisation_id)).where(col(Membership.id) == membership_id)
    ).scalar_one_or_none()


def membership_for_update(session: Session, membership_id: int) -> Membership:
    """One role of one person, locked; NotFound when there is none."""
    found: Membership | None = session.execute(
        sa.select(Membership).where(col(Membership.id) == membership_id).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(membership_id=membership_id)
    return found


def other_admins(session: Session, user_id: int) -> bool:
    """Whether the centre has an active administrator besides this person."""
    found = session.execute(
        sa.select(col(Membership.id))
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            col(Membership.role) == Role.CENTRE_ADMIN,
            col(Membership.user_id) != user_id,
            col(User.active),
        )
        .limit(1)
    ).first()
    return found is not None


# ── sessions, tokens, failed sign-ins ────────────────────────────────────────────────────────────


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
        )
        .where(col(LoginSession.user_id) == user_id, col(LoginSession.expires_at) > now)
        .order_by(col(LoginSession.seen_at).desc(), col(LoginSession.id).desc())
    )
    return [SessionRow(*row) for row in rows]


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
