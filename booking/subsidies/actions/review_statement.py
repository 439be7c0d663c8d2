"""The life of a statement after it is drawn up: lock, publish, approve, withdraw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from booking.db.patience import take_your_time
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.statutory import calendar_from
from booking.instruments.rules.filing import is_working_day
from booking.kernel.clock import local
from booking.kernel.errors import BookingError, NotFound
from booking.ledger.models import AccountKind
from booking.subsidies.actions.seal import hold_chain, seal
from booking.subsidies.actions.stepping import book, stepping, went
from booking.subsidies.errors import (
    CalendarMissing,
    CorrectedLater,
    NothingToLock,
    ObjectionOpen,
    PublicityRunning,
    ReasonMissing,
    SamePerson,
    StaleDrafts,
)
from booking.subsidies.events import (
    StatementApproved,
    StatementLocked,
    StatementPublished,
    StatementWithdrawn,
)
from booking.subsidies.models.statement import (
    Settlement,
    Statement,
    StatementLine,
)
from booking.subsidies.queries.statements import (
    corrected_in,
    hold_settlement,
    hold_settlement_of,
    open_objections,
    stale_since,
)
from booking.subsidies.states import StatementState, StatementStep

OWED = (AccountKind.SUBSIDY_EXPENSE, AccountKind.SUBSIDY_PAYABLE)
# 公示 lasts this many working days after the day it begins.
PUBLICITY_DAYS = 5
_DAY = timedelta(days=1)


def lock(uow: UnitOfWork, number: str, *, actor_id: int | None, now: datetime) -> Statement:
    """Freeze a statement: its bytes are kept, hashed, and never change again."""
    hold_settlement_of(uow.session, number)
    end = hold_chain(uow)
    statement = stepping(uow, number, StatementStep.LOCK)
    if stale_since(uow.session, statement.settlement_id) is not None:
        raise StaleDrafts(statement=number)
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
    take_your_time(uow.session)
    try:
        hold_settlement(uow.session, period)
    except NotFound:
        raise NothingToLock(period=period) from None
    numbers = _numbers(uow, period, StatementState.DRAFT)
    if not numbers:
        raise NothingToLock(period=period)
    return [lock(uow, number, actor_id=actor_id, now=now) for number in numbers]


@dataclass(frozen=True, slots=True)
class Refused:
    """A statement that could not go the step, and why."""

    number: str
    error: BookingError


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of all statements of a period that might have gone a step."""

    done: Sequence[str]
    refused: Sequence[Refused]


def publish_settlement(
    uow: UnitOfWork, period: str, *, actor_id: int | None, now: datetime
) -> Swept:
    """Publish every locked statement of a period; each that cannot be is named."""
    take_your_time(uow.session)
    hold_settlement(uow.session, period)
    numbers = _numbers(uow, period, StatementState.LOCKED)
    return _each(uow, numbers, lambda one: publish(uow, one, actor_id=actor_id, now=now))


def approve_settlement(
    uow: UnitOfWork, period: str, *, actor_id: int | None, now: datetime
) -> Swept:
    """Approve every statement of a period whose publicity is over; each that cannot be is named."""
    take_your_time(uow.session)
    hold_settlement(uow.session, period)
    numbers = _numbers(uow, period, StatementState.PUBLICITY)
    return _each(uow, numbers, lambda one: approve(uow, one, actor_id=actor_id, now=now))


def _numbers(uow: UnitOfWork, period: str, state: StatementState) -> Sequence[str]:
    query = (
        select(Statement.number)
        .join(Settlement, col(Settlement.id) == col(Statement.settlement_id))
        .where(Settlement.period == period, Statement.state == state)
        .order_by(col(Statement.number))
    )
    return uow.session.exec(query).all()


def _each(uow: UnitOfWork, numbers: Sequence[str], step: Callable[[str], object]) -> Swept:
    done, refused = [], []
    for number in numbers:
        try:
            with uow.session.begin_nested():
                step(number)
        except BookingError as error:
            refused.append(Refused(number, error))
        else:
            done.append(number)
    return Swept(done, refused)


def publish(uow: UnitOfWork, number: str, *, actor_id: int | None, now: datetime) -> Statement:
    """Put a statement up for objections, for some working days."""
    statement = stepping(uow, number, StatementStep.PUBLISH)
    today = local(now).date()
    statement.publicity_from = today
    statement.publicity_to = _working_days_after(uow, today, PUBLICITY_DAYS)
    return went(uow, statement, StatementPublished, to=StatementState.PUBLICITY, by=(actor_id, now))


def approve(uow: UnitOfWork, number: str, *, actor_id: int | None, now: datetime) -> Statement:
    """A second person lets a statement be paid, when publicity is over and nothing is open."""
    statement = stepping(uow, number, StatementStep.APPROVE)
    if statement.publicity_to is None or local(now).date() <= statement.publicity_to:
        raise PublicityRunning(statement=number, until=statement.publicity_to)
    if open_objections(uow.session, statement.key):
        raise ObjectionOpen(statement=number)
    if actor_id is not None and actor_id == statement.locked_by:
        raise SamePerson(statement=number)
    statement.approved_by, statement.approved_at = actor_id, now
    book(uow, statement, OWED, at=now)
    return went(uow, statement, StatementApproved, to=StatementState.APPROVED, by=(actor_id, now))


def withdraw(
    uow: UnitOfWork, number: str, reason: str, *, actor_id: int | None, now: datetime
) -> Statement:
    """Take a locked statement back to a draft of the next revision; what was locked is kept."""
    hold_settlement_of(uow.session, number)
    statement = stepping(uow, number, StatementStep.WITHDRAW)
    if not reason.strip():
        raise ReasonMissing(step=StatementStep.WITHDRAW)
    if later := corrected_in(uow.session, statement.key, locked=True):
        raise CorrectedLater(statement=number, later=later)
    uow.session.execute(
        sa.update(StatementLine)
        .where(col(StatementLine.statement_id) == statement.key, col(StatementLine.live))
        .values(live=False)
    )
    statement.revision += 1
    statement.state_reason = reason.strip()
    statement.publicity_from = statement.publicity_to = None
    return went(uow, statement, StatementWithdrawn, to=StatementState.DRAFT, by=(actor_id, now))


def _working_days_after(uow: UnitOfWork, first: date, days: int) -> date:
    calendar, day = calendar_from(uow.session, first), first
    while days:
        day += _DAY
        if day.year not in calendar.years:
            raise CalendarMissing(year=day.year)
        days -= is_working_day(day, calendar)
    return day
