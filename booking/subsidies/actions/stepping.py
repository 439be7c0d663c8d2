"""A step of a statement: allowed by the table of states, written, announced, posted."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.subsidies.errors import IllegalStep
from booking.subsidies.events import StatementStepped
from booking.subsidies.models.statement import Statement
from booking.subsidies.queries.statements import statement_for_update
from booking.subsidies.states import STATEMENT_TRANSITIONS, StatementState, StatementStep


def stepping(uow: UnitOfWork, number: str, step: StatementStep) -> Statement:
    """The statement, if the table of states lets it go this step."""
    return may_step(statement_for_update(uow.session, number), step)


def may_step(statement: Statement, step: StatementStep) -> Statement:
    """The same for a statement that is held already."""
    if (statement.state, step) not in STATEMENT_TRANSITIONS:
        raise IllegalStep(step=step, state=statement.state, statement=statement.number)
    return statement


def went(
    uow: UnitOfWork,
    statement: Statement,
    fact: type[StatementStepped],
    *,
    to: StatementState,
    by: tuple[int | None, datetime],
) -> Statement:
    """Write the new state and announce it."""
    before, statement.state = statement.state, to
    uow.session.flush()
    uow.announce(
        fact(
            at=by[1],
            subject=f"statement:{statement.number}",
            actor_id=by[0],
            cause=statement.state_reason,
            organisation_id=statement.organisation_id,
            number=statement.number,
            payable_fen=statement.payable_fen,
            changes={"state": (before, to)},
        )
    )
    return statement


def book(
    uow: UnitOfWork,
    statement: Statement,
    legs: tuple[AccountKind, AccountKind],
    *,
    at: datetime,
    cause: str = "",
) -> None:
    """Owed when approved, paid when paid; a statement that claws back posts the other way.

    `legs` are debit and credit; `cause` tells one payment of a statement from the next.
    """
    debit, credit = legs
    owner, amount = statement.organisation_id, statement.payable_fen
    post(
        uow,
        f"statement:{statement.number}/{statement.revision}:{cause or credit.value}",
        [Leg(debit, owner, amount), Leg(credit, owner, -amount)],
        at=at,
    )
