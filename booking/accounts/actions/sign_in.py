"""Sign in, in one step or two; sign out, sign out everywhere.

A refused sign-in leaves something behind (the failure is counted), so these deeds answer with the
refusal instead of raising it: raising would undo the count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.accounts.actions.end_sessions import end_session, end_session_of, end_sessions_of
from booking.accounts.actions.prove_code import prove_code
from booking.accounts.actions.throttle import count_failure, wash
from booking.accounts.errors import NotByToken, SignInOver, SlowDown, WrongCode, WrongCredentials
from booking.accounts.events import SignedIn, SignedOut, SignInFailed
from booking.accounts.identity import CodeClaim, Proof, seconds_to_wait
from booking.accounts.models import Credential, HalfSignIn, LoginSession
from booking.accounts.providers.sealing import Seal
from booking.accounts.queries.second_factors import halfway, has_second_factor
from booking.accounts.queries.sign_ins import password_chosen_at
from booking.accounts.rules import HALFWAY_FOR, Ended, digest_of, new_secret
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
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


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The first factor was right and a second is set: the secret of this sign-in, no session."""

    secret: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody whose first factor is proved, and where from; `strong` when both are."""

    user_id: int
    address: str
    browser: Browser
    lifetime: timedelta
    strong: bool = False


@dataclass(frozen=True, slots=True)
class SecondStep:
    """The code, in the browser in which the first step was made."""

    half_secret: str
    code: str
    address: str
    browser: Browser
    lifetime: timedelta
    throttled: bool = True


def sign_in(
    uow: UnitOfWork, proof: Proof, *, browser: Browser, now: datetime, lifetime: timedelta
) -> NewSession | HalfWay | Refusal:
    """Open a new session for a right password, or ask for the code where one is set."""
    admitted = admit(uow, proof, now=now)
    if not isinstance(admitted, int):
        return admitted
    return let_in(uow, Arrival(admitted, proof.claim.address, browser, lifetime), now=now)


def let_in(uow: UnitOfWork, arrival: Arrival, *, now: datetime) -> NewSession | HalfWay:
    """A session, always under a new secret; half a sign-in while the second factor is missing."""
    if not arrival.strong and has_second_factor(uow.session, arrival.user_id):
        secret = new_secret()
        uow.session.add(
            HalfSignIn(
                digest=digest_of(secret), user_id=arrival.user_id, expires_at=now + HALFWAY_FOR
            )
        )
        uow.session.flush()
        return HalfWay(secret)
    return _open_session(uow, arrival, now=now)


def finish_sign_in(
    uow: UnitOfWork, step: SecondStep, *, seal: Seal, now: datetime
) -> NewSession | WrongCode | SlowDown | SignInOver:
    """The second step: the right code makes a session of half a sign-in, once."""
    digest = digest_of(step.half_secret)
    user_id = halfway(uow.session, digest, now=now, lock=True)
    if user_id is None:
        return SignInOver()
    claim = CodeClaim(user_id, step.code, step.address, step.throttled)
    if refused := prove_code(uow, claim, seal=seal, now=now):
        return refused
    uow.session.execute(sa.delete(HalfSignIn).where(col(HalfSignIn.digest) == digest))
    arrival = Arrival(user_id, step.address, step.browser, step.lifetime, strong=True)
    return _open_session(uow, arrival, now=now)


def _open_session(uow: UnitOfWork, arrival: Arrival, *, now: datetime) -> NewSession:
    if arrival.browser.former_secret:
        end_session(uow, arrival.browser.former_secret, now=now)
    secret, user_id = new_secret(), arrival.user_id
    uow.session.add(
        LoginSession(
            digest=digest_of(secret),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            expires_at=now + arrival.lifetime,
            address=arrival.address[:64],
            agent=arrival.browser.agent[:200],
            strong=arrival.strong,
        )
    )
    uow.session.flush()
    uow.announce(SignedIn(at=now, actor_id=user_id, subject=f"user:{user_id}", user_id=user_id))
    return NewSession(user_id, secret, now + arrival.lifetime)


def admit(uow: UnitOfWork, proof: Proof, *, now: datetime) -> int | Refusal:
    """The id of the person who proved to be there; else the refusal, and the failure counted.

    The wait is judged again under lock: of many guesses sent at once, only the free ones are told
    whether they were right. So is the password: one that was replaced since it was compared counts
    no more.
    """
    wait = seconds_to_wait(uow.session, proof.claim, proof.user_id, now=now, lock=True)
    if wait:
        return SlowDown(retry_after=wait)
    if not proof.right or proof.user_id is None or not _still_counts(uow, proof, proof.user_id):
        _note_failure(uow, proof, now=now)
        return WrongCredentials()
    wash(uow, proof.claim)
    if proof.replacement:
        mine = sa.update(Credential).where(col(Credential.user_id) == proof.user_id)
        uow.session.execute(mine.values(password_hash=proof.replacement))
    return proof.user_id


def sign_out(uow: UnitOfWork, secret: str, *, actor: Actor, now: datetime) -> None:
    """End the session of this cookie."""
    ended = end_session(uow, secret, now=now)
    _announce_end(uow, actor, ended, now=now)


def sign_out_there(uow: UnitOfWork, session_id: int, *, actor: Actor, now: datetime) -> None:
    """End one session of one's own, in another browser."""
    if not actor.in_person:
        raise NotByToken
    ended = end_session_of(uow, actor.id, session_id, now=now)
    if not ended:
        raise NotFound(session_id=session_id)
    _announce_end(uow, actor, ended, now=now)


def sign_out_everywhere(
    uow: UnitOfWork,
    *,
    actor: Actor,
    now: datetime,
    but_not: str | None = None,
    because: Ended = Ended.SIGNED_OUT,
) -> int:
    """End every session of a person, perhaps but this one."""
    if not actor.in_person:
        raise NotByToken
    ended = end_sessions_of(uow, actor.id, because=because, now=now, but_not=but_not)
    _announce_end(uow, actor, ended, now=now)
    return ended


def _announce_end(uow: UnitOfWork, actor: Actor, ended: int, *, now: datetime) -> None:
    if ended:
        subject = f"user:{actor.id}"
        uow.announce(
            SignedOut(at=now, actor_id=actor.id, subject=subject, user_id=actor.id, sessions=ended)
        )


def _still_counts(uow: UnitOfWork, proof: Proof, user_id: int) -> bool:
    chosen_at = password_chosen_at(uow.session, user_id)
    return chosen_at is not None and chosen_at == proof.chosen_at


def _note_failure(uow: UnitOfWork, proof: Proof, *, now: datetime) -> None:
    count_failure(uow, proof.claim, now=now)
    uow.announce(
        SignInFailed(
            at=now,
            actor_id=None,
            subject=f"user:{proof.user_id}" if proof.user_id else "user:unknown",
            user_id=proof.user_id,
            address=network_of(proof.claim.address),
        )
    )
