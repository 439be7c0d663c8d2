"""Running balances: own caps, stacking, joint caps, first-come budget, in that order."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from booking.subsidies.rules.programme import Cap, JointCap, Programme, Scope

Spent = dict[Hashable, int]
Days = tuple[date, date]
Stretches = dict[Days, int]


class Cut(NamedTuple):
    """What was taken away, and by which limit."""

    reason: str
    amount: int


class Claim(NamedTuple):
    """Whose limits a grant counts against; a line or a loan seen by one programme."""

    item: str
    user: str
    group: str
    provider: str
    instrument: str
    day: date
    # For interest the days it is for: only what was granted for the same days is stacked.
    days: Days | None = None


@dataclass(slots=True)
class Balances:
    """What was granted before: the state that lets lines be taken one by one, month by month.

    `spent` is per (programme, scope), `joint` per joint cap; their keys are scope_key's answers.
    `budgets` is per fund: (programme, version); `items` per line and `stretches` per loan and
    days are over all programmes.
    """

    spent: dict[tuple[str, Scope], Spent] = field(default_factory=dict)
    joint: dict[tuple[tuple[str, ...], Scope], Spent] = field(default_factory=dict)
    budgets: dict[tuple[str, int], int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    stretches: dict[str, Stretches] = field(default_factory=dict)
    # A settlement is one cycle, late lines included; otherwise a line belongs to that of its date.
    one_cycle: bool = False

    def copy(self) -> "Balances":
        return Balances(
            spent={key: dict(sums) for key, sums in self.spent.items()},
            joint={key: dict(sums) for key, sums in self.joint.items()},
            budgets=dict(self.budgets),
            items=dict(self.items),
            stretches={key: dict(sums) for key, sums in self.stretches.items()},
            one_cycle=self.one_cycle,
        )

    def stacked(self, item: str, days: Days | None) -> int:
        """What all programmes together granted for a line, or for a loan and these days."""
        if days is None:
            return self.items.get(item, 0)
        return sum(_part(met, granted, days) for met, granted in self._of(item).items())

    def stack(self, item: str, days: Days | None, granted: int) -> None:
        """Note a grant; a negative one gives back."""
        if days is None:
            self.items[item] = self.items.get(item, 0) + granted
        else:
            found = self.stretches.setdefault(item, {})
            found[days] = found.get(days, 0) + granted

    def _of(self, item: str) -> Stretches:
        return self.stretches.get(item, {})


def _part(met: Days, granted: int, days: Days) -> int:
    """What of a grant falls on some days: its share of them, in favour of the public purse."""
    common = (min(met[1], days[1]) - max(met[0], days[0])).days
    if common <= 0:
        return 0
    return -(-granted * common // (met[1] - met[0]).days)


def scope_key(scope: Scope) -> Callable[[Claim, int], Hashable]:
    """Under which key a claim's grant is counted, given the year in which its period began."""
    keys: dict[Scope, Callable[[Claim, int], Hashable]] = {
        "line": lambda claim, _: claim.item,
        "loan": lambda claim, _: claim.item,  # over its whole life
        "instrument": lambda claim, period: (claim.user, claim.instrument, period),
        "user": lambda claim, period: (claim.user, period),
        # Who has no recorded controller is a group of its own, whatever others are called.
        "group": lambda claim, period: (claim.group, "" if claim.group else claim.user, period),
        "provider": lambda claim, period: (claim.provider, period),
    }
    return keys[scope]


class Limit:
    """One cap, own or joint, over a balance; without one, every line has the whole of it."""

    __slots__ = ("amount", "key", "noting", "period_starts", "reason", "spent")

    def __init__(
        self,
        reason: str,
        amount: int,
        *,
        scope: Scope,
        period_starts: tuple[int, int],
        spent: Spent | None,
    ) -> None:
        self.reason = reason
        self.amount = amount
        self.spent = spent
        self.key = scope_key(scope)
        self.period_starts = period_starts
        self.noting = spent is not None


