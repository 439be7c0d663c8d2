"""Settlements as the desk and the list show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.reservations.models.usage import UsageSession
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.subsidies.queries.statements import ROW, SUMS, StatementRow
from booking.subsidies.states import STATEMENT_ORDER


@dataclass(frozen=True, slots=True)
class SettlementView:
    """A settlement with its statements and their sums."""

    period: str
    state: str
    settled_at: datetime
    programmes: list[dict[str, object]]
    statements: list[StatementRow]
    totals: dict[str, int]


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """A settlement as a list shows it."""

    period: str
    settled_at: datetime
    statements: int
    payable_fen: int


def settlement_view(session: Session, period: str) -> SettlementView:
    """A period's settlement; NotFound when it was never made."""
    query = sa.select(
        col(Settlement.period), col(Settlement.settled_at), col(Settlement.programmes)
    ).where(col(Settlement.period) == period)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(period=period)
    rows = [
        StatementRow(*row)
        for row in session.execute(
            ROW.where(col(Settlement.period) == period).order_by(col(Statement.number))
        )
    ]
    totals = {name: sum(getattr(row, name) for row in rows) for name in SUMS}
    totals |= _uses(session, period)
    return SettlementView(period, state_of(rows), found[1], list(found[2]), rows, totals)


def _uses(session: Session, period: str) -> dict[str, int]:
    """Uses once each, although user and provider may both have a statement over them."""
    once = (
        sa.select(
            sa.func.max(col(StatementLine.amount_fen)).label("spend"),
            sa.func.max(
                sa.case((col(StatementLine.eligible), col(StatementLine.base_fen)), else_=0)
            ).label("base"),
            # A correction is about a use that was counted before.
            sa.func.min(sa.case((col(StatementLine.corrects_id).is_(None), 1), else_=0)).label(
                "fresh"
            ),
        )
        .join_from(
            StatementLine, Settlement, col(Settlement.id) == col(StatementLine.settlement_id)
        )
        .where(
            col(Settlement.period) == period,
            col(StatementLine.live),
            col(StatementLine.charge_id).is_not(None),
            col(StatementLine.clawback_id).is_(None),
        )
        .group_by(col(StatementLine.charge_id))
        .subquery()
    )
    query = sa.select(
        sa.func.coalesce(sa.func.sum(once.c.fresh), 0),
        sa.func.coalesce(sa.func.sum(once.c.spend), 0),
        sa.func.coalesce(sa.func.sum(once.c.base), 0),
    ).select_from(once)
    uses, spend, base = session.execute(query).one()
    return {"use_count": int(uses), "spend_fen": int(spend), "base_fen": int(base)}


def state_of(rows: Sequence[StatementRow]) -> str:
    """How far a settlement has come: as far as its slowest statement."""
    states = {row.state for row in rows}
    return next((state.value for state in STATEMENT_ORDER if state in states), "draft")


def settlements(session: Session) -> list[SettlementRow]:
    """Every settlement, the newest first."""
    query = (
        sa.select(
            col(Settlement.period),
            col(Settlement.settled_at),
            sa.func.count(col(Statement.id)),
            sa.func.coalesce(sa.func.sum(col(Statement.payable_fen)), 0),
        )
        .join_from(
            Settlement,
            Statement,
            col(Statement.settlement_id) == col(Settlement.id),
            isouter=True,
        )
        .group_by(col(Settlement.id), col(Settlement.period), col(Settlement.settled_at))
        .order_by(col(Settlement.first).desc(), col(Settlement.period))
    )
    return [SettlementRow(p, at, int(n), int(paid)) for p, at, n, paid in session.execute(query)]


def settled_months(session: Session) -> set[Period]:
    """The months that were settled after they had ended; before, a settlement is provisional."""
    query = sa.select(col(Settlement.period), col(Settlement.settled_at)).where(
        col(Settlement.period).like("____-__"), col(Settlement.period).not_like("%Q%")
    )
    found = ((Period.parse(code), settled_at) for code, settled_at in session.execute(query))
    return {month for month, settled_at in found if settled_at >= month.span.end}


def unconfirmed_uses(session: Session, period: Period) -> int:
    """Uses that ended in a period and wait for somebody's word."""
    query = sa.select(sa.func.count()).where(
        col(UsageSession.ended_at) >= period.span.start,
        col(UsageSession.ended_at) < period.span.end,
        col(UsageSession.settled_at).is_(None),
    )
    return int(session.execute(query).scalar_one())
