"""What settled lines come to today, and the differences that the next statement carries.

The lines that were settled are evaluated again together with those to be settled now, in the order
of the engine and from nothing: that is what one computation over everything would have paid. What
statements hold stays; where they hold something else, a correction makes up for the difference.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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


Targets = Mapping[str, Result]


class Recounted(NamedTuple):
    """Fresh results and corrections upwards, and the balances afterwards.

    `bound` says that limits left less than a computation over everything would have paid.
    """

    results: Sequence[Result]
    corrections: Sequence[Correction]
    balances: Balances
    bound: bool


def targets(
    versions: Sequence[Programme],
    lines: Sequence[Line],
    *,
    joint_caps: Sequence[JointCap],
    balances: Balances,
) -> tuple[Targets, Balances]:
    """What a computation from nothing (or what others have of it) says, and where it ends."""
    found = evaluate(
        [replace(terms, budget=_lasting(terms)) for terms in versions],
        lines,
        joint_caps=joint_caps,
        balances=balances,
    )
    real = {terms.version: terms for terms in versions}
    told = {one.item: one._replace(terms=real[one.terms.version]) for one in found.results}
    return told, found.balances


def taken_back(
    versions: Sequence[Programme],
    settled: Sequence[Settled],
    told: Targets,
    *,
    joint_caps: Sequence[JointCap],
    balances: Balances,
) -> list[Correction]:
    """The corrections downwards, before anybody is granted more: they fall in `balances`."""
    purses = dict(_purses(versions, joint_caps, balances))
    found = []
    for one, place, sums in _all_differences(settled, told):
        if sums.granted > 0:
            continue
        found.append(Correction(one, place, sums, told[one.line.line_id]))
        if sums.granted:
            claim = _claim(one.line, one.user, place[1])
            purses[place[0]].take_back(claim, -sums.granted)
            balances.stack(claim.item, None, sums.payable - sums.granted)
    return found


def granted_more(
    versions: Sequence[Programme],
    fresh: Sequence[Line],
    settled: Sequence[Settled],
    *,
    told: Targets,
    joint_caps: Sequence[JointCap],
    balances: Balances,
) -> Recounted:
    """Fresh lines and corrections upwards in the order of the engine; then shared budgets."""
    after = balances.copy()
    purses = _purses(versions, joint_caps, after)
    more = {
        one.line.line_id: Correction(one, place, sums, told[one.line.line_id])
        for one, place, sums in _all_differences(settled, told)
        if sums.granted > 0
    }
    grants = _Grants(dict(purses), told, more)
    take = taking([(terms, dict(purses)[terms.version]) for terms in versions])
    lines = [*fresh, *(found.settled.line for found in more.values())]
    taken = [grants.one(line, take) for line in sorted(lines, key=line_order)]
    found = shared(taken, after)
    upwards = [_as_granted(more[one.item], one) for one in found if one.item in more]
    return Recounted(
        [one for one in found if one.item not in more],
        [one for one in upwards if any(one.sums)],
        after,
        grants.bound,
    )


def in_order(corrections: Sequence[Correction]) -> list[Correction]:
    """By their lines, as the engine takes them."""
    return sorted(corrections, key=lambda one: (line_order(one.settled.line), one.place))


def with_others(before: Balances, after: Balances, told: Balances) -> None:
    """Programmes that are never counted again take part in joint caps with what they grant."""
    for cap, sums in after.joint.items():
        known = before.joint.get(cap, {})
        noted = told.joint.setdefault(cap, {})
        for key, granted in sums.items():
            if more := granted - known.get(key, 0):
                noted[key] = noted.get(key, 0) + more


def _lasting(terms: Programme) -> Budget | None:
    """A pro-rata budget is shared among those who are settled together, never again."""
    return None if terms.budget and terms.budget.rule == "pro_rata" else terms.budget


def _purses(
    versions: Sequence[Programme], joint_caps: Sequence[JointCap], balances: Balances
) -> list[tuple[int, Purse]]:
    found = purses_of(versions, versions, joint_caps=joint_caps, balances=balances)
    return [(terms.version, purse) for terms, purse in found]


@dataclass
class _Grants:
    """Lines being granted what a computation from nothing says, as far as limits leave it."""

    purses: Mapping[int, Purse]
    told: Targets
    more: Mapping[str, Correction]
    bound: bool = False

    def one(self, line: Line, take: Callable[[Line], Result]) -> Result:
        target = self.told.get(line.line_id)
        if target is None:
            return take(line)
        kept = self.more.get(line.line_id)
        wanted = target.granted if kept is None else kept.sums.granted
        if not wanted or target.day is None:
            return target._replace(granted=0, payable=0)
        claim = _claim(line, target.user, target.day)
        granted, cuts = self.purses[target.terms.version].grant(claim, wanted, base=target.base)
        self.bound = self.bound or bool(cuts)
        known = target.cuts if kept is None else ()
        return target._replace(cuts=(*known, *cuts), granted=granted, payable=granted)


def _all_differences(
    settled: Sequence[Settled], told: Targets
) -> Iterator[tuple[Settled, Place, Sums]]:
    for one in settled:
        if one.open:
            for place, sums in _differences(one, told[one.line.line_id]):
                yield one, place, sums


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


def _as_granted(kept: Correction, result: Result) -> Correction:
    """An increase as far as limits and budget left it."""
    wanted = kept.sums
    payable = max(wanted.payable - (wanted.granted - result.payable), 0)
    sums = wanted._replace(granted=result.granted, payable=payable)
    return kept._replace(sums=sums, cuts=result.cuts)


def _claim(line: Line, user: str, day: date) -> Claim:
    return Claim(line.line_id, user, line.group, line.provider, line.instrument, day)
