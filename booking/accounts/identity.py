"""Who is at the door: a cookie, a token or a password → a person."""

import logging
import math
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Annotated, Protocol

import sqlalchemy as sa
from fastapi import Depends, Request
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.events import GuiseUsed
from booking.accounts.models import ApiToken, LoginSession
from booking.accounts.providers.local import Passwords, passwords
from booking.accounts.providers.sealing import Seal
from booking.accounts.queries.actors import Bearer, actor_of_session, actor_of_token
from booking.accounts.queries.sign_ins import failures_of, login_of, signed_in_from
from booking.accounts.rules import (
    FROM_ANYWHERE,
    KNOWN_ADDRESS_FOR,
    SECOND_FACTOR_ROLES,
    SEEN_EVERY,
    ThrottleScope,
    blocked_until,
    digest_of,
    folded_email,
)
from booking.db.transactions import read_session, unit_of_work
from booking.kernel.clock import Clock
from booking.kernel.networks import network_of
from booking.settings import Settings
from booking.web.sessions import session_token
from booking.web.tracing import acts_through_another

_log = logging.getLogger("booking.accounts")


class DatabaseActors:
    """Implements `access.guards.ActorSource`: one SELECT for a cookie or a token."""

    def __init__(
        self, engine: Engine, clock: Clock, *, require_second_factor: bool = False
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._requires = require_second_factor

    def actor_of(self, request: Request) -> Actor | None:
        """Whoever holds the secret of this request; a token counts before a cookie."""
        now = self._clock.now()
        found = self._bearer(request, now)
        if found is None:
            return None
        if found.seen_at is None or now - found.seen_at >= SEEN_EVERY:
            self._note(found, now)
        if found.actor.guise is not None:
            acts_through_another(found.actor.real_id)
            self._tell(request, found.actor, now=now)
        if self._requires and lacks_second_factor(found.actor.roles, strong=found.strong):
            return replace(found.actor, grants=(), held_back=True)
        return found.actor

    def still(self, request: Request) -> Actor | None:
        """The same, asked again while an answer goes on; nothing is noted."""
        found = self._bearer(request, self._clock.now())
        return found.actor if found else None

    def _bearer(self, request: Request, now: datetime) -> Bearer | None:
        token, cookie = bearer_token(request), session_token(request)
        if token is None and cookie is None:
            return None
        with read_session(self._engine) as session:
            if token is not None:
                return actor_of_token(session, digest_of(token), now)
            return actor_of_session(session, digest_of(cookie or ""), now)

    def _tell(self, request: Request, actor: Actor, *, now: datetime) -> None:
        """Whatever is asked for while viewing as another is written down, with who really asks."""
        # The pattern, not the address: a part of that may be a secret.
        pattern: str = request.scope["route"].path
        with unit_of_work(self._engine, request.app.state.reactions) as uow:
            uow.announce(
                GuiseUsed(
                    at=now,
                    actor_id=actor.id,
                    subject=f"user:{actor.id}",
                    cause=f"{request.method} {pattern}",
                    user_id=actor.id,
                )
            )

    def _note(self, bearer: Bearer, now: datetime) -> None:
        """Write `last seen`; being read meanwhile matters more than this being exact."""
        if not bearer.by_token:
            seen = sa.update(LoginSession).where(col(LoginSession.id) == bearer.secret_id)
            seen = seen.values(seen_at=now)
        else:
            seen = sa.update(ApiToken).where(col(ApiToken.id) == bearer.secret_id)
            seen = seen.values(used_at=now)
        try:
            with unit_of_work(self._engine, {}) as uow:
                uow.session.execute(seen)
        except OperationalError:
            _log.info("last seen not written: the database is busy")


def bearer_token(request: Request) -> str | None:
    """The token of `Authorization: Bearer …`, if there is one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy, uvicorn has put the visitor's address there."""
    return request.client.host if request.client else ""


def settings_of(request: Request) -> Settings:
    """The settings this application was made with."""
    settings: Settings = request.app.state.settings
    return settings


def _passwords_of(request: Request) -> Passwords:
    return passwords(settings_of(request).password_cost)


PasswordsDep = Annotated[Passwords, Depends(_passwords_of)]


def _seal_of(request: Request) -> Seal:
    return seal_of(settings_of(request))


def seal_of(settings: Settings) -> Seal:
    """What secrets of people are sealed with, here and after a restart."""
    if settings.secret_key is None:
        raise ValueError("BOOKING_SECRET_KEY is not set")
    return _seal(settings.secret_key.get_secret_value())


@cache
def _seal(secret_key: str) -> Seal:
    return Seal(secret_key)


SealDep = Annotated[Seal, Depends(_seal_of)]


def lacks_second_factor(roles: frozenset[Role], *, strong: bool) -> bool:
    """Whether somebody in these roles still has to set one up, where they are required."""
    return not strong and not roles.isdisjoint(SECOND_FACTOR_ROLES)


class Attempt(Protocol):
    """Something that can be guessed: from where, and what its failures are counted by."""

    @property
    def address(self) -> str: ...
    @property
    def throttled(self) -> bool: ...
    @property
    def keys(self) -> dict[ThrottleScope, str]: ...


@dataclass(frozen=True, slots=True)
class CodeClaim:
    """Somebody whose password is proved tells a code, from some address."""

    user_id: int
    code: str
    address: str
    throttled: bool = True

    @property
    def keys(self) -> dict[ThrottleScope, str]:
        """Apart from the passwords': a right password washes nothing off here."""
        person, network = str(self.user_id), network_of(self.address)
        return {
            ThrottleScope.PAIR: digest_of("code", person, network),
            ThrottleScope.ADDRESS: digest_of("address", network),
            ThrottleScope.CODE: digest_of("code", person),
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says who they are, from some address."""

    email: str
    password: str
    address: str
    throttled: bool = True

    @property
    def folded(self) -> str:
        return folded_email(self.email)

    @property
    def keys(self) -> dict[ThrottleScope, str]:
        """What a failure of this claim is counted by, as it is stored."""
        network = network_of(self.address)
        return {
            ThrottleScope.PAIR: digest_of("pair", self.folded, network),
            ThrottleScope.ADDRESS: digest_of("address", network),
            ThrottleScope.LOGIN: digest_of("login", self.folded),
        }


def code_claim_of(request: Request, user_id: int, code: str) -> CodeClaim:
    """A code that somebody tells who is signed in, or whose password was right."""
    throttled = settings_of(request).rate_limits == "on"
    return CodeClaim(user_id, code, address_of(request), throttled)


def claim_of(request: Request, email: str, password: str) -> Claim:
    """What a sign-in form or a program says, and where it says it from."""
    throttled = settings_of(request).rate_limits == "on"
    return Claim(email, password, address_of(request), throttled)


@dataclass(frozen=True, slots=True)
class Proof:
    """A claim that was looked into: whose login it names, whether the password was right, and when
    the one it was compared with was chosen."""

    claim: Claim
    user_id: int | None
    right: bool
    replacement: str | None = None
    chosen_at: datetime | None = None


def prove(bind: Engine, claim: Claim, *, passwords: Passwords, now: datetime) -> Proof:
    """Check a password with no transaction open: it takes a third of a second on purpose.

    Whoever must wait is not given the work; the deed that follows asks again and says so.
    """
    with read_session(bind) as session:
        login = login_of(session, claim.folded)
        if seconds_to_wait(session, claim, login.user_id, now=now):
            return Proof(claim, login.user_id, right=False)
    checked = passwords.check(claim.password, login.password_hash)
    right = checked.right and login.active
    return Proof(claim, login.user_id, right, checked.replacement, login.chosen_at)


def seconds_to_wait(
    session: Session, claim: Attempt, user_id: int | None, *, now: datetime, lock: bool = False
) -> int:
    """For how long this login may not be tried from this address; 0 when it may."""
    if not claim.throttled:
        return 0
    keys = claim.keys
    if signed_in_from(session, user_id, claim.address, since=now - KNOWN_ADDRESS_FOR):
        # An attack on the login from elsewhere must not shut out its owner.
        keys = {scope: key for scope, key in keys.items() if scope not in FROM_ANYWHERE}
    failures = failures_of(session, keys.values(), lock=lock)
    ends = [
        until
        for scope, digest in keys.items()
        if digest in failures and (until := blocked_until(scope, failures[digest])) is not None
    ]
    return max((math.ceil((end - now).total_seconds()) for end in ends if end > now), default=0)