class Purse:
    """What one programme version may still grant."""

    def __init__(self, terms: Programme, balances: Balances, joint: Sequence[Limit]) -> None:
        self._own = [_own_limit(terms, cap, balances) for cap in terms.caps]
        self._joint = joint
        _share_balances([*self._own, *joint])
        self._balances = balances
        self._budgets = balances.budgets
        self._fund = terms.fund
        budget = terms.budget
        self._first_come = budget.amount if budget and budget.rule == "first_come" else None

    def grant(self, claim: Claim, wanted: int, *, base: int) -> tuple[int, tuple[Cut, ...]]:
        """As much of what is wanted as every limit leaves, and what each of them took."""
        cuts: list[Cut] = []
        balances: list[tuple[Spent, Hashable]] = []
        granted = _within(self._own, claim, wanted, cuts=cuts, balances=balances)
        left = base - self._balances.stacked(claim.item, claim.days)
        if granted > left:
            granted = _cut(granted, left, "stacking", cuts=cuts)
        if self._joint:
            granted = _within(self._joint, claim, granted, cuts=cuts, balances=balances)
        if self._first_come is not None:
            granted = self._from_budget(self._first_come, granted, cuts=cuts)
        if granted:
            self._balances.stack(claim.item, claim.days, granted)
            # Every balance falls by the final amount, not by what it was before a later cut.
            for spent, key in balances:
                spent[key] = spent.get(key, 0) + granted
        return granted, tuple(cuts)

    def take_back(self, claim: Claim, amount: int) -> None:
        """What was granted too much is free for others again, under every limit."""
        balances: list[tuple[Spent, Hashable]] = []
        _within([*self._own, *self._joint], claim, 0, cuts=[], balances=balances)
        for spent, key in balances:
            spent[key] = spent.get(key, 0) - amount
        self._balances.stack(claim.item, claim.days, -amount)
        if self._first_come is not None:
            self._budgets[self._fund] = self._budgets.get(self._fund, 0) - amount

    def _from_budget(self, amount: int, granted: int, *, cuts: list[Cut]) -> int:
        spent = self._budgets.get(self._fund, 0)
        if granted > amount - spent:
            granted = _cut(granted, amount - spent, "budget", cuts=cuts)
        self._budgets[self._fund] = spent + granted
        return granted


def joint_limits(
    terms: Programme,
    joint_caps: Sequence[JointCap],
    *,
    balances: Balances,
    first: dict[str, Programme],
) -> list[Limit]:
    """The joint caps that bind a programme; each follows the period of the first in its order."""
    return [
        Limit(
            f"joint:{cap.scope}",
            cap.amount,
            scope=cap.scope,
            period_starts=cap.period_starts or first[cap.order[0]].period_starts,
            spent=balances.joint.setdefault((cap.order, cap.scope), {}),
        )
        for cap in joint_caps
        if terms.id in cap.programmes
    ]


def _own_limit(terms: Programme, cap: Cap, balances: Balances) -> Limit:
    # A line is granted once, so its own cap needs no memory.
    spent = None
    if cap.scope != "line":
        spent = balances.spent.setdefault((terms.id, cap.scope), {})
    return Limit(
        f"cap:{cap.scope}",
        cap.amount,
        scope=cap.scope,
        period_starts=terms.period_starts,
        spent=spent,
    )


def _share_balances(limits: Sequence[Limit]) -> None:
    """Of several caps over one balance, the first notes what was granted: it must fall once."""
    seen: list[int] = []
    for limit in limits:
        limit.noting = limit.spent is not None and id(limit.spent) not in seen
        seen.append(id(limit.spent))


def _within(
    limits: Sequence[Limit],
    claim: Claim,
    granted: int,
    *,
    cuts: list[Cut],
    balances: list[tuple[Spent, Hashable]],
) -> int:
    """What the limits leave; notes whose balances have to fall by the final amount."""
    year, month_day = claim.day.year, (claim.day.month, claim.day.day)
    for limit in limits:
        left = limit.amount
        if limit.spent is not None:
            period = year if month_day >= limit.period_starts else year - 1
            key = limit.key(claim, period)
            left -= limit.spent.get(key, 0)
            if limit.noting:
                balances.append((limit.spent, key))
        if granted > left:
            granted = _cut(granted, left, limit.reason, cuts=cuts)
    return granted


def _cut(granted: int, left: int, reason: str, *, cuts: list[Cut]) -> int:
    kept = max(left, 0)
    if granted > kept:
        cuts.append(Cut(reason, granted - kept))
    return kept
