"""Sign in, sign out, sign out everywhere.

A refused sign-in leaves something behind (the failure is counted), so these deeds answer with the
refusal instead of raising it: raising would undo the count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.accounts.errors import NotByToken, SlowDown, WrongCredentials
from booking.accounts.events import SignedIn, SignedOut, SignInFailed
from booking.accounts.identity import Claim, Proof, seconds_to_wait
from booking.accounts.models import Credential, LoginSession, SignInThrottle
from booking.accounts.queries.sign_ins import failures_of
from booking.accounts.rules import Failures, ThrottleScope, digest_of, new_secret
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.networks import network_of

Refusal = WrongCredentials | SlowDown


@dataclass(frozen=True, slots=True)
class Browser:
    """What asks for a session: how it calls itself, and the session it had before."""

    agent: str = ""
    former_secret: str | None = None


@dataclass(frozen=True, slots=True)
class NewSession:
    """The secret for the cookie; nobody can read it from the table afterwards."""

    user_id: int
    secret: str
    expires_at: datetime


def sign_in(
    uow: UnitOfWork, proof: Proof, *, browser: Browser, now: datetime, lifetime: timedelta
) -> NewSession | Refusal:
    """Open a new session for a right password, always under a new secret."""
    admitted = admit(uow, proof, now=now)
    if not isinstance(admitted, int):
        return admitted
    if browser.former_secret:
        _end_sessions(uow, col(LoginSession.digest) == digest_of(browser.former_secret), now=now)
    secret = new_secret()
    uow.session.add(
        LoginSession(
            digest=digest_of(secret),
            user_id=admitted,
            created_at=now,
            seen_at=now,
            expires_at=now + lifetime,
            address=proof.claim.address[:64],
            agent=browser.agent[:200],
        )
    )
    uow.session.flush()
    subject = f"user:{admitted}"
    uow.announce(SignedIn(at=now, actor_id=admitted, subject=subject, user_id=admitted))
    return NewSession(admitted, secret, now + lifetime)


def admit(uow: UnitOfWork, proof: Proof, *, now: datetime) -> int | Refusal:
    """The id of the person who proved to be there; else the refusal, and the failure counted.

    The wait is judged again under lock: of many guesses sent at once, only the free ones are told
    whether they were right.
    """
    wait = seconds_to_wait(uow.session, proof.claim, proof.user_id, now=now, lock=True)
    if wait:
        return SlowDown(retry_after=wait)
    if not proof.right or proof.user_id is None:
        _count_failure(uow, proof, now=now)
        return WrongCredentials()
    pair = proof.claim.keys[ThrottleScope.PAIR]
    uow.session.execute(sa.delete(SignInThrottle).where(col(SignInThrottle.digest) == pair))
    if proof.replacement:
        mine = sa.update(Credential).where(col(Credential.user_id) == proof.user_id)
        uow.session.execute(mine.values(password_hash=proof.replacement))
    return proof.user_id


def sign_out(uow: UnitOfWork, secret: str, *, actor: Actor, now: datetime) -> None:
    """End the session of this cookie."""
    ended = _end_sessions(uow, col(LoginSession.digest) == digest_of(secret), now=now)
    _announce_end(uow, actor, ended, now=now)


def sign_out_everywhere(
    uow: UnitOfWork, *, actor: Actor, now: datetime, but_not: str | None = None
) -> int:
    """End every session of a person, perhaps but this one."""
    if not actor.in_person:
        raise NotByToken
    mine = col(LoginSession.user_id) == actor.id
    if but_not:
        mine = mine & (col(LoginSession.digest) != digest_of(but_not))
    ended = _end_sessions(uow, mine, now=now)
    _announce_end(uow, actor, ended, now=now)
    return ended


def _end_sessions(uow: UnitOfWork, which: sa.ColumnElement[bool], *, now: datetime) -> int:
    # The row stays for a while: it tells which addresses are the owner's.
    open_ones = sa.update(LoginSession).where(which, col(LoginSession.expires_at) > now)
    return len(
        uow.session.execute(
            open_ones.values(expires_at=now)
            .returning(col(LoginSession.id))
            .execution_options(synchronize_session=False)
        ).all()
    )


def _announce_end(uow: UnitOfWork, actor: Actor, ended: int, *, now: datetime) -> None:
    if ended:
        subject = f"user:{actor.id}"
        uow.announce(
            SignedOut(at=now, actor_id=actor.id, subject=subject, user_id=actor.id, sessions=ended)
        )


def _count_failure(uow: UnitOfWork, proof: Proof, *, now: datetime) -> None:
    if proof.claim.throttled:
        _count_on(uow, proof.claim, now=now)
    uow.announce(
        SignInFailed(
            at=now,
            actor_id=None,
            subject=f"user:{proof.user_id}" if proof.user_id else "user:unknown",
            user_id=proof.user_id,
            address=network_of(proof.claim.address),
        )
    )


def _count_on(uow: UnitOfWork, claim: Claim, *, now: datetime) -> None:
    digests = sorted(claim.keys.values())
    fresh = [{"digest": digest, "failures": 0, "failed_at": now} for digest in digests]
    insert_unless_exists(uow.session, SignInThrottle, fresh)
    before = failures_of(uow.session, digests, lock=True)
    for digest in digests:
        counted = before.get(digest, Failures()).one_more(now)
        uow.session.execute(
            sa.update(SignInThrottle)
            .where(col(SignInThrottle.digest) == digest)
            .values(failures=counted.count, failed_at=now)
        )
