"""What settled lines come to today, and the differences that the next statement carries.

The lines that were settled are evaluated again together with those to be settled now, in the order
of the engine and from nothing: that is what one computation over everything would have paid. What
statements hold stays; where they hold something else, a correction makes up for the difference.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from booking.subsidies.rules.budget import shared
from booking.subsidies.rules.caps import Balances, Claim, Cut, Purse
from booking.subsidies.rules.evaluation import evaluate, purses_of, taking
from booking.subsidies.rules.line import Line, line_order
from booking.subsidies.rules.programme import Budget, JointCap, Programme
from booking.subsidies.rules.results import Result


class Sums(NamedTuple):
    """Amounts of one or several lines, in fen; `payable` is less what was recovered."""

    amount: int = 0
    base: int = 0
    before: int = 0
    granted: int = 0
    payable: int = 0

    def minus(self, other: "Sums") -> "Sums":
        return Sums(*(a - b for a, b in zip(self, other, strict=True)))

    def plus(self, other: "Sums") -> "Sums":
        return Sums(*(a + b for a, b in zip(self, other, strict=True)))


# The version that a line was reckoned by, and the day by which that version dated it.
Place = tuple[int, date]
NOTHING = Sums()


class Settled(NamedTuple):
    """A use that statements hold: its line as it is today, and what they hold of it."""

    line: Line
    user: str
    held: Mapping[Place, Sums]
    recovered: int
    # Whether its line was locked, and the next statement of its owner is the one being made.
    open: bool
    # What differs today: "amount", "qualifications", …; nothing, and only others' lines do.
    why: tuple[str, ...] = ()


class Correction(NamedTuple):
    """A difference to be written, with today's answer, to which it leads."""

    settled: Settled
    place: Place
    sums: Sums
    target: Result
    cuts: tuple[Cut, ...] = ()


class Both(NamedTuple):
    """What statements were granted, and what the computation from nothing has granted so far."""

    granted: Balances
    from_nothing: Balances

    def with_others(self, after: Balances) -> "Both":
        """After a programme that is never counted again: its grants count under joint caps."""
        for cap, sums in after.joint.items():
            known = self.granted.joint.get(cap, {})
            told = self.from_nothing.joint.setdefault(cap, {})
            for key, granted in sums.items():
                if more := granted - known.get(key, 0):
                    told[key] = told.get(key, 0) + more
        return self._replace(granted=after)


class Recount(NamedTuple):
    """The results of lines settled now, the corrections, and both balances afterwards.

    `bound` says that limits left less than a computation over everything would have paid.
    """

    results: tuple[Result, ...]
    corrections: tuple[Correction, ...]
    balances: Both
    bound: bool


def recount(
    versions: Sequence[Programme],
    fresh: Sequence[Line],
    settled: Sequence[Settled],
    *,
    joint_caps: Sequence[JointCap],
    balances: Both,
    within: Callable[[Line], bool],
) -> Recount:
    """Settle fresh lines after what was granted, and correct the settled ones.

    Only fresh lines `within` take part in the computation from nothing; others are taken as
    limits leave it, which for them is the same.
    """
    ideal = evaluate(
        [replace(terms, budget=_lasting(terms)) for terms in versions],
        [*filter(within, fresh), *(one.line for one in settled)],
        joint_caps=joint_caps,
        balances=balances.from_nothing,
    )
    real = {terms.version: terms for terms in versions}
    targets = {
        found.item: found._replace(terms=real[found.terms.version]) for found in ideal.results
    }
    after = balances.granted.copy()
    purses = purses_of(versions, versions, joint_caps=joint_caps, balances=after)
    work = _Work({terms.version: purse for terms, purse in purses}, targets, after)
    for one in settled:
        if one.open:
            work.compare(one)
    results = work.grant(fresh, taking(purses))
    return Recount(tuple(results), work.corrections(), Both(after, ideal.balances), work.bound)


def _lasting(terms: Programme) -> Budget | None:
    """A pro-rata budget is shared among those who are settled together, never again."""
    return None if terms.budget and terms.budget.rule == "pro_rata" else terms.budget


