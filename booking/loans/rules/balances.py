"""Balances of a credit line day by day: the first day counts, the last does not.

A repayment falls on the oldest draw first; what it exceeds the debt by changes nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby, pairwise
from typing import NamedTuple


class Excess(NamedTuple):
    """What of a draw is for no order any more, from a day until the next of these says so."""

    first: date
    amount: int


class Draw(NamedTuple):
    """Money taken on a day, for an order of the platform."""

    day: date
    amount: int
    order: str = ""
    excess: tuple[Excess, ...] = ()


class Repayment(NamedTuple):
    """Principal paid back on a day, which no longer counts."""

    day: date
    amount: int


class Overdue(NamedTuple):
    """Days on which the loan was overdue; None: it still is."""

    first: date
    until: date | None


class ReferenceRate(NamedTuple):
    """The loan prime rate (LPR) from a day on."""

    first: date
    rate: Fraction


class PromiseYear(NamedTuple):
    """A year that is over, of hours promised to others; in hundredths of an hour."""

    first: date
    until: date
    promised: int
    delivered: int

    @property
    def is_kept(self) -> bool:
        return self.delivered >= self.promised

    @property
    def part(self) -> Fraction:
        """How much of what was promised was delivered; no more than all of it."""
        return Fraction(min(self.delivered, self.promised), self.promised)


class Loan(NamedTuple):
    """A credit line with all that happened to it; amounts in fen."""

    loan_id: str
    user: str = ""
    group: str = ""
    annual_rate: Fraction = Fraction(0)
    lpr: tuple[ReferenceRate, ...] = ()
    draws: tuple[Draw, ...] = ()
    repayments: tuple[Repayment, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    promises: tuple[PromiseYear, ...] = ()
    kind: str = "usage"


class Segment(NamedTuple):
    """A stretch on which nothing changes for a draw; `covered` of the balance is for an order."""

    draw: Draw
    start: date
    end: date
    balance: int
    lpr: Fraction | None
    overdue: bool
    covered: int
    promise: PromiseYear | None

    @property
    def days(self) -> int:
        return (self.end - self.start).days


def segments(loan: Loan, first: date, until: date) -> Iterator[Segment]:
    """Every draw's stretches within `[first, until)` on which something is owed."""
    for draw, history in zip(oldest_first(loan.draws), balances(loan), strict=True):
        changes = {day for day, _ in history} | {one.first for one in draw.excess}
        edges = sorted({first, until, *_edges(loan), *changes})
        for start, end in pairwise(day for day in edges if first <= day <= until):
            if owed := balance_on(history, start):
                yield Segment(
                    draw,
                    start,
                    end,
                    balance=owed,
                    lpr=lpr_on(loan, start),
                    overdue=overdue_on(loan, start),
                    covered=min(owed, draw.amount - excess_on(draw, start)),
                    promise=promise_on(loan, start),
                )


def oldest_first(draws: tuple[Draw, ...]) -> list[Draw]:
    """Draws in the order in which repayments reach them; of one day, as recorded."""
    return sorted(draws, key=lambda draw: draw.day)


History = list[tuple[date, int]]


def balances(loan: Loan) -> list[History]:
    """For each draw, oldest first, what is owed from which day on."""
    draws = oldest_first(loan.draws)
    histories: list[History] = [[(draw.day, draw.amount)] for draw in draws]
    for paid in sorted(loan.repayments, key=lambda repayment: repayment.day):
        left = paid.amount
        for draw, history in zip(draws, histories, strict=True):
            if draw.day > paid.day:
                break
            part = min(left, history[-1][1])
            if part:
                history.append((paid.day, history[-1][1] - part))
                left -= part
    return histories


def balance_on(history: History, day: date) -> int:
    """What is owed on a day, given what is owed from which day on."""
    owed = 0
    for first, amount in history:
        if first > day:
            break
        owed = amount
    return owed


def outstanding(loan: Loan, day: date) -> int:
    """What the whole line owes on a day."""
    return sum(balance_on(history, day) for history in balances(loan))


def beyond_orders(loan: Loan, day: date) -> int:
    """What is owed on a day although it is for no order any more."""
    drawn = zip(oldest_first(loan.draws), balances(loan), strict=True)
    return sum(min(balance_on(history, day), excess_on(draw, day)) for draw, history in drawn)


class Movement(NamedTuple):
    """A draw (positive) or a repayment (negative); `line` is where a file says it, 0 if known."""

    day: date
    amount: int
    line: int = 0


def impossible(movements: Iterable[Movement], limit: int) -> Iterator[Movement]:
    """The new draws that go beyond a limit, and the new repayments beyond what is owed.

    Judged day by day, because within a day a bank's order is not ours. A record dated back may
    make a later day impossible; the last new one before it is named.
    """
    owed, told = 0, set[Movement]()
    ordered = sorted(movements, key=lambda movement: movement.day)
    new: dict[bool, Movement] = {}
    for _, of_day in groupby(ordered, key=lambda movement: movement.day):
        for movement in of_day:
            owed += movement.amount
            if movement.line:
                new[movement.amount > 0] = movement
        guilty = new.get(owed > 0)
        if not 0 <= owed <= limit and guilty and guilty not in told:
            told.add(guilty)
            yield guilty
        owed = max(owed, 0)


def lpr_on(loan: Loan, day: date) -> Fraction | None:
    """The reference rate in force on a day, if one is known."""
    known = [entry for entry in loan.lpr if entry.first <= day]
    return max(known, key=lambda entry: entry.first).rate if known else None


def excess_on(draw: Draw, day: date) -> int:
    """What of a draw is for no order on a day."""
    known = [entry for entry in draw.excess if entry.first <= day]
    return min(max(known, key=lambda entry: entry.first).amount, draw.amount) if known else 0


def promise_on(loan: Loan, day: date) -> PromiseYear | None:
    """The year of promised hours that a day lies in, once it is over."""
    return next((year for year in loan.promises if year.first <= day < year.until), None)


def overdue_on(loan: Loan, day: date) -> bool:
    return any(o.first <= day and (o.until is None or day < o.until) for o in loan.overdue)


def _edges(loan: Loan) -> Iterator[date]:
    yield from (entry.first for entry in loan.lpr)
    for year in loan.promises:
        yield from (year.first, year.until)
    for spell in loan.overdue:
        yield spell.first
        if spell.until is not None:
            yield spell.until
