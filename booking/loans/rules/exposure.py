"""What a bank is exposed to: what it granted, how much is drawn, and how much is overdue."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from booking.loans.rules.balances import Loan, beyond_orders, outstanding, overdue_on


class Granted(NamedTuple):
    """A credit line with all that happened to it, and whether it may be drawn on that day."""

    bank: str
    limit_fen: int
    is_open: bool
    loan: Loan


class Exposure(NamedTuple):
    """Sums of one bank; `overdue_fen` is all that overdue lines owe, `beyond_fen` what is owed for
    no order any more."""

    bank: str
    lines: int
    limit_fen: int
    owed_fen: int
    available_fen: int
    overdue_lines: int
    overdue_fen: int
    beyond_fen: int
    # Loans whose last promise year ended short, and the hundredths of hours missing in those years.
    short_loans: int = 0
    short_hours: int = 0


def exposures(lines: Iterable[Granted], day: date) -> list[Exposure]:
    """One for each bank, by name."""
    found: dict[str, Exposure] = {}
    for line in lines:
        owed = outstanding(line.loan, day)
        late = overdue_on(line.loan, day)
        short = _short(line.loan)
        before = found.get(line.bank, Exposure(line.bank, *[0] * 7))
        found[line.bank] = Exposure(
            line.bank,
            before.lines + 1,
            before.limit_fen + line.limit_fen,
            before.owed_fen + owed,
            before.available_fen + (max(line.limit_fen - owed, 0) if line.is_open else 0),
            before.overdue_lines + late,
            before.overdue_fen + (owed if late else 0),
            before.beyond_fen + beyond_orders(line.loan, day),
            before.short_loans + bool(short),
            before.short_hours + short,
        )
    return [found[bank] for bank in sorted(found)]


def _short(loan: Loan) -> int:
    """What was missing at the end of its last promise year that is over."""
    if not loan.promises:
        return 0
    last = max(loan.promises, key=lambda year: year.first)
    return max(last.promised - last.delivered, 0)
