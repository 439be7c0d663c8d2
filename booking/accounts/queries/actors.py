"""Who is behind a cookie, a token or an id: one statement on the way of every request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.accounts.models import (
    ApiToken,
    LoginSession,
    Membership,
    User,
)
from booking.accounts.queries.second_factors import HAS_FACTOR
from booking.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who is behind a secret, and when that was last noted."""

    actor: Actor
    secret_id: int
    seen_at: datetime | None
    # Has a second factor, or proved one elsewhere.
    strong: bool = False


_PERSON = (col(User.id), col(User.name), col(User.email), col(User.locale))

_GRANT = (col(Membership.role), col(Membership.organisation_id), col(Membership.lab_id))


def actor_of_session(session: Session, digest: str, now: datetime) -> Bearer | None:
    """Whose cookie this is: one statement on the way of every request."""
    found = session.execute(
        sa.select(
            col(LoginSession.id),
            col(LoginSession.seen_at),
            sa.or_(col(LoginSession.strong), HAS_FACTOR),
            *_PERSON,
            *_GRANT,
        )
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
    secret_id, seen_at, strong, *person = found[0][:7]
    return Bearer(_actor(person, (row[7:] for row in found)), secret_id, seen_at, strong)


def actor_of_token(session: Session, digest: str, now: datetime) -> Bearer | None:
    """Whose API token this is, limited to its scopes; it ends with its owner's last role."""
    found = session.execute(
        sa.select(
            col(ApiToken.id),
            col(ApiToken.used_at),
            HAS_FACTOR,
            col(ApiToken.scopes),
            *_PERSON,
            *_GRANT,
        )
        .join(User, col(User.id) == col(ApiToken.user_id))
        .join(Membership, col(Membership.user_id) == col(User.id))
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
    secret_id, used_at, strong, scopes, *person = found[0][:8]
    actor = _actor(person, (row[8:] for row in found), scopes=_scopes(scopes))
    return Bearer(actor, secret_id, used_at, strong)


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
