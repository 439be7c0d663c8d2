"""What is to be recovered, and whether a statement says so already."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from booking.kernel.errors import NotFound
from booking.subsidies.models.clawback import Clawback
from booking.subsidies.models.statement import (
    LineKind,
    Settlement,
    Statement,
    StatementLine,
)
from booking.subsidies.states import StatementState

_LINE = StatementLine


@dataclass(frozen=True, slots=True)
class Recovery:
    """An amount to be written into the next statement, and the line that was paid."""

    clawback_id: int
    line_id: int
    owner_id: int
    amount_fen: int
    reason: str
    number: str
    kind: LineKind
    programme: str
    version: int
    charge_id: int | None
    credit_line_id: int | None
    reference: str
    day: date
    period_year: int
    user_key: str
    group_key: str
    provider_id: int | None
    instrument_id: int | None
    span_from: date | None
    span_until: date | None


def to_recover(session: Session, *, until: date, frozen: Collection[int]) -> list[Recovery]:
    """What no live line recovers yet, of statements of periods that ended by a day."""
    drawn = sa.select(col(_LINE.clawback_id)).where(
        col(_LINE.live), col(_LINE.clawback_id).is_not(None)
    )
    query = (
        sa.select(
            col(Clawback.id),
            col(_LINE.id),
            col(Statement.organisation_id),
            col(Clawback.amount_fen),
            col(Clawback.reason),
            col(Statement.number),
            col(_LINE.kind),
            col(_LINE.programme),
            col(_LINE.version),
            col(_LINE.charge_id),
            col(_LINE.credit_line_id),
            col(_LINE.reference),
            col(_LINE.day),
            col(_LINE.period_year),
            col(_LINE.user_key),
            col(_LINE.group_key),
            col(_LINE.provider_id),
            col(_LINE.instrument_id),
            col(_LINE.span_from),
            col(_LINE.span_until),
        )
        .join_from(Clawback, _LINE, col(_LINE.id) == col(Clawback.line_id))
        .join(Statement, col(Statement.id) == col(_LINE.statement_id))
        .join(Settlement, col(Settlement.id) == col(Statement.settlement_id))
        .where(col(Clawback.id).not_in(drawn), col(Settlement.until) <= until)
        .order_by(col(Clawback.id))
    )
    found = [Recovery(*row) for row in session.execute(query)]
    return [one for one in found if one.owner_id not in frozen]


def paid_line(session: Session, number: str, position: int) -> StatementLine:
    """A line of a statement as it was locked last; NotFound when there is none."""
    query = (
        select(StatementLine)
        .join(Statement, col(Statement.id) == col(_LINE.statement_id))
        .where(
            col(Statement.number) == number,
            col(Statement.revision) == col(_LINE.revision),
            col(Statement.state) != StatementState.DRAFT,
            col(_LINE.position) == position,
            col(_LINE.live),
        )
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound(statement=number, line=position)
    return found


def recoverable_fen(session: Session, line_id: int) -> int:
    """What of a line, with what corrected it, was granted and not asked back yet."""
    paid = sa.select(sa.func.coalesce(sa.func.sum(col(_LINE.payable_fen)), 0)).where(
        sa.or_(col(_LINE.id) == line_id, col(_LINE.corrects_id) == line_id),
        col(_LINE.clawback_id).is_(None),
        col(_LINE.live),
    )
    asked = sa.select(sa.func.coalesce(sa.func.sum(col(Clawback.amount_fen)), 0)).where(
        col(Clawback.line_id) == line_id
    )
    return int(session.execute(paid).scalar_one()) - int(session.execute(asked).scalar_one())


@dataclass(frozen=True, slots=True)
class ClawbackRow:
    """A recovery as the statement that was paid shows it."""

    position: int
    amount_fen: int
    reason: str
    entered_at: datetime
    drawn_in: str | None


def clawbacks_of(session: Session, statement_id: int) -> list[ClawbackRow]:
    """What is recovered of a statement's lines, and in which statement."""
    drawn, other = aliased(StatementLine), aliased(Statement)
    query = (
        sa.select(
            col(_LINE.position),
            col(Clawback.amount_fen),
            col(Clawback.reason),
            col(Clawback.entered_at),
            col(other.number),
        )
        .join_from(Clawback, _LINE, col(_LINE.id) == col(Clawback.line_id))
        .outerjoin(drawn, sa.and_(col(drawn.clawback_id) == col(Clawback.id), col(drawn.live)))
        .outerjoin(other, col(other.id) == col(drawn.statement_id))
        .where(col(_LINE.statement_id) == statement_id)
        .order_by(col(Clawback.id))
    )
    return [ClawbackRow(*row) for row in session.execute(query)]
