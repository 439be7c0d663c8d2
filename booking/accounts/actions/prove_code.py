"""Prove a second factor: a code of the telephone or one from the paper, each taken once.

A refusal leaves something behind (the failure is counted), so it is answered and not raised.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.actions.throttle import count_failure, wash
from booking.accounts.errors import SlowDown, WrongCode
from booking.accounts.events import CodeRefused, RecoveryCodeUsed
from booking.accounts.identity import CodeClaim, seconds_to_wait
from booking.accounts.models import RecoveryCode, SecondFactor
from booking.accounts.providers.one_time import recovery_digest, step_of
from booking.accounts.providers.sealing import Seal
from booking.accounts.queries.second_factors import factor_state
from booking.accounts.rules import seal_purpose
from booking.db.transactions import UnitOfWork
from booking.kernel.networks import network_of

CodeRefusal = WrongCode | SlowDown


def prove_code(
    uow: UnitOfWork, claim: CodeClaim, *, seal: Seal, now: datetime
) -> CodeRefusal | None:
    """Take the code of somebody whose second factor is set, once; or count the failure.

    The wait is judged under lock, as for passwords.
    """
    wait = seconds_to_wait(uow.session, claim, claim.user_id, now=now, lock=True)
    if wait:
        return SlowDown(retry_after=wait)
    if not (
        _taken_from_phone(uow, claim, seal=seal, now=now) or _taken_from_paper(uow, claim, now)
    ):
        return refuse_code(uow, claim, now=now)
    wash(uow, claim)
    return None


def refuse_code(uow: UnitOfWork, claim: CodeClaim, *, now: datetime) -> WrongCode:
    """Count a wrong code and write down that there was one."""
    count_failure(uow, claim, now=now)
    uow.announce(
        CodeRefused(
            at=now,
            actor_id=None,
            subject=f"user:{claim.user_id}",
            user_id=claim.user_id,
            address=network_of(claim.address),
        )
    )
    return WrongCode()


def _taken_from_phone(uow: UnitOfWork, claim: CodeClaim, *, seal: Seal, now: datetime) -> bool:
    theirs = col(SecondFactor.user_id) == claim.user_id
    confirmed = col(SecondFactor.confirmed_at).is_not(None)
    sealed = uow.session.execute(
        sa.select(col(SecondFactor.sealed_secret)).where(theirs, confirmed)
    ).scalar_one_or_none()
    if sealed is None:
        return False
    key = seal.opened(sealed, purpose=seal_purpose(claim.user_id), now=now)
    step = step_of(claim.code, key, now=now) if key else None
    if step is None:
        return False
    # Of two that send the same code at once, the second finds its half minute used.
    taken = sa.update(SecondFactor).where(theirs, confirmed, col(SecondFactor.used_step) < step)
    return _one(uow, taken.values(used_step=step).returning(col(SecondFactor.id)))


def _taken_from_paper(uow: UnitOfWork, claim: CodeClaim, now: datetime) -> bool:
    crossed_out = (
        sa.update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == claim.user_id,
            col(RecoveryCode.digest) == recovery_digest(claim.user_id, claim.code),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
        .returning(col(RecoveryCode.id))
    )
    if not _one(uow, crossed_out):
        return False
    uow.announce(
        RecoveryCodeUsed(
            at=now,
            actor_id=claim.user_id,
            subject=f"user:{claim.user_id}",
            user_id=claim.user_id,
            left=factor_state(uow.session, claim.user_id).codes_left,
        )
    )
    return True


def _one(uow: UnitOfWork, statement: sa.Executable) -> bool:
    quietly = statement.execution_options(synchronize_session=False)
    return len(uow.session.execute(quietly).all()) == 1
