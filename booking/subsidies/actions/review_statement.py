"""The life of a statement after it is drawn up: lock, publish, object, approve, pay, withdraw."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from booking.db.transactions import UnitOfWork
from booking.instruments.queries.statutory import calendar_from
from booking.instruments.rules.filing import is_working_day
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.subsidies.actions.seal import hold_chain, seal
from booking.subsidies.errors import (
    CalendarMissing,
    IllegalStep,
    NothingToLock,
    ObjectionOpen,
    PublicityRunning,
    ReasonMissing,
    SamePerson,
)
from booking.subsidies.events import (
    StatementAnswered,
    StatementApproved,
    StatementLocked,
    StatementObjected,
    StatementPaid,
    StatementPublished,
    StatementStepped,
    StatementWithdrawn,
)
from booking.subsidies.models.statement import (
    Objection,
    Settlement,
    Statement,
    StatementLine,
)
from booking.subsidies.queries.statements import (
    open_objections,
    statement_for_update,
)
from booking.subsidies.states import STATEMENT_TRANSITIONS, StatementState, StatementStep

# 公示 lasts this many working days after the day it begins.
PUBLICITY_DAYS = 5
_DAY = timedelta(days=1)


def lock(uow: UnitOfWork, number: str, *, actor_id: int | None, now: datetime) -> Statement:
    """Freeze a statement: its bytes are kept, hashed, and never change again."""
    end = hold_chain(uow)
    statement = _step(uow, number, StatementStep.LOCK)
    sha256 = seal(uow, statement, end, actor_id=actor_id, now=now)
    uow.session.execute(
        sa.update(StatementLine)
        .where(
            col(StatementLine.statement_id) == statement.key,
            col(StatementLine.revision) == statement.revision,
            col(StatementLine.live),
        )
        .values(locked=True)
    )
    statement.sha256, statement.locked_by, statement.locked_at = sha256, actor_id, now
    statement.state = StatementState.LOCKED
    uow.session.flush()
    uow.announce(
        StatementLocked(
            at=now,
            subject=f"statement:{number}",
            actor_id=actor_id,
            organisation_id=statement.organisation_id,
            number=number,
            payable_fen=statement.payable_fen,
            sha256=statement.sha256,
            changes={"state": (StatementState.DRAFT, StatementState.LOCKED)},
        )
    )
    return statement


def lock_settlement(
    uow: UnitOfWork, period: str, *, actor_id: int | None, now: datetime
) -> list[Statement]:
    """Lock every draft of a period."""
    query = (
        select(Statement.number)
        .join(Settlement, col(Settlement.id) == col(Statement.settlement_id))
        .where(Settlement.period == period, Statement.state == StatementState.DRAFT)
        .order_by(col(Statement.number))
    )
    numbers = uow.session.exec(query).all()
    if not numbers:
        raise NothingToLock(period=period)
    return [lock(uow, number, actor_id=actor_id, now=now) for number in numbers]


def publish(uow: UnitOfWork, number: str, *, actor_id: int | None, now: datetime) -> Statement:
    """Put a statement up for objections, for some working days."""
    statement = _step(uow, number, StatementStep.PUBLISH)
    today = local(now).date()
    statement.publicity_from = today
    statement.publicity_to = _working_days_after(uow, today, PUBLICITY_DAYS)
    return _went(
        uow, statement, StatementPublished, to=StatementState.PUBLICITY, by=(actor_id, now)
    )


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
    _went(uow, statement, StatementObjected, to=statement.state, by=(actor_id, now))
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
    _went(uow, statement, StatementAnswered, to=statement.state, by=(actor_id, now))


def approve(uow: UnitOfWork, number: str, *, actor_id: int | None, now: datetime) -> Statement:
    """A second person lets a statement be paid, when publicity is over and nothing is open."""
    statement = _step(uow, number, StatementStep.APPROVE)
    if statement.publicity_to is None or local(now).date() <= statement.publicity_to:
        raise PublicityRunning(statement=number, until=statement.publicity_to)
    if open_objections(uow.session, statement.key):
        raise ObjectionOpen(statement=number)
    if actor_id is not None and actor_id == statement.locked_by:
        raise SamePerson(statement=number)
    statement.approved_by, statement.approved_at = actor_id, now
    _post(uow, statement, AccountKind.SUBSIDY_EXPENSE, credit=AccountKind.SUBSIDY_PAYABLE, now=now)
    return _went(uow, statement, StatementApproved, to=StatementState.APPROVED, by=(actor_id, now))


def pay(
    uow: UnitOfWork, number: str, reference: str = "", *, actor_id: int | None, now: datetime
) -> Statement:
    """Record that the bank paid a statement."""
    statement = _step(uow, number, StatementStep.PAY)
    statement.paid_by, statement.paid_at = actor_id, now
    statement.payment_reference = reference.strip()
    _post(uow, statement, AccountKind.SUBSIDY_PAYABLE, credit=AccountKind.BANK, now=now)
    return _went(uow, statement, StatementPaid, to=StatementState.PAID, by=(actor_id, now))


def withdraw(
    uow: UnitOfWork, number: str, reason: str, *, actor_id: int | None, now: datetime
) -> Statement:
    """Take a locked statement back to a draft of the next revision; what was locked is kept."""
    statement = _step(uow, number, StatementStep.WITHDRAW)
    if not reason.strip():
        raise ReasonMissing(step=StatementStep.WITHDRAW)
    uow.session.execute(
        sa.update(StatementLine)
        .where(col(StatementLine.statement_id) == statement.key, col(StatementLine.live))
        .values(live=False)
    )
    statement.revision += 1
    statement.state_reason = reason.strip()
    statement.publicity_from = statement.publicity_to = None
    return _went(uow, statement, StatementWithdrawn, to=StatementState.DRAFT, by=(actor_id, now))


def _step(uow: UnitOfWork, number: str, step: StatementStep) -> Statement:
    """The statement, if the table of states lets it go this step."""
    statement = statement_for_update(uow.session, number)
    if (statement.state, step) not in STATEMENT_TRANSITIONS:
        raise IllegalStep(step=step, state=statement.state, statement=number)
    return statement


def _went(
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


def _post(
    uow: UnitOfWork, statement: Statement, debit: AccountKind, *, credit: AccountKind, now: datetime
) -> None:
    """Owed when approved, paid when paid; a statement that claws back posts the other way."""
    owner, amount = statement.organisation_id, statement.payable_fen
    post(
        uow,
        f"statement:{statement.number}/{statement.revision}:{credit.value}",
        [Leg(debit, owner, amount), Leg(credit, owner, -amount)],
        at=now,
    )


def _working_days_after(uow: UnitOfWork, first: date, days: int) -> date:
    calendar, day = calendar_from(uow.session, first), first
    while days:
        day += _DAY
        if day.year not in calendar.years:
            raise CalendarMissing(year=day.year)
        days -= is_working_day(day, calendar)
    return day
