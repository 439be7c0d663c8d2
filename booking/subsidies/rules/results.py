"""What an evaluation answers: results per programme and line or loan, and totals."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from booking.loans.rules.balances import Loan
from booking.subsidies.rules.caps import Balances, Cut
from booking.subsidies.rules.interest import Accrued
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.programme import Programme

_DAY = timedelta(days=1)


class Result(NamedTuple):
    """One programme's answer for one line; amounts in fen, rate and raw in 10⁻¹² of their unit.

    `granted` is what the caps' balances fell by; a pro-rata budget may make `payable` less.
    """

    terms: Programme
    line: Line
    day: date | None
    user: str
    reasons: tuple[str, ...]
    base: int
    rate: int | None
    raw: int
    before: int
    cuts: tuple[Cut, ...]
    granted: int
    payable: int

    @property
    def eligible(self) -> bool:
        return not self.reasons

    @property
    def item(self) -> str:
        return self.line.line_id

    @property
    def days(self) -> None:
        """A line is stacked whole; only interest is for some days."""


class LoanResult(NamedTuple):
    """One programme's answer for one loan and some days; amounts in fen, rounded once.

    Where statements hold something of these days already, the amounts are differences.
    """

    terms: Programme
    loan: Loan
    days: tuple[date, date]
    accrued: Accrued
    interest: int
    eligible_interest: int
    discount: int
    cuts: tuple[Cut, ...]
    granted: int
    payable: int

    @property
    def item(self) -> str:
        return loan_item(self.loan)

    @property
    def day(self) -> date:
        """The last day that counts: what dates it for caps and statements."""
        return self.days[1] - _DAY


class Evaluation(NamedTuple):
    """All results in the order in which they were taken, and the balances afterwards."""

    results: tuple[Result, ...]
    loans: tuple[LoanResult, ...]
    balances: Balances

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Payable per user (in provider programmes: the provider), group, provider, programme."""
        totals: dict[str, dict[str, int]] = {
            "user": {},
            "group": {},
            "provider": {},
            "programme": {},
        }
        for found in self.results:
            line = found.line
            _add(totals["user"], found.user, found.payable)
            _add(totals["group"], line.group or found.user, found.payable)
            _add(totals["provider"], line.provider, found.payable)
            _add(totals["programme"], found.terms.id, found.payable)
        for met in self.loans:
            _add(totals["user"], met.loan.user, met.payable)
            _add(totals["group"], met.loan.group or met.loan.user, met.payable)
            _add(totals["programme"], met.terms.id, met.payable)
        return totals


def loan_item(loan: Loan) -> str:
    """Under which name a loan's grants are stacked, apart from any line's."""
    return f"loan:{loan.loan_id}"


def _add(totals: dict[str, int], key: str, amount: int) -> None:
    totals[key] = totals.get(key, 0) + amount
