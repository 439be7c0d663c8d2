"""What statements already hold of a loan's interest, stretch by stretch."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.subsidies.models.statement import StatementLine


@dataclass(frozen=True, slots=True)
class Held:
    """The sum of all live lines of one programme for one loan and the same days."""

    credit_line_id: int
    version: int
    days: tuple[date, date]
    interest_fen: int
    wanted_fen: int
    payable_fen: int


def interest_held(
    session: Session, code: str, *, before: date, credit_line_ids: Collection[int]
) -> list[Held]:
    """Stretches that ended by a day, oldest first."""
    line = StatementLine
    query = (
        sa.select(
            col(line.credit_line_id),
            col(line.span_from),
            col(line.span_until),
            sa.func.max(col(line.version)),
            sa.func.sum(col(line.amount_fen)),
            sa.func.sum(col(line.before_fen)),
            sa.func.sum(col(line.payable_fen)),
        )
        .where(
            col(line.live),
            col(line.programme) == code,
            col(line.credit_line_id).in_(list(credit_line_ids)),
            col(line.span_until) <= before,
        )
        .group_by(col(line.credit_line_id), col(line.span_from), col(line.span_until))
        .order_by(col(line.credit_line_id), col(line.span_from))
    )
    return [
        Held(key, version, (first, until), int(interest), int(wanted), int(paid))
        for key, first, until, version, interest, wanted, paid in session.execute(query)
    ]
