"""Withdraw a statement and draw its period up again, so that the next revision is there at once."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import withdraw
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.queries.statements import statement_row


def withdraw_and_redraw(
    uow: UnitOfWork, number: str, reason: str, *, actor_id: int | None, now: datetime
) -> None:
    """Back to a draft, with a reason, reckoned anew."""
    withdraw(uow, number, reason, actor_id=actor_id, now=now)
    period = Period.parse(statement_row(uow.session, number).period)
    settle_period(uow, period, actor_id=actor_id, now=now)
