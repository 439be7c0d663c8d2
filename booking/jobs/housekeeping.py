"""Nightly work that belongs to no room alone: prove the books, and sweep what nobody needs."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.jobs.books import broken_books
from booking.jobs.errors import BooksBroken
from booking.jobs.models import JobRun
from booking.web.idempotency import forget_old_answers
from booking.web.rates.windows import forget_old_windows

# Sweeps of every few minutes leave some two thousand runs a day; those about a period stay.
RUNS_KEPT: Final = timedelta(days=14)
_NAMED_AT_MOST: Final = 10


def prove_ledger(uow: UnitOfWork, now: datetime) -> int:  # noqa: ARG001 - a job's shape
    """Add up every posting, and compare it with what it stands for; what differs is an alarm."""
    broken = list(islice(broken_books(uow.session), _NAMED_AT_MOST))
    if broken:
        raise BooksBroken(postings=broken)
    return 0


def tidy_up(uow: UnitOfWork, now: datetime) -> int:
    """Forget answers and counted minutes past their time.

    So are old runs that were about no period and went well.
    """
    old = sa.and_(
        col(JobRun.period) == "", col(JobRun.error) == "", col(JobRun.due_at) < now - RUNS_KEPT
    )
    runs = uow.session.execute(sa.delete(JobRun).where(old).returning(col(JobRun.id))).all()
    return forget_old_answers(uow, now) + forget_old_windows(uow, now) + len(runs)
