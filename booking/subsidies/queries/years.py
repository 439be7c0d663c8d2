"""A year at the desk: every period's state and sums, and the budgets that end with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.subsidies.queries.programmes import active_programmes
from booking.subsidies.rules.programme import Programme
from booking.subsidies.states import StatementState


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A settled period by the states of its statements."""

    period: str
    payable_fen: int
    counts: dict[StatementState, int]

    @property
    def open(self) -> int:
        return sum(n for state, n in self.counts.items() if state is not StatementState.PAID)


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A version's budget, what was granted out of it, and what of that year is still open."""

    programme: Programme
    granted_fen: int
    paid_fen: int
    # Of all years: what a budget that lasts as long as its versions has given out.
    given_out_fen: int

    @property
    def left_fen(self) -> int | None:
        budget = self.programme.budget
        if budget is None or budget.rule == "pro_rata":
            return None
        return max(budget.amount - self.given_out_fen, 0)


def periods_of(session: Session, first: date, until: date) -> list[PeriodRow]:
    """The settled periods that end within a year, in order."""
    query = (
        sa.select(
            col(Settlement.period),
            col(Statement.state),
            sa.func.count(col(Statement.id)),
            sa.func.coalesce(sa.func.sum(col(Statement.payable_fen)), 0),
        )
        .join_from(
            Settlement, Statement, col(Statement.settlement_id) == col(Settlement.id), isouter=True
        )
        .where(col(Settlement.until) > first, col(Settlement.until) <= until)
        .group_by(col(Settlement.until), col(Settlement.period), col(Statement.state))
        .order_by(col(Settlement.until), col(Settlement.period))
    )
    found: dict[str, PeriodRow] = {}
    for period, state, count, payable in session.execute(query):
        known = found.get(period, PeriodRow(period, 0, {}))
        counts = known.counts if state is None else {**known.counts, state: int(count)}
        found[period] = PeriodRow(period, known.payable_fen + int(payable), counts)
    return list(found.values())


def budgets_of(session: Session, year: int) -> list[BudgetRow]:
    """What each programme granted for uses and interest of a cap year, and what of it was paid."""
    of_year = col(StatementLine.period_year) == year
    paid = sa.and_(of_year, col(Statement.state) == StatementState.PAID)
    query = (
        sa.select(
            col(StatementLine.programme),
            col(StatementLine.version),
            sa.func.sum(sa.case((of_year, col(StatementLine.granted_fen)), else_=0)),
            sa.func.sum(sa.case((paid, col(StatementLine.payable_fen)), else_=0)),
            sa.func.sum(col(StatementLine.granted_fen)),
        )
        .join_from(StatementLine, Statement, col(Statement.id) == col(StatementLine.statement_id))
        .where(col(StatementLine.live))
        .group_by(col(StatementLine.programme), col(StatementLine.version))
    )
    sums = {
        (code, number): (int(year_fen), int(paid_fen), int(all_fen))
        for code, number, year_fen, paid_fen, all_fen in session.execute(query)
    }
    nothing = 0, 0, 0
    return [
        BudgetRow(
            terms,
            *sums.get((terms.id, terms.version), nothing)[:2],
            sum(
                sums.get((terms.id, version), nothing)[2]
                for version in terms.funded_with or (terms.version,)
            ),
        )
        for terms in active_programmes(session)
        if terms.valid_from.year <= year <= terms.valid_to.year
    ]


def months_missing(rows: Sequence[PeriodRow], year: int) -> list[str]:
    """The months of a year that were never settled."""
    known = {row.period for row in rows}
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    return [month for month in months if month not in known]
