"""Draw periods up again: of a withdrawn statement, or where drafts hold what counts no more."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import withdraw
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.queries.ends import drafted_periods
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


def redraw_after(uow: UnitOfWork, day: date, *, actor_id: int | None, now: datetime) -> None:
    """Reckon anew every period with drafts that reaches beyond a day, the earliest first."""
    for period in drafted_periods(uow.session, day):
        settle_period(uow, period, actor_id=actor_id, now=now)


def _forget_corrections(uow: UnitOfWork, statement_id: int) -> None:
    """What drafts say of lines that are no longer live."""
    corrected = sa.select(col(_LINE.id)).where(col(_LINE.statement_id) == statement_id)
    uow.session.execute(
        sa.delete(_LINE).where(col(_LINE.corrects_id).in_(corrected), ~col(_LINE.locked))
    )
