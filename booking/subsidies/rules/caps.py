"""Running balances: own caps, stacking, joint caps, first-come budget, in that order."""

from collections.abc import Callable, Hashable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from booking.subsidies.rules.programme import JointCap, Programme, Scope

Spent = dict[Hashable, int]


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


@dataclass(slots=True)
class Balances:
    """What was granted before: the state that lets lines be taken one by one, month by month.

    `spent` is per (programme, scope), `joint` per joint cap; their keys are scope_key's answers.
    `budgets` is per (programme, version); `items` per line or loan over all programmes.
    """

    spent: dict[tuple[str, Scope], Spent] = field(default_factory=dict)
    joint: dict[tuple[tuple[str, ...], Scope], Spent] = field(default_factory=dict)
    budgets: dict[tuple[str, int], int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)

    def copy(self) -> "Balances":
        return deepcopy(self)


def scope_key(scope: Scope) -> Callable[[Claim, int], Hashable]:
    """Under which key a claim's grant is counted, given the year in which its period began."""
    keys: dict[Scope, Callable[[Claim, int], Hashable]] = {
        "line": lambda claim, _: claim.item,
        "loan": lambda claim, _: claim.item,  # over its whole life
        "instrument": lambda claim, period: (claim.user, claim.instrument, period),
        "user": lambda claim, period: (claim.user, period),
        # Who has no recorded controller is a group of its own.
        "group": lambda claim, period: (claim.group or claim.user, period),
        "provider": lambda claim, period: (claim.provider, period),
    }
    return keys[scope]


class Limit:
    """One cap, own or joint, over a balance."""

    __slots__ = ("amount", "key", "period_of", "reason", "spent")

    def __init__(self, reason: str, amount: int, *, scope: Scope, terms: Programme, spent: Spent):
        self.reason = reason
        self.amount = amount
        self.spent = spent
        self.key = scope_key(scope)
        self.period_of = terms.period_of


class Purse:
    """What one programme version may still grant."""

    def __init__(self, terms: Programme, balances: Balances, joint: Sequence[Limit]) -> None:
        self._own = [
            Limit(
                f"cap:{cap.scope}",
                cap.amount,
                scope=cap.scope,
                terms=terms,
                spent=balances.spent.setdefault((terms.id, cap.scope), {}),
            )
            for cap in terms.caps
        ]
        self._joint = joint
        self._items = balances.items
        self._budgets = balances.budgets
        self._fund = (terms.id, terms.version)
        budget = terms.budget
        self._first_come = budget.amount if budget and budget.rule == "first_come" else None
        # Two caps of one scope share a balance, which must fall once.
        # A line is granted once, so its own cap needs no memory.
        lasting = [limit for limit in self._own if limit.reason != "cap:line"]
        self._noted = list({id(limit.spent): limit for limit in (*lasting, *joint)}.values())

    def grant(self, claim: Claim, wanted: int, *, base: int) -> tuple[int, tuple[Cut, ...]]:
        """As much of what is wanted as every limit leaves, and what each of them took."""
        cuts: list[Cut] = []
        granted = _within(self._own, claim, wanted, cuts=cuts)
        granted = _at_most(base - self._items.get(claim.item, 0), granted, "stacking", cuts=cuts)
        granted = _within(self._joint, claim, granted, cuts=cuts)
        if self._first_come is not None:
            left = self._first_come - self._budgets.get(self._fund, 0)
            granted = _at_most(left, granted, "budget", cuts=cuts)
        if granted:
            self._note(claim, granted)
        return granted, tuple(cuts)

    def _note(self, claim: Claim, granted: int) -> None:
        """Every balance falls by the final amount, not by what it was before a later cut."""
        for limit in self._noted:
            key = limit.key(claim, limit.period_of(claim.day))
            limit.spent[key] = limit.spent.get(key, 0) + granted
        self._items[claim.item] = self._items.get(claim.item, 0) + granted
        if self._first_come is not None:
            self._budgets[self._fund] = self._budgets.get(self._fund, 0) + granted


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
            terms=first[cap.order[0]],
            spent=balances.joint.setdefault((cap.order, cap.scope), {}),
        )
        for cap in joint_caps
        if terms.id in cap.programmes
    ]


def _within(limits: Sequence[Limit], claim: Claim, granted: int, *, cuts: list[Cut]) -> int:
    for limit in limits:
        key = limit.key(claim, limit.period_of(claim.day))
        left = limit.amount - limit.spent.get(key, 0)
        granted = _at_most(left, granted, limit.reason, cuts=cuts)
    return granted


def _at_most(left: int, granted: int, reason: str, *, cuts: list[Cut]) -> int:
    if granted <= left:
        return granted
    kept = max(left, 0)
    if granted > kept:
        cuts.append(Cut(reason, granted - kept))
    return kept
