"""Programmes over a stream of past lines, keeping sums and no lines.

A programme goes over the stream together with the ones before it where no answer of these has to be
known in full first: for joint caps and for what a pro-rata budget leaves, the stream comes again.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from booking.kernel.periods import Period
from booking.loans.rules.balances import Loan
from booking.subsidies.rules.budget import pro_rata
from booking.subsidies.rules.caps import Balances, Cut
from booking.subsidies.rules.claims import Claims
from booking.subsidies.rules.corrections import settle_interest
from booking.subsidies.rules.cycles import cycles_within
from booking.subsidies.rules.discounts import Stretch
from booking.subsidies.rules.evaluation import Purses, granted, purses_of
from booking.subsidies.rules.interest import window
from booking.subsidies.rules.joint_caps import evaluation_order
from booking.subsidies.rules.line import Line, dating
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.regions import names_districts
from booking.subsidies.rules.results import LoanResult, Result

Districts = tuple[str, str]


class Chunk(NamedTuple):
    """Some lines in their order, and beside each the districts of its user and provider."""

    lines: Sequence[Line]
    districts: Sequence[Districts]


@dataclass(slots=True)
class Hits:
    """How often a limit cut, how much, and whom."""

    count: int = 0
    amount: int = 0
    companies: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Tally:
    """What a programme comes to over a period; amounts in fen, months as their number since 0."""

    lines: int = 0
    eligible: int = 0
    base: int = 0
    before: int = 0
    companies: dict[str, int] = field(default_factory=dict)
    months: dict[int, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    cuts: dict[str, Hits] = field(default_factory=dict)

    @property
    def payable(self) -> int:
        return sum(self.months.values())

    def pay(self, user: str, month: int, amount: int) -> None:
        self.companies[user] = self.companies.get(user, 0) + amount
        self.months[month] = self.months.get(month, 0) + amount

    def cut(self, user: str, cuts: Sequence[Cut]) -> None:
        for reason, amount in cuts:
            hits = self.cuts.setdefault(reason, Hits())
            hits.count += 1
            hits.amount += amount
            hits.companies.add(user)

    def refuse(self, reasons: Sequence[str]) -> None:
        for reason in reasons:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1


@dataclass(slots=True)
class _Cycle:
    """The grants of one settlement cycle, kept small until the budget can be shared; where two
    versions share it, the later one of them says how much it is."""

    terms: Programme
    granted: "array[int]" = field(default_factory=lambda: array("q"))
    months: "array[int]" = field(default_factory=lambda: array("l"))
    users: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)


def month_of(day: date) -> int:
    """A month as a number; `divmod(month, 12)` gives the year and the month from 0."""
    return day.year * 12 + day.month - 1


def as_if_in_force(programmes: Sequence[Programme], period: Period) -> list[Programme]:
    """A version that comes alone is tried on the whole period, whenever it is to be valid; where a
    programme asks for applications, as if everybody had one."""
    codes = [terms.id for terms in programmes]
    programmes = [replace(terms, claims=Claims()) for terms in programmes]
    return [
        replace(
            terms,
            valid_from=min(terms.valid_from, period.first),
            valid_to=max(terms.valid_to, period.last),
        )
        if codes.count(terms.id) == 1
        else terms
        for terms in programmes
    ]


class Trial:
    """Some programmes tried on a period: every cap and budget is whole on its first day."""

    def __init__(
        self,
        programmes: Sequence[Programme],
        *,
        joint_caps: Sequence[JointCap] = (),
        period: Period,
        loans: Sequence[Loan] = (),
    ) -> None:
        self.programmes = programmes
        self.tallies = {terms.id: Tally() for terms in programmes}
        self._joint_caps, self._period, self._loans = joint_caps, period, loans
        self._balances = Balances()
        self._passes = passes(programmes, joint_caps)
        self._takers: list[_Taker] = []
        self._begin()

    @property
    def wants_lines(self) -> bool:
        """Whether the stream has to come (again)."""
        return bool(self._takers)

    def take(self, chunk: Chunk) -> None:
        """Evaluate some lines of the stream."""
        for taker in self._takers:
            taker.take(chunk)
        if not self._passes:
            # Nothing later asks what these lines were granted; the lines still to come are asked
            # for what an earlier pass granted them.
            items = self._balances.items
            for line in chunk.lines:
                items.pop(line.line_id, None)

    def end_pass(self) -> None:
        """The stream is over: share what has to be shared, and go on."""
        for taker in self._takers:
            taker.share(self._balances)
        self._begin()

    def _begin(self) -> None:
        self._takers = []
        while self._passes and not self._takers:
            for code in self._passes.pop(0):
                self._enter(code)

    def _enter(self, code: str) -> None:
        group = [terms for terms in self.programmes if terms.id == code]
        mine = [cap for cap in self._joint_caps if code in cap.programmes]
        if group[0].kind == "interest":
            self._interest(group, mine)
            return
        purses = purses_of(
            sorted(group, key=lambda terms: terms.valid_from),
            self.programmes,
            joint_caps=mine,
            balances=self._balances,
        )
        self._takers.append(_Taker(purses, self._period, self.tallies[code]))

    def _interest(self, group: Sequence[Programme], joint_caps: Sequence[JointCap]) -> None:
        stretches = [
            Stretch(terms, loan, days)
            for terms in group
            for cycle in cycles_within(terms, self._period)
            if (days := window(terms, *cycle))
            for loan in self._loans
        ]
        first = {terms.id: terms.period_starts for terms in reversed(self.programmes)}
        dated = [replace(c, period_starts=c.period_starts or first[c.order[0]]) for c in joint_caps]
        found = settle_interest(group, stretches, joint_caps=dated, balances=self._balances)
        self._balances = found.balances
        for met in found.loans:
            _count_loan(self.tallies[group[0].id], met)


def _count_loan(tally: Tally, met: LoanResult) -> None:
    tally.lines += 1
    tally.eligible += 1
    tally.base += met.eligible_interest
    tally.before += met.discount
    tally.cut(met.loan.user, met.cuts)
    tally.pay(met.loan.user, month_of(met.day), met.payable)


class _Taker:
    """One programme on its way over the stream."""

    def __init__(self, purses: Purses, period: Period, tally: Tally) -> None:
        versions = [terms for terms, _ in purses]
        self._purses, self._period, self._tally = purses, period, tally
        self._dated = dating(versions[0].dated_by)
        self._by_district = any(names_districts(terms) for terms in versions)
        budgets = [terms.budget for terms in versions if terms.budget]
        self._shares = any(budget.rule == "pro_rata" for budget in budgets)
        self._cycles: dict[tuple[int, int, int], _Cycle] = {}

    def take(self, chunk: Chunk) -> None:
        dated, first, until = self._dated, self._period.first, self._period.until
        lines = chunk.lines
        if self._by_district:
            lines = [
                line._replace(user_region=user, provider_region=provider)
                for line, (user, provider) in zip(lines, chunk.districts, strict=True)
            ]
        mine = [line for line in lines if (day := dated(line)) is not None and first <= day < until]
        self._count(granted(self._purses, mine))

    def _count(self, results: Iterable[Result]) -> None:
        tally, shares = self._tally, self._shares
        for result in results:
            tally.lines += 1
            _, _, day, user, reasons, base, _, _, before, cuts, _, payable = result
            if reasons or day is None:
                tally.refuse(reasons)
                continue
            tally.eligible += 1
            tally.base += base
            tally.before += before
            if cuts:
                tally.cut(user, cuts)
            if shares:
                self._keep(result, day)
            else:
                tally.pay(user, day.year * 12 + day.month - 1, payable)

    def _keep(self, result: Result, day: date) -> None:
        terms = result.terms
        key = (terms.fund[1], *terms.cycle_of(day))
        cycle = self._cycles.get(key)
        if cycle is None:
            cycle = self._cycles[key] = _Cycle(terms)
        elif terms.version > cycle.terms.version:
            cycle.terms = terms
        cycle.granted.append(result.granted)
        cycle.months.append(month_of(day))
        cycle.users.append(result.user)
        cycle.items.append(result.line.line_id)

    def share(self, balances: Balances) -> None:
        """Pro rata, cycle by cycle; what is lost is not in a later programme's way."""
        for cycle in self._cycles.values():
            budget = cycle.terms.budget
            shared = budget is not None and budget.rule == "pro_rata"
            amount = budget.amount if budget and shared else sum(cycle.granted)
            shares = pro_rata(amount, cycle.granted)
            whole = zip(cycle.users, cycle.months, cycle.granted, shares, cycle.items, strict=True)
            for user, month, granted_fen, share, item in whole:
                self._tally.pay(user, month, share)
                if share < granted_fen:
                    self._tally.cut(user, [Cut("budget", granted_fen - share)])
                    balances.stack(item, None, share - granted_fen)


def passes(programmes: Sequence[Programme], joint_caps: Sequence[JointCap]) -> list[list[str]]:
    """Which programmes may go over the stream together, in the order in which they grant."""
    groups: dict[str, list[Programme]] = {}
    for terms in programmes:
        groups.setdefault(terms.id, []).append(terms)
    order = evaluation_order(list(groups), joint_caps) or list(groups)
    found: list[list[str]] = []
    for code in order:
        if not found or any(_waits(groups[code], groups[one], joint_caps) for one in found[-1]):
            found.append([])
        found[-1].append(code)
    return found


def _waits(
    group: Sequence[Programme], other: Sequence[Programme], joint_caps: Sequence[JointCap]
) -> bool:
    """Whether a programme can go on only when another has seen every line."""
    if "interest" in {group[0].kind, other[0].kind}:
        return True
    if any(terms.budget and terms.budget.rule == "pro_rata" for terms in other):
        return True
    both = {group[0].id, other[0].id}
    return any(cap.scope != "line" and both <= set(cap.programmes) for cap in joint_caps)
