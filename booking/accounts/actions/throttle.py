"""Count what failed, on every process alike, so that guessing slows down."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.identity import Attempt
from booking.accounts.models import SignInThrottle
from booking.accounts.queries.sign_ins import failures_of
from booking.accounts.rules import Failures, ThrottleScope
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork


def count_failure(uow: UnitOfWork, attempt: Attempt, *, now: datetime) -> None:
    """One more for everything that this attempt is counted by."""
    if not attempt.throttled:
        return
    digests = sorted(attempt.keys.values())
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


def wash(uow: UnitOfWork, attempt: Attempt) -> None:
    """It was right: what this person failed at this address before counts no more."""
    pair = attempt.keys[ThrottleScope.PAIR]
    uow.session.execute(sa.delete(SignInThrottle).where(col(SignInThrottle.digest) == pair))
