"""Recover something of a line that was paid: a negative line of its owner's next statement."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.subsidies.errors import NotPaidYet, ReasonMissing, TooMuchRecovered
from booking.subsidies.events import StatementRecovered
from booking.subsidies.models.clawback import Clawback
from booking.subsidies.queries.clawbacks import paid_line, recoverable_fen
from booking.subsidies.queries.statements import statement_for_update
from booking.subsidies.states import StatementState


def claw_back(
    uow: UnitOfWork,
    number: str,
    position: int,
    *,
    amount_fen: int,
    reason: str,
    by: tuple[int | None, datetime],
) -> Clawback:
    """Enter what is to be recovered of a line, with a reason; never more than it was paid.

    Caps and budgets do not get it back: else the same money would be granted again.
    """
    statement = statement_for_update(uow.session, number)
    if statement.state is not StatementState.PAID:
        raise NotPaidYet(statement=number)
    if not reason.strip():
        raise ReasonMissing(step="clawback")
    line = paid_line(uow.session, number, position)
    left = recoverable_fen(uow.session, line.key)
    if not 0 < amount_fen <= left:
        raise TooMuchRecovered(left_fen=max(left, 0))
    entered = Clawback(
        line_id=line.key,
        amount_fen=amount_fen,
        reason=reason.strip(),
        entered_by=by[0],
        entered_at=by[1],
    )
    uow.session.add(entered)
    uow.session.flush()
    uow.announce(
        StatementRecovered(
            at=by[1],
            subject=f"statement:{number}",
            actor_id=by[0],
            cause=entered.reason,
            organisation_id=statement.organisation_id,
            number=number,
            payable_fen=statement.payable_fen,
            amount_fen=amount_fen,
            reason=entered.reason,
            changes={"recovered_fen": (None, amount_fen)},
        )
    )
    return entered
