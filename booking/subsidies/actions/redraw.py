"""Draw periods up again: of a withdrawn statement, or where drafts hold what counts no more.

The first is done at once. The second may be many months of all companies: those are marked while
somebody waits, nobody can lock what is marked, and the clock draws them up.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import withdraw
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import Settlement, StatementLine
from booking.subsidies.queries.ends import stale_periods, with_drafts
from booking.subsidies.queries.programmes import keep_programmes
from booking.subsidies.queries.statements import corrected_in, statement_row

_LINE = StatementLine


def withdraw_and_redraw(
    uow: UnitOfWork, number: str, reason: str, *, actor_id: int | None, now: datetime
) -> None:
    """Back to a draft, with a reason, reckoned anew; so are drafts that corrected its lines."""
    session = uow.session
    keep_programmes(session)
    withdrawn = statement_row(session, number)
    later = corrected_in(session, withdrawn.id, locked=False)
    withdraw(uow, number, reason, actor_id=actor_id, now=now)
    stale = {Period.parse(statement_row(session, one).period) for one in later}
    _forget_corrections(uow, withdrawn.id)
    again = {Period.parse(withdrawn.period), *stale}
    for period in sorted(again, key=lambda one: (one.until, one.first)):
        settle_period(uow, period, actor_id=actor_id, now=now)


def mark_stale(session: Session, day: date, *, now: datetime) -> None:
    """Let nobody lock drafts that reach beyond a day before they are drawn again."""
    session.execute(
        sa.update(Settlement)
        .where(with_drafts(day), col(Settlement.stale_at).is_(None))
        .values(stale_at=now)
        .execution_options(synchronize_session="fetch")
    )


def redraw_one(uow: UnitOfWork, now: datetime) -> int:
    """Reckon anew the earliest period that is marked; later ones stand on it and follow."""
    periods = stale_periods(uow.session)
    for period in periods[:1]:
        settle_period(uow, period, actor_id=None, now=now)
    return len(periods[:1])


def _forget_corrections(uow: UnitOfWork, statement_id: int) -> None:
    """What drafts say of lines that are no longer live."""
    corrected = sa.select(col(_LINE.id)).where(col(_LINE.statement_id) == statement_id)
    uow.session.execute(
        sa.delete(_LINE).where(col(_LINE.corrects_id).in_(corrected), ~col(_LINE.locked))
    )
