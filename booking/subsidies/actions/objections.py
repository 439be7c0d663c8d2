"""What is said against a statement in publicity, and what is answered."""

from datetime import datetime

from sqlmodel import select

from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.subsidies.actions.stepping import went
from booking.subsidies.errors import IllegalStep, ReasonMissing
from booking.subsidies.events import StatementAnswered, StatementObjected
from booking.subsidies.models.statement import Objection
from booking.subsidies.queries.statements import statement_for_update
from booking.subsidies.states import StatementState


def object_to(
    uow: UnitOfWork, number: str, text: str, *, actor_id: int | None, now: datetime
) -> Objection:
    """Say something against a statement in publicity; its state stays."""
    statement = statement_for_update(uow.session, number)
    if statement.state is not StatementState.PUBLICITY:
        raise IllegalStep(step="object", state=statement.state)
    if not text.strip():
        raise ReasonMissing(step="object")
    objection = Objection(
        statement_id=statement.key, raised_by=actor_id, raised_at=now, text=text.strip()
    )
    uow.session.add(objection)
    went(uow, statement, StatementObjected, to=statement.state, by=(actor_id, now))
    return objection


def answer_objection(
    uow: UnitOfWork,
    number: str,
    objection_id: int,
    *,
    text: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Answer an objection, so that it no longer stands in the way."""
    statement = statement_for_update(uow.session, number)
    query = select(Objection).where(
        Objection.id == objection_id, Objection.statement_id == statement.key
    )
    objection = uow.session.exec(query).one_or_none()
    if objection is None:
        raise NotFound(objection=objection_id)
    if not text.strip():
        raise ReasonMissing(step="answer")
    objection.answer, objection.answered_by, objection.answered_at = text.strip(), actor_id, now
    went(uow, statement, StatementAnswered, to=statement.state, by=(actor_id, now))
