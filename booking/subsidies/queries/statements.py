"""Settlements and statements as desks and lists show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation
from booking.subsidies.models.statement import (
    Objection,
    Settlement,
    Statement,
    StatementLine,
    StatementSnapshot,
)
from booking.subsidies.rules.document import digest
from booking.subsidies.states import StatementState

SUMS = (
    "line_count",
    "use_count",
    "spend_fen",
    "base_fen",
    "usage_fen",
    "provider_fen",
    "interest_fen",
    "cut_fen",
    "payable_fen",
)


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement as lists show it."""

    id: int
    number: str
    period: str
    organisation_id: int
    organisation: str
    uscc: str | None
    revision: int
    state: StatementState
    state_reason: str
    line_count: int
    use_count: int
    spend_fen: int
    base_fen: int
    usage_fen: int
    provider_fen: int
    interest_fen: int
    cut_fen: int
    payable_fen: int
    remarks: list[str]
    sha256: str
    locked_at: datetime | None
    publicity_from: date | None
    publicity_to: date | None
    approved_at: datetime | None
    paid_at: datetime | None
    payment_reference: str
    bank_name: str
    bank_account_name: str
    bank_account_no: str
    organisation_en: str


ROW = (
    sa.select(
        col(Statement.id),
        col(Statement.number),
        col(Settlement.period),
        col(Statement.organisation_id),
        col(Organisation.name),
        col(Organisation.uscc),
        col(Statement.revision),
        col(Statement.state),
        col(Statement.state_reason),
        *(sa.inspect(Statement).columns[name] for name in SUMS),
        col(Statement.remarks),
        col(Statement.sha256),
        col(Statement.locked_at),
        col(Statement.publicity_from),
        col(Statement.publicity_to),
        col(Statement.approved_at),
        col(Statement.paid_at),
        col(Statement.payment_reference),
        col(Organisation.bank_name),
        col(Organisation.bank_account_name),
        col(Organisation.bank_account_no),
        col(Organisation.name_en),
    )
    .join_from(Statement, Settlement, col(Settlement.id) == col(Statement.settlement_id))
    .join(Organisation, col(Organisation.id) == col(Statement.organisation_id))
)


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Which statements a list asks for."""

    period: str | None = None
    organisation_id: int | None = None
    state: StatementState | None = None


def statements_visible_to(
    session: Session,
    actor: Actor,
    asked: StatementFilter,
    *,
    after: str | None = None,
    take: int = 201,
) -> list[StatementRow]:
    """Statements that this person may see, by number."""
    query = ROW.where(_visible(actor)).order_by(col(Statement.number)).limit(take)
    if asked.period is not None:
        query = query.where(col(Settlement.period) == asked.period)
    if asked.organisation_id is not None:
        query = query.where(col(Statement.organisation_id) == asked.organisation_id)
    if asked.state is not None:
        query = query.where(col(Statement.state) == asked.state)
    if after is not None:
        query = query.where(col(Statement.number) > after)
    return [StatementRow(*row) for row in session.execute(query)]


def statement_seen_by(session: Session, number: str, actor: Actor) -> StatementRow:
    """One statement that this person may see; NotFound otherwise."""
    row = session.execute(ROW.where(col(Statement.number) == number, _visible(actor))).one_or_none()
    if row is None:
        raise NotFound(statement=number)
    return StatementRow(*row)


def statement_row(session: Session, number: str) -> StatementRow:
    """One statement, whoever asks."""
    row = session.execute(ROW.where(col(Statement.number) == number)).one_or_none()
    if row is None:
        raise NotFound(statement=number)
    return StatementRow(*row)


def statement_for_update(session: Session, number: str) -> Statement:
    """A statement to change, locked until the deed ends."""
    query = select(Statement).where(Statement.number == number).with_for_update()
    found = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(statement=number)
    return found


def hold_settlement_of(session: Session, number: str) -> None:
    """Wait until nobody draws up the period of a statement, and let nobody begin."""
    of_statement = select(Statement.settlement_id).where(Statement.number == number)
    query = select(Settlement.id).where(col(Settlement.id).in_(of_statement)).with_for_update()
    session.exec(query).all()


def hold_settlement(session: Session, period: str) -> None:
    """The same for a period; NotFound when it was never drawn up."""
    query = select(Settlement.id).where(Settlement.period == period).with_for_update()
    if session.exec(query).one_or_none() is None:
        raise NotFound(period=period)


def stale_since(session: Session, settlement_id: int) -> datetime | None:
    """Since when the drafts of a settlement say what no longer holds."""
    return session.exec(select(Settlement.stale_at).where(Settlement.id == settlement_id)).one()


def lines_of(session: Session, statement_id: int, revision: int) -> Sequence[StatementLine]:
    """The lines of a statement as it stands, in order."""
    query = (
        select(StatementLine)
        .where(
            StatementLine.statement_id == statement_id,
            StatementLine.revision == revision,
            col(StatementLine.live),
        )
        .order_by(col(StatementLine.position))
    )
    return session.exec(query).all()


def snapshot_content(session: Session, statement_id: int, revision: int) -> str | None:
    """The bytes that were locked, if they were."""
    query = select(StatementSnapshot.content).where(
        StatementSnapshot.statement_id == statement_id, StatementSnapshot.revision == revision
    )
    return session.exec(query).one_or_none()


def broken_snapshots(session: Session) -> tuple[int, list[str]]:
    """How many locked documents there are, and the numbers of those whose hash is wrong."""
    query = sa.select(
        col(Statement.number), col(StatementSnapshot.sha256), col(StatementSnapshot.content)
    ).join_from(
        StatementSnapshot, Statement, col(Statement.id) == col(StatementSnapshot.statement_id)
    )
    proven, broken = 0, []
    for number, sha256, content in session.execute(query.execution_options(yield_per=50)):
        proven += 1
        if digest(content) != sha256:
            broken.append(number)
    return proven, broken


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """What was said against a statement, and what was answered."""

    id: int
    raised_at: datetime
    text: str
    answer: str
    answered_at: datetime | None


def objections_of(session: Session, statement_id: int) -> list[ObjectionRow]:
    """What was said against a statement, oldest first."""
    query = (
        sa.select(
            col(Objection.id),
            col(Objection.raised_at),
            col(Objection.text),
            col(Objection.answer),
            col(Objection.answered_at),
        )
        .where(col(Objection.statement_id) == statement_id)
        .order_by(col(Objection.id))
    )
    return [ObjectionRow(*row) for row in session.execute(query)]


def open_objections(session: Session, statement_id: int) -> int:
    """How many objections wait for an answer."""
    query = sa.select(sa.func.count()).where(
        col(Objection.statement_id) == statement_id, col(Objection.answered_at).is_(None)
    )
    return int(session.execute(query).scalar_one())


def corrected_in(session: Session, statement_id: int, *, locked: bool) -> list[str]:
    """The statements, locked ones or drafts, that correct or recover lines of this one."""
    corrected = aliased(StatementLine)
    query = (
        sa.select(col(Statement.number))
        .join_from(StatementLine, Statement, col(Statement.id) == col(StatementLine.statement_id))
        .join(corrected, col(corrected.id) == col(StatementLine.corrects_id))
        .where(
            col(corrected.statement_id) == statement_id,
            col(StatementLine.live),
            col(StatementLine.locked) == locked,
        )
        .distinct()
        .order_by(col(Statement.number))
    )
    return list(session.execute(query).scalars())


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    """A company sees its own statements, provisional drafts too; never another's."""
    reach = actor.reach(Permission.STATEMENT_READ)
    if reach.everywhere:
        return sa.true()
    return col(Statement.organisation_id).in_(sorted(reach.organisation_ids))
