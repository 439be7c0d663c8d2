"""A credit line as its company and finance read it: what is owed, asked, free, due and overdue."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from booking.loans.queries.draws import asked_on
from booking.loans.queries.lines import LoanRow, loan_values
from booking.loans.queries.promises import PromiseRow, progress_of, promises
from booking.loans.queries.repayment import agreed_on
from booking.loans.rules.balances import Loan, beyond_orders, outstanding, overdue_on
from booking.loans.rules.dues import Agreed, Next, Plan, plan, still_due
from booking.loans.rules.promises import Progress

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Account:
    """A credit line with all that happened to it, on a day."""

    row: LoanRow
    loan: Loan
    asked_fen: int
    agreed: Sequence[Agreed]
    plan: Plan
    today: date

    @property
    def owed_fen(self) -> int:
        return outstanding(self.loan, self.today)

    @property
    def available_fen(self) -> int:
        """What neither is owed nor waits for the bank."""
        return max(self.row.credit_limit_fen - self.owed_fen - self.asked_fen, 0)

    @property
    def is_overdue(self) -> bool:
        return overdue_on(self.loan, self.today)

    @property
    def beyond_fen(self) -> int:
        """What is to be repaid because charges were corrected after they were drawn for."""
        return beyond_orders(self.loan, self.today)

    @property
    def due(self) -> Sequence[Next]:
        return still_due(self.plan)

    def curve(self) -> Iterator[tuple[date, int]]:
        """What is owed on the first of each month: as it was, then as it is planned."""
        if not self.loan.draws:
            return
        first = min(draw.day for draw in self.loan.draws)
        last = max([self.today, *(one.day for one in self.due)])
        planned = sum(one.principal for one in self.due)
        for day in _firsts(first, last):
            if day <= self.today:
                yield day, outstanding(self.loan, day)
            else:
                repaid = planned - sum(one.principal for one in self.due if one.day > day)
                yield day, self.owed_fen - repaid


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised for a loan, and its years that have begun, the newest first."""

    row: PromiseRow
    years: Sequence[Progress]


def promised_on(
    session: Session, today: date, *, ids: Collection[int] | None = None, back: int | None = None
) -> list[Promised]:
    """What was promised on these credit lines, or on all; `back` leaves out what is long over."""
    rows = promises(session, ids)
    found = progress_of(session, rows, today, back=back)
    return [Promised(row, found.get(row.credit_line_id, [])[::-1]) for row in rows]


def accounts_of(session: Session, rows: Sequence[LoanRow], today: date) -> list[Account]:
    """These credit lines on a day."""
    ids = [row.id for row in rows]
    values, asked, agreed = (
        loan_values(session, ids),
        asked_on(session, ids),
        agreed_on(session, ids),
    )
    return [
        Account(
            row=row,
            loan=values[row.id],
            asked_fen=asked.get(row.id, 0),
            agreed=agreed.get(row.id, []),
            plan=plan(values[row.id], agreed.get(row.id, [])),
            today=today,
        )
        for row in rows
    ]


def _firsts(first: date, last: date) -> Iterator[date]:
    """The first of every month that a stretch touches, and of the one after it."""
    start, end = first.year * _MONTHS + first.month - 1, last.year * _MONTHS + last.month
    for n in range(start, end + 1):
        year, month = divmod(n, _MONTHS)
        yield date(year, month + 1, 1)
