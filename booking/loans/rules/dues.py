"""What is due on a credit line, draw by draw as agreed, and the days on which it is overdue.

What comes back counts for the draws that it falls on (the oldest first), but what is due is judged
over all of them: whoever repaid as much as was due by a day is in order on that day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from booking.loans.rules.balances import History, Loan, Overdue, balances, oldest_first
from booking.loans.rules.schedule import DayCount, Repaying, Terms, schedule

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """How draws from a day on are repaid; `grace` days after an instalment nothing happens yet."""

    valid_from: date
    repaying: Repaying
    months: int
    day_count: DayCount = DayCount.ACT_360
    pay_day: int = 20
    grace: int = 0


class Due(NamedTuple):
    """An instalment of one draw; fen."""

    day: date
    drawn_on: date
    principal: int
    interest: int
    left: int
    grace: int


class Plan(NamedTuple):
    """What is due by day, and what was repaid of the draws that it is for."""

    dues: tuple[Due, ...] = ()
    repaid: tuple[tuple[date, int], ...] = ()


def plan(loan: Loan, agreed: Sequence[Agreed]) -> Plan:
    """Everything that is or was to be repaid; draws from before any agreement have no place."""
    dues: list[Due] = []
    repaid: list[tuple[date, int]] = []
    for draw, history in zip(oldest_first(loan.draws), balances(loan), strict=True):
        terms = _in_force(agreed, draw.day)
        if terms is None:
            continue
        wanted = Terms(
            principal=draw.amount,
            drawn_on=draw.day,
            months=terms.months,
            annual_rate=loan.annual_rate,
            repaying=terms.repaying,
            day_count=terms.day_count,
            pay_day=terms.pay_day,
        )
        dues += [
            Due(one.due, draw.day, one.principal, one.interest, one.left, terms.grace)
            for one in schedule(wanted)
        ]
        repaid += _repaid(history)
    return Plan(tuple(sorted(dues)), tuple(sorted(repaid)))


def overdue_spells(of: Plan, as_of: date) -> list[Overdue]:
    """The days on which it was overdue, as far as the end of a day knows.

    Each spell begins on the day after an instalment was due, once its grace is over.
    """
    found: list[Overdue] = []
    for due, settled in _settled(of, as_of):
        last_unpaid = as_of if settled is None else settled - _DAY
        if (last_unpaid - due.day).days > due.grace:
            found.append(Overdue(due.day + _DAY, settled))
    return list(_joined(found))


def overdue_amount(of: Plan, as_of: date) -> int:
    """The principal that should have been repaid by the end of a day and was not."""
    needed = sum(due.principal for due in of.dues if due.day <= as_of)
    return max(needed - sum(amount for day, amount in of.repaid if day <= as_of), 0)


class Next(NamedTuple):
    """What is to be paid on a day; early repayments are taken off the principal already."""

    day: date
    principal: int
    interest: int


def still_due(of: Plan) -> list[Next]:
    """What is left to be paid, day by day."""
    covered, found = sum(amount for _, amount in of.repaid), list[Next]()
    for day, some in groupby(of.dues, key=lambda due: due.day):
        together = list(some)
        principal = sum(due.principal for due in together)
        taken = min(covered, principal)
        covered -= taken
        if principal > taken:
            found.append(Next(day, principal - taken, sum(due.interest for due in together)))
    return found


def _in_force(agreed: Iterable[Agreed], day: date) -> Agreed | None:
    known = [one for one in agreed if one.valid_from <= day]
    return max(known, key=lambda one: one.valid_from) if known else None


def _repaid(history: History) -> Iterator[tuple[date, int]]:
    for (_, before), (day, after) in pairwise(history):
        yield day, before - after


def _settled(of: Plan, as_of: date) -> Iterator[tuple[Due, date | None]]:
    """Each instalment with principal that fell due, and the day on which it was repaid in full."""
    repaid = iter([*of.repaid, (date.max, sum(due.principal for due in of.dues))])
    needed, paid, day = 0, 0, date.min
    for due in of.dues:
        if not due.principal or due.day > as_of:
            continue
        needed += due.principal
        while paid < needed:
            day, amount = next(repaid)
            paid += amount
        yield due, day if day <= as_of else None


def _joined(spells: Sequence[Overdue]) -> Iterator[Overdue]:
    """Spells that touch or overlap are one."""
    held: Overdue | None = None
    for spell in sorted(spells, key=lambda one: one.first):
        if held is None or (held.until is not None and spell.first > held.until):
            if held is not None:
                yield held
            held = spell
        elif held.until is not None and (spell.until is None or spell.until > held.until):
            held = Overdue(held.first, spell.until)
    if held is not None:
        yield held