@dataclass
class _Work:
    """One programme's lines being corrected and granted, out of running balances."""

    purses: Mapping[int, Purse]
    targets: Mapping[str, Result]
    balances: Balances
    bound: bool = False
    _less: list[Correction] = field(default_factory=list)
    _more: dict[str, Correction] = field(default_factory=dict)

    def compare(self, one: Settled) -> None:
        """Note what differs; what is too much is free again before anybody is granted more."""
        target = self.targets[one.line.line_id]
        for place, sums in _differences(one, target):
            if sums.granted > 0:
                self._more[one.line.line_id] = Correction(one, place, sums, target)
                continue
            self._less.append(Correction(one, place, sums, target))
            if sums.granted:
                claim = _claim(one.line, one.user, place[1])
                self.purses[place[0]].take_back(claim, -sums.granted)
                self.balances.stack(claim.item, None, sums.payable - sums.granted)

    def grant(self, fresh: Sequence[Line], take: Callable[[Line], Result]) -> list[Result]:
        """Fresh lines and corrections upwards, in the order of the engine; then the budgets."""
        more = [found.settled.line for found in self._more.values()]
        taken = [self._one(line, take) for line in sorted([*fresh, *more], key=line_order)]
        found = shared(taken, self.balances)
        for result in found:
            if (kept := self._more.get(result.item)) is not None:
                self._more[result.item] = _granted(kept, result)
        return [result for result in found if result.item not in self._more]

    def corrections(self) -> tuple[Correction, ...]:
        """All differences, by the order of their lines."""
        found = [*self._less, *(one for one in self._more.values() if any(one.sums))]
        return tuple(sorted(found, key=lambda one: (line_order(one.settled.line), one.place)))

    def _one(self, line: Line, take: Callable[[Line], Result]) -> Result:
        target = self.targets.get(line.line_id)
        if target is None:
            return take(line)
        kept = self._more.get(line.line_id)
        wanted = target.granted if kept is None else kept.sums.granted
        if not wanted or target.day is None:
            return target._replace(granted=0, payable=0)
        claim = _claim(line, target.user, target.day)
        granted, cuts = self.purses[target.terms.version].grant(claim, wanted, base=target.base)
        self.bound = self.bound or bool(cuts)
        known = target.cuts if kept is None else ()
        return target._replace(cuts=(*known, *cuts), granted=granted, payable=granted)


def _differences(one: Settled, target: Result) -> Iterator[tuple[Place, Sums]]:
    """Where statements hold too much or too little; recovered amounts are never paid again."""
    place = next(iter(one.held))
    if target.eligible and target.day is not None:
        place = (target.terms.version, target.day)
    for held_at, held in one.held.items():
        if held_at != place and any(held):
            yield held_at, NOTHING.minus(held)
    held = one.held.get(place, NOTHING)
    base = target.base if target.eligible else 0
    due = Sums(
        *(one.line.paid_amount, base, target.before, target.granted),
        payable=_payable(one, held, target),
    )
    if any(sums := due.minus(held)):
        yield place, sums


def _payable(one: Settled, held: Sums, target: Result) -> int:
    """What is to be paid in all. Out of a pro-rata budget less is paid in proportion."""
    due = target.granted
    if target.terms.budget and target.terms.budget.rule == "pro_rata" and held.granted:
        paid = held.payable + one.recovered
        less = min(due, held.granted)
        due = paid * less // held.granted + max(due - held.granted, 0)
    return max(due - one.recovered, 0)


def _granted(kept: Correction, result: Result) -> Correction:
    """An increase as far as limits and budget left it."""
    wanted = kept.sums
    payable = max(wanted.payable - (wanted.granted - result.payable), 0)
    sums = wanted._replace(granted=result.granted, payable=payable)
    return kept._replace(sums=sums, cuts=result.cuts)


def _claim(line: Line, user: str, day: date) -> Claim:
    return Claim(line.line_id, user, line.group, line.provider, line.instrument, day)
