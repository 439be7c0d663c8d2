"""Set up a second factor, make its recovery codes anew, switch it off."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.actions.end_sessions import end_sessions_of
from booking.accounts.actions.prove_code import CodeRefusal, prove_code, refuse_code
from booking.accounts.actions.sign_in import Refusal, admit
from booking.accounts.errors import (
    NotByToken,
    NothingToConfirm,
    OwnSecondFactor,
    SecondFactorSet,
    SlowDown,
)
from booking.accounts.events import RecoveryCodesRenewed, SecondFactorRemoved, SecondFactorSetUp
from booking.accounts.identity import CodeClaim, Proof, seconds_to_wait
from booking.accounts.models import LoginSession, RecoveryCode, SecondFactor
from booking.accounts.providers.one_time import (
    new_key,
    new_recovery_codes,
    recovery_digest,
    step_of,
)
from booking.accounts.providers.sealing import Seal
from booking.accounts.queries.second_factors import has_second_factor, second_factor_for_update
from booking.accounts.rules import ENROL_WITHIN, Ended, digest_of, seal_purpose
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class BothFactors:
    """The password, looked into, and a code; and the session that asks."""

    proof: Proof
    code: CodeClaim
    session_secret: str | None


def begin(
    uow: UnitOfWork, proof: Proof, *, seal: Seal, actor: Actor, now: datetime
) -> str | Refusal:
    """A new key to show once, after the password was proved; it counts when it is confirmed."""
    _must_be_here(actor)
    admitted = admit(uow, proof, now=now)
    if not isinstance(admitted, int):
        return admitted
    key = new_key()
    sealed = seal.sealed(key, purpose=seal_purpose(actor.id), now=now)
    fresh = {"user_id": actor.id, "sealed_secret": sealed, "begun_at": now, "used_step": 0}
    if not insert_unless_exists(uow.session, SecondFactor, [fresh]):
        row = second_factor_for_update(uow.session, actor.id)
        if row is None or row.confirmed_at is not None:
            raise SecondFactorSet
        row.sealed_secret, row.begun_at = sealed, now
        uow.session.flush()
    return key


def confirm(
    uow: UnitOfWork,
    claim: CodeClaim,
    *,
    session_secret: str | None,
    seal: Seal,
    actor: Actor,
    now: datetime,
) -> list[str] | CodeRefusal:
    """The telephone shows the right code: from now on it is asked for. Other sessions end.

    Answers the recovery codes, to be shown once.
    """
    _must_be_here(actor)
    wait = seconds_to_wait(uow.session, claim, actor.id, now=now, lock=True)
    if wait:
        return SlowDown(retry_after=wait)
    row = second_factor_for_update(uow.session, actor.id)
    if row is None or row.confirmed_at is not None or now - row.begun_at > ENROL_WITHIN:
        raise NothingToConfirm
    key = seal.opened(row.sealed_secret, purpose=seal_purpose(actor.id), now=now)
    step = step_of(claim.code, key, now=now) if key else None
    if step is None:
        return refuse_code(uow, claim, now=now)
    row.confirmed_at, row.used_step = now, step
    codes = _fresh_codes(uow, actor.id)
    this_one = col(LoginSession.digest) == digest_of(session_secret or "")
    uow.session.execute(sa.update(LoginSession).where(this_one).values(strong=True))
    _end_others(uow, actor, session_secret, now=now)
    subject = f"user:{actor.id}"
    uow.announce(SecondFactorSetUp(at=now, actor_id=actor.id, subject=subject, user_id=actor.id))
    return codes


def renew_codes(
    uow: UnitOfWork, both: BothFactors, *, seal: Seal, actor: Actor, now: datetime
) -> list[str] | Refusal | CodeRefusal:
    """Ten new recovery codes; those on the old paper open nothing any more."""
    _must_be_here(actor)
    if refused := _prove(uow, both, seal=seal, now=now):
        return refused
    codes = _fresh_codes(uow, actor.id)
    subject = f"user:{actor.id}"
    uow.announce(RecoveryCodesRenewed(at=now, actor_id=actor.id, subject=subject, user_id=actor.id))
    return codes


def switch_off(
    uow: UnitOfWork, both: BothFactors, *, seal: Seal, actor: Actor, now: datetime
) -> Refusal | CodeRefusal | None:
    """Only the password is asked from now on. Other sessions end."""
    _must_be_here(actor)
    if refused := _prove(uow, both, seal=seal, now=now):
        return refused
    _drop(uow, actor.id)
    this_one = col(LoginSession.digest) == digest_of(both.session_secret or "")
    uow.session.execute(sa.update(LoginSession).where(this_one).values(strong=False))
    _end_others(uow, actor, both.session_secret, now=now)
    subject = f"user:{actor.id}"
    uow.announce(SecondFactorRemoved(at=now, actor_id=actor.id, subject=subject, user_id=actor.id))
    return None


def remove_of_colleague(
    uow: UnitOfWork, user_id: int, reason: str, *, actor: Actor, now: datetime
) -> None:
    """A telephone is lost and the paper too: an administrator of the centre helps, and says why.

    All sessions of the colleague end: whoever has the telephone now has none of them.
    """
    _must_be_here(actor)
    actor.must(Permission.PEOPLE_MANAGE)
    if user_id == actor.id:
        raise OwnSecondFactor
    if second_factor_for_update(uow.session, user_id) is None:
        raise NotFound(user_id=user_id)
    _drop(uow, user_id)
    end_sessions_of(uow, user_id, because=Ended.SECOND_FACTOR, now=now)
    uow.announce(
        SecondFactorRemoved(
            at=now,
            actor_id=actor.known_id,
            subject=f"user:{user_id}",
            cause=reason,
            user_id=user_id,
        )
    )


def _must_be_here(actor: Actor) -> None:
    if not actor.in_person:
        raise NotByToken


def _prove(
    uow: UnitOfWork, both: BothFactors, *, seal: Seal, now: datetime
) -> Refusal | CodeRefusal | None:
    if not has_second_factor(uow.session, both.code.user_id):
        raise NotFound(user_id=both.code.user_id)
    admitted = admit(uow, both.proof, now=now)
    if not isinstance(admitted, int):
        return admitted
    return prove_code(uow, both.code, seal=seal, now=now)


def _fresh_codes(uow: UnitOfWork, user_id: int) -> list[str]:
    codes = new_recovery_codes()
    uow.session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    uow.session.add_all(
        RecoveryCode(user_id=user_id, digest=recovery_digest(user_id, code)) for code in codes
    )
    uow.session.flush()
    return codes


def _drop(uow: UnitOfWork, user_id: int) -> None:
    uow.session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    uow.session.execute(sa.delete(SecondFactor).where(col(SecondFactor.user_id) == user_id))


def _end_others(uow: UnitOfWork, actor: Actor, secret: str | None, *, now: datetime) -> None:
    end_sessions_of(uow, actor.id, because=Ended.SECOND_FACTOR, now=now, but_not=secret)
