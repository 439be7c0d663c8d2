"""What a settlement comes to: programme by programme, each going on from what others granted.

Where a limit was met or a fact differs from what was settled, the uses behind it are counted again
from nothing, and settled lines are corrected. Everything else goes on from the balances.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from sqlmodel import Session, col, select

from booking.kernel.periods import Period
from booking.subsidies.actions.correction_lines import LineCorrection
from booking.subsidies.actions.draft_lines import Draft
from booking.subsidies.actions.reckoned_interest import Borrowing
from booking.subsidies.actions.watch import Watch
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.subsidies.queries import settled as held
from booking.subsidies.queries.clawbacks import to_recover
from booking.subsidies.queries.interest import interest_before
from booking.subsidies.queries.programmes import joint_caps_of
from booking.subsidies.queries.spent import balances_before, joint_before, stacked_before
from booking.subsidies.queries.uses import Use, Uses, unsettled_uses
from booking.subsidies.rules.caps import Balances
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.joint_caps import evaluation_order
from booking.subsidies.rules.line import Line, dating
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.recount import (
    Correction,
    Targets,
    granted_more,
    in_order,
    taken_back,
    targets,
    with_others,
)
from booking.subsidies.rules.regions import names_districts
from booking.subsidies.rules.results import Result
from booking.subsidies.rules.scope import PINCHES, Scope, Seen
from booking.subsidies.states import StatementState

Versions = Mapping[str, Sequence[Programme]]
_DAY = timedelta(days=1)


@dataclass
class Reckoning:
    """One settlement being computed; `drafts` is the outcome."""

    session: Session
    period: Period
    settlement: Settlement
    versions: Versions
    drafts: dict[int, Draft] = field(default_factory=dict)
    _settled: Mapping[str, Sequence[held.SettledUse]] = field(default_factory=dict)
    _seen: Seen = field(default_factory=Seen)

    def evaluate(self) -> None:
        """Go on from the balances; count again what that does not do justice to."""
        scope, seen = Scope.none(), self._pass(Scope.none())
        while (wider := self._watch.wider(scope, seen)) != scope:
            scope, seen = wider, self._pass(wider)
        for one in to_recover(self.session, until=self.period.until, frozen=self._frozen):
            self._draft(str(one.owner_id)).take_recovery(one)

    @cached_property
    def uses(self) -> Uses:
        """The uses that no statement holds yet."""
        return unsettled_uses(self.session, self._of_uses, until=self.period.until)

    @cached_property
    def _of_uses(self) -> Versions:
        return {code: group for code, group in self.versions.items() if _is_for_uses(group)}

    @cached_property
    def _joint_caps(self) -> list[JointCap]:
        everything = [terms for group in self.versions.values() for terms in group]
        return joint_caps_of(self.session, everything)

    @cached_property
    def _watch(self) -> Watch:
        return Watch(self.session, self._of_uses, self._joint_caps, self.settlement.key)

    def _pass(self, scope: Scope) -> Seen:
        """One computation, in which the uses within a scope are counted from nothing."""
        self.drafts, self._seen = {}, Seen()
        self._settled = {
            code: held.settled_uses(self.session, group, self._asked(scope)) if scope else []
            for code, group in self._of_uses.items()
        }
        balances = self._granted_before()
        told = self._targets(scope, balances) if scope else {}
        less = {code: self._take_back(code, told, balances) for code in told}
        for code in self._order:
            group = self.versions[code]
            if not _is_for_uses(group):
                balances = self._interest(group, balances)
            elif code in told:
                balances = self._grant(group, told[code], less[code], balances=balances)
            else:
                balances = self._use(group, balances)
        return self._seen

    @cached_property
    def _order(self) -> Sequence[str]:
        return evaluation_order(list(self.versions), self._joint_caps) or ()

    def _targets(self, scope: Scope, granted: Balances) -> dict[str, Targets]:
        """What a computation from nothing says of the uses within a scope."""
        nothing, found = self._from_nothing(), {}
        for code in self._order:
            group = self.versions[code]
            if not _is_for_uses(group):
                _, after = self._borrowing.discounted(group, self._mine(group), granted)
                with_others(granted, after, nothing)
                continue
            side = _side(group)
            lines = [
                *(line for line in self._lines(group) if getattr(line, side) in scope),
                *(use.settled.line for use in self._settled[code]),
            ]
            found[code], nothing = targets(
                group, lines, joint_caps=self._mine(group), balances=nothing
            )
        return found

    def _take_back(
        self, code: str, told: Mapping[str, Targets], balances: Balances
    ) -> list[Correction]:
        group = self.versions[code]
        settled = [use.settled for use in self._settled[code]]
        caps = self._mine(group)
        return taken_back(group, settled, told[code], joint_caps=caps, balances=balances)

    def _grant(
        self,
        group: Sequence[Programme],
        told: Targets,
        less: Sequence[Correction],
        *,
        balances: Balances,
    ) -> Balances:
        settled = self._settled[group[0].id]
        found = granted_more(
            group,
            self._lines(group),
            [use.settled for use in settled],
            told=told,
            joint_caps=self._mine(group),
            balances=balances,
        )
        self._seen.bound = self._seen.bound or found.bound
        self._take(found.results)
        rows = {use.settled.line.line_id: use for use in settled}
        for one in in_order([*less, *found.corrections]):
            row = rows[one.settled.line.line_id]
            self._draft(one.settled.user).take_correction(LineCorrection(one, row))
        return found.balances

    def _asked(self, scope: Scope) -> held.Asked:
        users = None if scope.everybody else scope.users
        return held.Asked(self.period.until, users, self._frozen)

    def _granted_before(self) -> Balances:
        everything = [terms for group in self.versions.values() for terms in group]
        found = balances_before(
            self.session,
            everything,
            joint_caps=self._joint_caps,
            years=self._years() | _years_of(self._of_uses, self._settled),
            settlement_id=self.settlement.key,
        )
        charges = [*self._settled_elsewhere(), *_charges(self._settled)]
        found.items = stacked_before(self.session, sorted(set(charges)))
        found.stretches = interest_before(self.session)
        return found

    def _from_nothing(self) -> Balances:
        """What only programmes that are not counted again have granted."""
        charges = sorted({*self._settled_elsewhere(), *_charges(self._settled)})
        return Balances(
            joint=joint_before(self.session, self._joint_caps, but_for=self._of_uses),
            items=stacked_before(self.session, charges, but_for=self._of_uses),
        )

    def _lines(self, group: Sequence[Programme]) -> list[Line]:
        """What a programme has to settle of those whose statement is still open."""
        frozen = self._frozen
        side = _side(group)
        lines = [ln for ln in self.uses.lines[group[0].id] if int(getattr(ln, side)) not in frozen]
        if any(names_districts(terms) for terms in group):
            lines = [_in_district(line, self.uses.of[line.line_id]) for line in lines]
        return lines

    def _mine(self, group: Sequence[Programme]) -> list[JointCap]:
        return [cap for cap in self._joint_caps if group[0].id in cap.programmes]

    def _use(self, group: Sequence[Programme], balances: Balances) -> Balances:
        found = evaluate(group, self._lines(group), joint_caps=self._mine(group), balances=balances)
        self._take(found.results)
        return found.balances

    def _take(self, results: Sequence[Result]) -> None:
        for result in results:
            self._draft(result.user).take(result)
            for reason, _ in result.cuts:
                if reason in PINCHES or reason.startswith("joint:"):
                    self._seen.met.add(reason)
                    self._seen.pinched.add(result.user)

    def _draft(self, user: str) -> Draft:
        return self.drafts.setdefault(int(user), Draft())

    def _interest(self, group: Sequence[Programme], balances: Balances) -> Balances:
        answers, after = self._borrowing.discounted(group, self._mine(group), balances)
        for answer in answers:
            self._draft(answer.result.loan.user).take_loan(answer)
        return after

    @cached_property
    def _borrowing(self) -> Borrowing:
        return Borrowing(self.session, self.period, self.settlement, self._frozen)

    @cached_property
    def _frozen(self) -> set[int]:
        """Whose statement of this period is no draft any more."""
        query = select(Statement.organisation_id).where(
            Statement.settlement_id == self.settlement.key,
            Statement.state != StatementState.DRAFT,
        )
        return set(self.session.exec(query))

    def _years(self) -> set[int]:
        """The cap periods that lines and loans may fall into."""
        years = set()
        for code, group in self.versions.items():
            for terms in group:
                dated = dating(terms.dated_by)
                days = {dated(line) for line in self.uses.lines.get(code, ())}
                days.add(self.period.last)
                if terms.kind == "interest":
                    days |= {until - _DAY for _, until in self._borrowing.cycles(terms)}
                years |= {terms.period_of(day) for day in days if day is not None}
        return years

    def _settled_elsewhere(self) -> list[int]:
        """Uses on which another programme may have paid already: rare, so looked up one by one."""
        seen: dict[str, int] = {}
        for lines in self.uses.lines.values():
            for line in lines:
                seen[line.line_id] = seen.get(line.line_id, 0) + 1
        every = len(self.uses.lines)
        others = self.session.exec(
            select(StatementLine.id)
            .where(col(StatementLine.live), col(StatementLine.programme).not_in(self.versions))
            .limit(1)
        ).first()
        return [
            use.charge_id
            for item, use in self.uses.of.items()
            if others is not None or seen.get(item, 0) < every
        ]


def _is_for_uses(group: Sequence[Programme]) -> bool:
    return group[0].kind != "interest"


def _side(group: Sequence[Programme]) -> str:
    """Which party of a line is the beneficiary."""
    return "provider" if group[0].kind == "provider" else "user"


def _charges(settled: Mapping[str, Sequence[held.SettledUse]]) -> Iterator[int]:
    return (use.use.charge_id for uses in settled.values() for use in uses)


def _years_of(versions: Versions, settled: Mapping[str, Sequence[held.SettledUse]]) -> set[int]:
    """The cap periods in which settled uses lie, and in which they would lie today."""
    found: set[int] = set()
    for code, uses in settled.items():
        terms = versions[code][0]
        dated = dating(terms.dated_by)
        for use in uses:
            days = {day for _, day in use.settled.held} | {dated(use.settled.line)}
            found |= {terms.period_of(day) for day in days if day is not None}
    return found


def _in_district(line: Line, use: Use) -> Line:
    user, provider = use.districts
    return line._replace(user_region=user, provider_region=provider)
