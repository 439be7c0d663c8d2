"""Who is behind a cookie, a token or an id: one statement on the way of every request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from booking.access.actor import Actor, Grant, Guise
from booking.access.permissions import THROUGH_ANOTHER, Permission
from booking.accounts.models import (
    ApiToken,
    Delegation,
    LoginSession,
    Membership,
    User,
)
from booking.accounts.queries.delegations import DELEGATED, runs_at
from booking.accounts.queries.second_factors import HAS_FACTOR
from booking.db.lists import among, ids_parameter
from booking.db.types import UtcDateTime
from booking.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who is behind a secret, and when that was last noted."""

    actor: Actor
    secret_id: int
    seen_at: datetime | None
    # Has a second factor, or proved one elsewhere.
    strong: bool = False
    by_token: bool = False


_PERSON = (col(User.id), col(User.name), col(User.email), col(User.locale))

_GRANT = (col(Membership.role), col(Membership.organisation_id), col(Membership.lab_id))
_NOBODY = sa.cast(sa.null(), sa.BigInteger)


_SHOWN = aliased(User, name="shown")
_DELEGATOR = aliased(User, name="delegator")
# What the owner of a session sees the site as, where that is somebody else.
_SEEN_AS = (
    sa.func.coalesce(col(_SHOWN.id), col(User.id)),
    sa.func.coalesce(col(_SHOWN.name), col(User.name)),
    sa.func.coalesce(col(_SHOWN.email), col(User.email)),
    sa.func.coalesce(col(_SHOWN.locale), col(User.locale)),
)


def actor_of_session(session: Session, digest: str, now: datetime) -> Bearer | None:
    """Whose cookie this is: one statement on the way of every request."""
    found = session.execute(_OF_SESSION, {"digest": digest, "now": now}).all()
    if not found:
        return None
    secret_id, seen_at, strong, shown_id, *guise = found[0][:8]
    actor = _actor(found[0][8:12], (row[12:16] for row in found))
    if shown_id is not None:
        actor = replace(actor, guise=Guise(*guise), scopes=THROUGH_ANOTHER)
    return Bearer(actor, secret_id, seen_at, strong)


def actor_of_token(session: Session, digest: str, now: datetime) -> Bearer | None:
    """Whose API token this is, limited to its scopes; it ends with its owner's last role."""
    found = session.execute(_OF_TOKEN, {"digest": digest, "now": now}).all()
    if not found:
        return None
    secret_id, used_at, strong, scopes, *person = found[0][:8]
    actor = _actor(person, (row[8:12] for row in found), scopes=_scopes(scopes))
    if not actor.grants:
        return None
    return Bearer(actor, secret_id, used_at, strong, by_token=True)


def _with_grants(
    asked: sa.Select[*tuple[Any, ...]], person: sa.SQLColumnExpression[Any]
) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """With each role somebody holds, and each that runs in a colleague's place while it is held."""
    own = asked.add_columns(*_GRANT, _NOBODY, col(Membership.id).label("held")).outerjoin(
        Membership, col(Membership.user_id) == person
    )
    lent = (
        asked.add_columns(*_GRANT, col(Delegation.delegator_id), col(Membership.id))
        .join(Delegation, sa.and_(col(Delegation.delegate_id) == person, runs_at(_NOW)))
        .join(Membership, DELEGATED)
        .join(_DELEGATOR, col(_DELEGATOR.id) == col(Delegation.delegator_id))
        .where(col(_DELEGATOR.active))
    )
    both = sa.union_all(own, lent)
    return both.order_by(sa.column("held"))


# Put together once: building them anew took longer than the database needs to answer.
_DIGEST = sa.bindparam("digest", type_=sa.String())
_NOW = sa.bindparam("now", type_=UtcDateTime())
_OF_SESSION = _with_grants(
    sa.select(
        col(LoginSession.id),
        col(LoginSession.seen_at),
        sa.or_(col(LoginSession.strong), HAS_FACTOR),
        col(_SHOWN.id),
        col(User.id),
        col(User.name),
        col(LoginSession.guise_reason),
        col(LoginSession.guise_until),
        *_SEEN_AS,
    )
    .join(User, col(User.id) == col(LoginSession.user_id))
    .outerjoin(
        _SHOWN,
        sa.and_(
            col(_SHOWN.id) == col(LoginSession.guise_id),
            col(LoginSession.guise_until) > _NOW,
            col(_SHOWN.active),
        ),
    )
    .where(
        col(LoginSession.digest) == _DIGEST,
        col(LoginSession.expires_at) > _NOW,
        col(User.active),
    ),
    _SEEN_AS[0],
)
_USER_ID: sa.ColumnElement[int] = User.__table__.c.id  # type: ignore[attr-defined]
_PEOPLE = (
    sa.select(*_PERSON, *_GRANT)
    .outerjoin(Membership, col(Membership.user_id) == col(User.id))
    .where(among(_USER_ID, ids_parameter("ids")))
    .order_by(col(User.id), col(Membership.id))
)
_OF_TOKEN = _with_grants(
    sa.select(col(ApiToken.id), col(ApiToken.used_at), HAS_FACTOR, col(ApiToken.scopes), *_PERSON)
    .join(User, col(User.id) == col(ApiToken.user_id))
    .where(
        col(ApiToken.digest) == _DIGEST,
        col(ApiToken.expires_at) > _NOW,
        col(ApiToken.revoked_at).is_(None),
        col(User.active),
    ),
    col(User.id),
)


def actors_by_id(session: Session, user_ids: Iterable[int]) -> dict[int, Actor]:
    """People with their own roles by id, without any door, in one statement."""
    rows = session.execute(_PEOPLE, {"ids": sorted(user_ids)}).all()
    return {
        one: _actor(mine[0][:4], (row[4:] for row in mine))
        for one, mine in ((key, list(rows)) for key, rows in groupby(rows, key=lambda row: row[0]))
    }


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
