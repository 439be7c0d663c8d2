"""Make and revoke API tokens: scoped, expiring, shown once; say in time that one ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.errors import NotByToken, UnknownScope
from booking.accounts.events import TokenExpiring, TokenMade, TokenRevoked
from booking.accounts.models import ApiToken
from booking.accounts.queries.sign_ins import tokens_of_members
from booking.accounts.rules import (
    TOKEN_LIFE,
    TOKEN_PREFIX,
    TOKEN_WARNED_BEFORE,
    digest_of,
    new_secret,
)
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenWish:
    """What a token is for. No scopes: everything its owner may do, now and later."""

    name: str
    scopes: Sequence[str] | None = None
    lifetime: timedelta = TOKEN_LIFE


@dataclass(frozen=True, slots=True)
class NewToken:
    """The token itself; nobody can read it from the table afterwards."""

    id: int
    token: str
    expires_at: datetime


def make_token(
    uow: UnitOfWork, user_id: int, wish: TokenWish, *, actor_id: int | None, now: datetime
) -> NewToken:
    """Make a token for a person; whoever calls has made sure that it is them who asks."""
    unknown = set(wish.scopes or ()) - {permission.value for permission in Permission}
    if unknown:
        raise UnknownScope(scopes=sorted(unknown))
    token = new_secret(TOKEN_PREFIX)
    row = ApiToken(
        digest=digest_of(token),
        user_id=user_id,
        name=wish.name,
        scopes=None if wish.scopes is None else sorted(set(wish.scopes)),
        created_at=now,
        expires_at=now + wish.lifetime,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.announce(
        TokenMade(
            at=now,
            actor_id=actor_id,
            subject=f"user:{user_id}",
            changes={"token": (None, wish.name), "scopes": (None, row.scopes)},
            user_id=user_id,
            token_id=row.key,
        )
    )
    return NewToken(row.key, token, row.expires_at)


def make_own_token(uow: UnitOfWork, wish: TokenWish, *, actor: Actor, now: datetime) -> NewToken:
    """Make a token for oneself while signed in; a token cannot make another."""
    if not actor.in_person:
        raise NotByToken
    return make_token(uow, actor.id, wish, actor_id=actor.id, now=now)


def revoke_token(uow: UnitOfWork, token_id: int, *, actor: Actor, now: datetime) -> None:
    """Close a token of one's own; from the next request on it opens nothing."""
    if not actor.in_person:
        raise NotByToken
    _revoke(uow, token_id, actor.id, actor=actor, now=now)


def revoke_token_of_member(
    uow: UnitOfWork, organisation_id: int, token_id: int, *, actor: Actor, now: datetime
) -> None:
    """Close a token of somebody who belongs to an organisation whose people one manages."""
    if not actor.in_person:
        raise NotByToken
    actor.must(Permission.PEOPLE_MANAGE, organisation_id=organisation_id)
    theirs = {row.id: row.user_id for row in tokens_of_members(uow.session, organisation_id, now)}
    if token_id not in theirs:
        raise NotFound(token_id=token_id)
    _revoke(uow, token_id, theirs[token_id], actor=actor, now=now)


def warn_of_ends(uow: UnitOfWork, *, now: datetime) -> int:
    """Tell the owners of tokens that end soon, once for each token."""
    soon = (
        sa.update(ApiToken)
        .where(
            col(ApiToken.expires_at) > now,
            col(ApiToken.expires_at) <= now + TOKEN_WARNED_BEFORE,
            # One that was made for a few days needs no letter on its first.
            col(ApiToken.created_at) <= now - TOKEN_WARNED_BEFORE,
            col(ApiToken.revoked_at).is_(None),
            col(ApiToken.warned_at).is_(None),
        )
        .values(warned_at=now)
        .returning(col(ApiToken.user_id), col(ApiToken.name), col(ApiToken.expires_at))
        .execution_options(synchronize_session=False)
    )
    told = uow.session.execute(soon).all()
    for user_id, name, expires_at in told:
        uow.announce(
            TokenExpiring(
                at=now,
                actor_id=None,
                subject=f"user:{user_id}",
                changes={"token": (name, name), "expires_at": (expires_at, expires_at)},
                user_id=user_id,
                token=name,
                expires_at=expires_at,
            )
        )
    return len(told)


def _revoke(uow: UnitOfWork, token_id: int, user_id: int, *, actor: Actor, now: datetime) -> None:
    open_one = (
        sa.update(ApiToken)
        .where(
            col(ApiToken.id) == token_id,
            col(ApiToken.user_id) == user_id,
            col(ApiToken.revoked_at).is_(None),
        )
        .values(revoked_at=now)
        .returning(col(ApiToken.name))
        .execution_options(synchronize_session=False)
    )
    name = uow.session.execute(open_one).scalar_one_or_none()
    if name is None:
        raise NotFound(token_id=token_id)
    uow.announce(
        TokenRevoked(
            at=now,
            actor_id=actor.id,
            subject=f"user:{user_id}",
            on_behalf_of="" if user_id == actor.id else f"user:{user_id}",
            changes={"token": (name, None)},
            user_id=user_id,
            token_id=token_id,
        )
    )
