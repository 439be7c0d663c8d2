"""The settlement desk: a period as a line of steps, with counts, amounts and what blocks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.subsidies.queries.blockers import (
    Blocker,
    of_calendar,
    of_drafts,
    of_payment,
    of_records,
    of_statements,
)
from booking.subsidies.queries.settlements import SettlementView, settlement_view
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.states import STATEMENT_ORDER, StatementState


@dataclass(frozen=True, slots=True)
class DeskStep:
    """`code` is in the catalogues; `mark` is done, now or todo."""

    code: str
    mark: str
    count: int
    of: int
    amount_fen: int
    blockers: Sequence[Blocker] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """A period at a glance; `over` is how many statements may be approved today."""

    view: SettlementView | None
    steps: Sequence[DeskStep]
    counts: dict[StatementState, int]
    over: int

    @property
    def rows(self) -> Sequence[StatementRow]:
        return self.view.statements if self.view else ()


def desk_of(session: Session, period: Period, today: date) -> Desk:
    """How far a period has come, and what stands in its way."""
    try:
        view = settlement_view(session, period.code)
    except NotFound:
        view = None
    rows = view.statements if view else []
    missing = of_records(session, period)
    waiting = sum(one.count for one in missing)
    steps = [
        DeskStep(
            "records", "now" if waiting and not view else "done", waiting, waiting, 0, missing
        ),
        DeskStep(
            "reckon",
            "done" if view else "now",
            len(rows),
            len(rows),
            view.totals["payable_fen"] if view else 0,
        ),
    ]
    blocked = {
        StatementState.LOCKED: of_drafts(session, period.code),
        StatementState.PUBLICITY: of_calendar(session, today),
        StatementState.APPROVED: of_statements(session, period.code),
        StatementState.PAID: of_payment(session, period.code),
    }
    for state, past in zip(STATEMENT_ORDER[1:], STATEMENT_ORDER, strict=False):
        steps.append(_step(rows, state, past, blockers=blocked.get(state, ())))
    counts = {state: sum(row.state is state for row in rows) for state in StatementState}
    over = sum(
        row.publicity_to is not None and row.publicity_to < today
        for row in rows
        if row.state is StatementState.PUBLICITY
    )
    return Desk(view, steps, counts, over)


def _step(
    rows: Sequence[StatementRow],
    state: StatementState,
    past: StatementState,
    *,
    blockers: Sequence[Blocker],
) -> DeskStep:
    reached = [row for row in rows if _place(row.state) >= _place(state)]
    here = any(row.state is past for row in rows)
    mark = "done" if rows and len(reached) == len(rows) else "now" if here else "todo"
    amount = sum(row.payable_fen for row in reached)
    relevant = blockers if here else ()
    return DeskStep(state.value, mark, len(reached), len(rows), amount, relevant)


def _place(state: StatementState) -> int:
    return STATEMENT_ORDER.index(state)
