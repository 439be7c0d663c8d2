"""How a budget is used up: what is drawn up, promised, approved and paid, and what is left."""

from collections.abc import Iterable, Mapping
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
    # What versions with the same budget had of it.
    elsewhere: int = 0

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
        left, points = self.whole - self.elsewhere, []
        for month in range(min(self.months), max(self.months) + 1):
            left -= self.months.get(month, 0)
            points.append((month, left))
        return points


def spending(terms: Programme, spent: Iterable[Spent]) -> Spending:
    """The sums of a version."""
    sums: dict[StatementState, int] = {}
    months: dict[int, int] = {}
    for part in spent:
        sums[part.state] = sums.get(part.state, 0) + part.payable
        months[part.month] = months.get(part.month, 0) + part.payable
    whole = whole_budget(terms)
    return Spending(
        terms,
        whole,
        drawn=sum(amount for state, amount in sums.items() if state in _DRAWN),
        committed=sum(amount for state, amount in sums.items() if state in _COMMITTED),
        approved=sums.get(StatementState.APPROVED, 0),
        paid=sums.get(StatementState.PAID, 0),
        months=dict(sorted(months.items())),
        expected=_expected(terms, months, whole),
    )


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


def _expected(terms: Programme, months: Mapping[int, int], whole: int | None) -> Forecast | None:
    if not months:
        return None
    return forecast(
        months,
        first=min(months),
        last=max(months),
        year_end=max(month_of(terms.valid_to), *months),
        limit=whole,
    )
