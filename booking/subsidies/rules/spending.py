"""How a budget is used up: what is drawn up, promised, approved and paid, and what is left."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from booking.kernel.periods import Period
from booking.subsidies.rules.cycles import cycles_within
from booking.subsidies.rules.forecast import Forecast, forecast
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.what_if import month_of
from booking.subsidies.states import StatementState

# Fewer companies than this and a public figure would tell of one of them.
FEWEST = 3
_DRAWN = frozenset({StatementState.DRAFT})
_COMMITTED = frozenset({StatementState.LOCKED, StatementState.PUBLICITY, StatementState.APPROVED})
_BOUND = _COMMITTED | {StatementState.PAID}


@dataclass(frozen=True, slots=True)
class Spent:
    """What lines of one month and one state come to."""

    month: int
    state: StatementState
    payable: int


@dataclass(frozen=True, slots=True)
class Spending:
    """A version's budget over its whole validity, in fen; `whole` is None without a budget."""

    terms: Programme
    whole: int | None
    drawn: int
    committed: int
    approved: int
    paid: int
    months: Mapping[int, int] = field(default_factory=dict)
    expected: Forecast | None = None
    # What versions with the same budget had of it: bound, and month by month with what is drawn.
    elsewhere: int = 0
    beside: Mapping[int, int] = field(default_factory=dict)

    @property
    def bound(self) -> int:
        """Locked or further: nobody else gets it."""
        return self.committed + self.paid

    @property
    def left(self) -> int | None:
        return None if self.whole is None else self.whole - self.elsewhere - self.bound

    def burn_down(self) -> list[tuple[int, int]]:
        """What was left of the budget at the end of each month that was settled."""
        if self.whole is None or not self.months:
            return []
        first, last = min(self.months), max(self.months)
        left, points = self.whole - _until(self.beside, first - 1), []
        for month in range(first, last + 1):
            left -= self.months.get(month, 0) + self.beside.get(month, 0)
            points.append((month, left))
        return points


def spending(terms: Programme, spent: Iterable[Spent], beside: Iterable[Spent] = ()) -> Spending:
    """The sums of a version; `beside` is what versions with the same budget had."""
    sums, months = _summed(spent)
    others, theirs = _summed(one for one in beside if _is_of_it(terms, one.month))
    whole = whole_budget(terms)
    return Spending(
        terms,
        whole,
        drawn=_of(_DRAWN, sums),
        committed=_of(_COMMITTED, sums),
        approved=sums.get(StatementState.APPROVED, 0),
        paid=sums.get(StatementState.PAID, 0),
        months=months,
        expected=_expected(terms, months, whole, beside=theirs),
        elsewhere=_of(_BOUND, others),
        beside=theirs,
    )


def _summed(spent: Iterable[Spent]) -> tuple[dict[StatementState, int], dict[int, int]]:
    """By state, and by month in order."""
    sums: dict[StatementState, int] = {}
    months: dict[int, int] = {}
    for part in spent:
        sums[part.state] = sums.get(part.state, 0) + part.payable
        months[part.month] = months.get(part.month, 0) + part.payable
    return sums, dict(sorted(months.items()))


def _of(states: Collection[StatementState], sums: Mapping[StatementState, int]) -> int:
    return sum(amount for state, amount in sums.items() if state in states)


def _until(months: Mapping[int, int], last: int) -> int:
    return sum(amount for month, amount in months.items() if month <= last)


def _is_of_it(terms: Programme, month: int) -> bool:
    """Whether what another version had in a month came out of this one's money: a pro-rata budget
    comes anew with every cycle, and only the same cycles are shared."""
    if terms.budget is None or terms.budget.rule == "first_come":
        return True
    first, _ = terms.cycle_span(terms.valid_from)
    _, until = terms.cycle_span(terms.valid_to)
    return month_of(first) <= month <= month_of(until - timedelta(days=1))


def whole_budget(terms: Programme) -> int | None:
    """All the money of the validity; a pro-rata budget comes anew with every cycle."""
    if terms.budget is None:
        return None
    if terms.budget.rule == "first_come":
        return terms.budget.amount
    until = terms.valid_to + timedelta(days=1)
    return terms.budget.amount * len(cycles_within(terms, Period(terms.valid_from, until, "")))


def month_day(month: int) -> date:
    """The first day of a month given by its number."""
    return date(month // 12, month % 12 + 1, 1)


def _expected(
    terms: Programme, months: Mapping[int, int], whole: int | None, *, beside: Mapping[int, int]
) -> Forecast | None:
    if not months:
        return None
    last = max(months)
    return forecast(
        months,
        first=min(months),
        last=last,
        year_end=max(month_of(terms.valid_to), *months),
        limit=None if whole is None else whole - _until(beside, last),
    )
