"""What a settlement holds item by item, and by what it differs from the time before."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.organisations.models import Organisation
from booking.subsidies.models.difference import SettlementDifference
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.subsidies.rules.differences import DifferenceKind, Item

_LINE = StatementLine


def payable_items(session: Session, settlement_id: int) -> dict[Item, int]:
    """What each item of a settlement comes to, corrections included."""
    query = (
        sa.select(
            col(Statement.organisation_id),
            col(_LINE.programme),
            col(_LINE.reference),
            sa.func.sum(col(_LINE.payable_fen)),
        )
        .join_from(_LINE, Statement, col(Statement.id) == col(_LINE.statement_id))
        .where(col(_LINE.settlement_id) == settlement_id, col(_LINE.live))
        .group_by(col(Statement.organisation_id), col(_LINE.programme), col(_LINE.reference))
    )
    return {Item(*item): int(paid) for *item, paid in session.execute(query)}


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A difference as the desk shows it."""

    organisation: str
    programme: str
    reference: str
    kind: DifferenceKind
    before_fen: int
    after_fen: int
    organisation_en: str


@dataclass(frozen=True, slots=True)
class Differences:
    """How often a period was drawn up, and what the last time changed."""

    runs: int
    count: int
    change_fen: int
    first: list[DifferenceRow]


def differences_of(session: Session, period: str, *, at_most: int = 50) -> Differences:
    """What the last run of a period changed: sums of all, and the largest of them."""
    runs = session.execute(
        sa.select(col(Settlement.runs)).where(col(Settlement.period) == period)
    ).scalar_one_or_none()
    of_period = col(Settlement.period) == period
    changed = col(SettlementDifference.after_fen) - col(SettlementDifference.before_fen)
    joined = sa.join(
        SettlementDifference,
        Settlement,
        col(Settlement.id) == col(SettlementDifference.settlement_id),
    )
    count, change = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(changed), 0))
        .select_from(joined)
        .where(of_period)
    ).one()
    rows = session.execute(
        sa.select(
            col(Organisation.name),
            col(SettlementDifference.programme),
            col(SettlementDifference.reference),
            col(SettlementDifference.kind),
            col(SettlementDifference.before_fen),
            col(SettlementDifference.after_fen),
            col(Organisation.name_en),
        )
        .select_from(joined)
        .join(Organisation, col(Organisation.id) == col(SettlementDifference.organisation_id))
        .where(of_period)
        .order_by(sa.func.abs(changed).desc(), col(SettlementDifference.id))
        .limit(at_most)
    )
    return Differences(runs or 0, int(count), int(change), [DifferenceRow(*row) for row in rows])
