"""What interest a loan bore in a quarter up to a day, and what programmes would pay of it.

By the calculation of settlements: after what statements hold of these days, within what every cap
and budget has left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from sqlmodel import Session

from booking.kernel.money import half_up
from booking.kernel.periods import Period
from booking.loans.queries.lines import loan_values
from booking.loans.rules.balances import Loan, Segment
from booking.subsidies.queries.estimate import foreseeable
from booking.subsidies.queries.interest import interest_before, interest_held
from booking.subsidies.queries.programmes import active_programmes, joint_caps_of
from booking.subsidies.queries.spent import balances_before
from booking.subsidies.rules.corrections import discount_all
from booking.subsidies.rules.cycles import Days
from booking.subsidies.rules.discounts import Held, Stretch
from booking.subsidies.rules.explanation import Language, told
from booking.subsidies.rules.faults import ProgrammeInvalid
from booking.subsidies.rules.interest import Accrued, accrue, window
from booking.subsidies.rules.joint_caps import evaluation_order
from booking.subsidies.rules.programme import Discount, Programme
from booking.subsidies.rules.results import LoanResult
from booking.subsidies.rules.steps import Step, loan_steps

_DAY = timedelta(days=1)
_HELD = Held()


@dataclass(frozen=True, slots=True)
class Offered:
    """What a programme pays for these days: `held` is in statements, the rest would follow."""

    result: LoanResult
    held: Held

    @property
    def whole_fen(self) -> int:
        """With what statements hold already."""
        return self.held.paid + self.result.payable

    def explanation(self, language: Language) -> str:
        return told(self._steps(), language)

    def _steps(self) -> list[Step]:
        accrued = self.result.accrued
        whole = self.result._replace(
            interest=half_up(accrued.interest),
            eligible_interest=half_up(accrued.eligible),
            discount=half_up(accrued.discount),
        )
        steps = loan_steps(whole)
        if not (self.held.wanted or self.held.paid):
            return steps
        ends = len(steps) - len(whole.cuts) - 1
        return [*steps[:ends], Step("held", {}, -self.held.wanted), *steps[ends:]]


class Spell(NamedTuple):
    """A stretch on which nothing changes for a draw, and the interest on it."""

    of: Segment
    annual_rate: Fraction

    @property
    def last(self) -> date:
        return self.of.end - _DAY

    @property
    def beyond_fen(self) -> int:
        return self.of.balance - self.of.covered

    @property
    def interest_fen(self) -> int:
        """Rounded, to be read; the sum is rounded once."""
        weight = self.of.balance * self.of.days
        return half_up(weight * self.annual_rate / Discount().day_count)


@dataclass(frozen=True, slots=True)
class SoFar:
    """A quarter of a loan up to a day: what it bore, and what each active programme pays."""

    loan: Loan
    quarter: Period
    days: Days
    accrued: Accrued
    offers: Sequence[Offered]
    # Programmes that cannot be reckoned: the reference rate of some day is not entered.
    unknown: Sequence[Programme]

    @property
    def spells(self) -> list["Spell"]:
        """Its segments by day, then by draw."""
        met = sorted(self.accrued.segments, key=lambda one: (one.start, one.draw.day))
        return [Spell(one, self.loan.annual_rate) for one in met]

    @property
    def interest_fen(self) -> int:
        return half_up(self.accrued.interest)

    @property
    def subsidy_fen(self) -> int:
        return sum(one.whole_fen for one in self.offers)


def interest_so_far(session: Session, credit_line_id: int, today: date) -> SoFar:
    """The quarter that holds a day, with that day."""
    loan = loan_values(session, [credit_line_id])[credit_line_id]
    quarter = Period.parse(f"{today.year}-Q{(today.month + 2) // 3}")
    days = (quarter.first, today + _DAY)
    programmes = [foreseeable(one) for one in active_programmes(session) if one.kind == "interest"]
    offers, unknown = _offers(session, credit_line_id, loan, days=days, programmes=programmes)
    accrued = accrue(loan, Discount(), *days)
    return SoFar(loan, quarter, days, accrued, offers, unknown)


def _offers(
    session: Session, key: int, loan: Loan, *, days: Days, programmes: Sequence[Programme]
) -> tuple[list[Offered], list[Programme]]:
    joint_caps = joint_caps_of(session, programmes)
    balances = balances_before(
        session,
        programmes,
        joint_caps=joint_caps,
        years={terms.period_of(days[1] - _DAY) for terms in programmes},
    )
    balances.stretches = interest_before(session) if programmes else {}
    groups = {code: list(some) for code, some in groupby(programmes, key=lambda one: one.id)}
    offers: list[Offered] = []
    unknown: list[Programme] = []
    for code in evaluation_order(list(groups), joint_caps) or ():
        mine = [cap for cap in joint_caps if code in cap.programmes]
        held = _held_within(session, key, group=groups[code], days=days)
        wanted = [
            Stretch(terms, loan, spell, held.get(terms.version, _HELD))
            for terms in groups[code]
            if (spell := window(terms, *days))
        ]
        try:
            found, balances = discount_all(groups[code], wanted, joint_caps=mine, balances=balances)
        except ProgrammeInvalid:
            unknown.append(groups[code][-1])
            continue
        offers += [
            Offered(one, held.get(one.terms.version, _HELD))
            for one in found
            if one.accrued.segments
        ]
    return offers, unknown


def _held_within(
    session: Session, key: int, *, group: Sequence[Programme], days: Days
) -> Mapping[int, Held]:
    """By version what statements hold of cycles that lie in the quarter."""
    found: dict[int, Held] = {}
    for (line, version, cycle), held in interest_held(session, group).items():
        if line == key and days[0] <= cycle[0] < days[1]:
            before = found.get(version, _HELD)
            found[version] = Held(*(a + b for a, b in zip(before, held, strict=True)))
    return found
