"""Settle a period: confirmed uses and interest → evaluated lines → one draft per organisation.

Running it again replaces the drafts and nothing else; what was locked keeps its lines, and whoever
has a locked statement finds later uses in the next one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlmodel import col, select

from booking.db.bulk import write_many
from booking.db.inserts import insert_unless_exists
from booking.db.patience import take_your_time
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.loans.queries.lines import loan_values
from booking.loans.rules.balances import Loan
from booking.subsidies.actions.draft_lines import COLUMNS, Draft, LoanAnswer, rows_of
from booking.subsidies.errors import NothingToSettle, PeriodNotBegun
from booking.subsidies.events import PeriodSettled
from booking.subsidies.models.programme import ProgrammeEntry
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.subsidies.queries.interest import interest_before, interest_held
from booking.subsidies.queries.programmes import active_programmes, joint_caps_of
from booking.subsidies.queries.settlements import SettlementView, settlement_view
from booking.subsidies.queries.spent import balances_before, stacked_before
from booking.subsidies.queries.uses import Use, Uses, unsettled_uses
from booking.subsidies.rules.caps import Balances
from booking.subsidies.rules.corrections import settle_interest
from booking.subsidies.rules.cycles import Days, due, may_be_empty, settled_days, statement_number
from booking.subsidies.rules.discounts import Held, Stretch
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.interest import window
from booking.subsidies.rules.joint_caps import evaluation_order
from booking.subsidies.rules.line import Line, dating
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.regions import names_districts
from booking.subsidies.states import StatementState

Versions = Mapping[str, Sequence[Programme]]
_DAY = timedelta(days=1)


def settle_period(
    uow: UnitOfWork, period: Period, *, actor_id: int | None, now: datetime
) -> SettlementView:
    """Draw up the statements of a period, once, whatever happened before."""
    if local(now).date() < period.first:
        raise PeriodNotBegun(period=period.code)
    take_your_time(uow.session)
    settlement, again = _settlement(uow, period, actor_id=actor_id, now=now)
    _forget_drafts(uow, settlement.key)
    active = active_programmes(uow.session)
    versions = due(active, period)
    settlement.programmes = [
        {"programme": terms.id, "version": terms.version, "document": terms.document}
        for group in versions.values()
        for terms in group
    ]
    run = _Run(uow, period, settlement, versions)
    run.evaluate()
    if not (run.drafts or again or may_be_empty(active, period)):
        raise NothingToSettle(period=period.code)
    run.write(now)
    view = settlement_view(uow.session, period.code)
    uow.announce(
        PeriodSettled(
            at=now,
            subject=f"settlement:{period.code}",
            actor_id=actor_id,
            changes={
                "statements": (None, len(view.statements)),
                "payable_fen": (None, view.totals["payable_fen"]),
            },
            period=period.code,
            statements=len(view.statements),
            payable_fen=view.totals["payable_fen"],
        )
    )
    return view


def _settlement(
    uow: UnitOfWork, period: Period, *, actor_id: int | None, now: datetime
) -> tuple[Settlement, bool]:
    """The period's row, whether it was there, and everybody else kept waiting: caps are shared."""
    row = {"period": period.code, "first": period.first, "until": period.until}
    known: dict[str, object] = {"programmes": [], "settled_by": actor_id, "settled_at": now}
    uow.session.exec(
        select(ProgrammeEntry.id).order_by(col(ProgrammeEntry.id)).with_for_update()
    ).all()
    fresh = insert_unless_exists(uow.session, Settlement, [{**row, **known}])
    query = select(Settlement).where(Settlement.period == period.code).with_for_update()
    settlement = uow.session.exec(query.execution_options(populate_existing=True)).one()
    settlement.settled_by, settlement.settled_at = actor_id, now
    return settlement, not fresh


def _forget_drafts(uow: UnitOfWork, settlement_id: int) -> None:
    old = sa.delete(StatementLine).where(
        col(StatementLine.settlement_id) == settlement_id,
        col(StatementLine.live),
        ~col(StatementLine.locked),
    )
    uow.session.execute(old)


@dataclass
class _Run:
    """One settlement being made."""

    uow: UnitOfWork
    period: Period
    settlement: Settlement
    versions: Versions
    uses: Uses = field(default_factory=Uses)
    drafts: dict[int, Draft] = field(default_factory=dict)

    def evaluate(self) -> None:
        """Programme by programme, each going on from what the ones before granted."""
        session = self.uow.session
        everything = [terms for group in self.versions.values() for terms in group]
        joint_caps = joint_caps_of(session, everything)
        of_uses = {c: g for c, g in self.versions.items() if g[0].kind != "interest"}
        self.uses = unsettled_uses(session, of_uses, until=self.period.until)
        balances = balances_before(
            session,
            everything,
            joint_caps=joint_caps,
            years=self._years(),
            settlement_id=self.settlement.key,
        )
        balances.items = stacked_before(session, self._settled_elsewhere())
        balances.stretches = interest_before(session)
        for code in evaluation_order(list(self.versions), joint_caps) or ():
            group = self.versions[code]
            if group[0].kind == "interest":
                balances = self._interest(group, joint_caps, balances)
            else:
                balances = self._use(group, joint_caps, balances)

    def _use(
        self, group: Sequence[Programme], joint_caps: Sequence[JointCap], balances: Balances
    ) -> Balances:
        code, frozen = group[0].id, self._frozen()
        side = "provider" if group[0].kind == "provider" else "user"
        lines = [ln for ln in self.uses.lines[code] if int(getattr(ln, side)) not in frozen]
        if any(names_districts(terms) for terms in group):
            lines = [_in_district(line, self.uses.of[line.line_id]) for line in lines]
        mine = [cap for cap in joint_caps if code in cap.programmes]
        found = evaluate(group, lines, joint_caps=mine, balances=balances)
        for result in found.results:
            self.drafts.setdefault(int(result.user), Draft()).take(result)
        return found.balances

    def _interest(
        self, group: Sequence[Programme], joint_caps: Sequence[JointCap], balances: Balances
    ) -> Balances:
        keys = {loan.loan_id: key for key, loan in self._loans.items()}
        mine = [cap for cap in joint_caps if group[0].id in cap.programmes]
        found = settle_interest(group, self._stretches(group), joint_caps=mine, balances=balances)
        for result in found.loans:
            answer = LoanAnswer(result, keys[result.loan.loan_id])
            self.drafts.setdefault(int(result.loan.user), Draft()).take_loan(answer)
        return found.balances

    def _stretches(self, group: Sequence[Programme]) -> list[Stretch]:
        """The days that each version settles now, then all that were settled before: a bank
        record that comes late may bear interest on days of which no line says anything yet."""
        loans = self._loans
        held = interest_held(self.uow.session, group)
        return [
            Stretch(terms, loan, days, held.get((key, terms.version, cycle), Held()))
            for terms in group
            for cycle in self._cycles(terms)
            if (days := window(terms, *cycle))
            for key, loan in loans.items()
        ]

    def _cycles(self, terms: Programme) -> list[Days]:
        now = settled_days(terms, self.period)
        before = {settled_days(terms, period) for period in self._settled}
        return [days for days in (now, *sorted(filter(None, before - {now}))) if days]

    @cached_property
    def _settled(self) -> list[Period]:
        """The periods settled up to this one."""
        query = select(Settlement.period).where(
            Settlement.until <= self.period.until, Settlement.id != self.settlement.id
        )
        return [Period.parse(code) for code in self.uow.session.exec(query)]

    @cached_property
    def _loans(self) -> dict[int, Loan]:
        """The loans of those whose statement is still open."""
        frozen = self._frozen()
        return {
            key: loan
            for key, loan in loan_values(self.uow.session).items()
            if int(loan.user) not in frozen
        }

    def _frozen(self) -> set[int]:
        """Whose statement of this period is no draft any more."""
        query = select(Statement.organisation_id).where(
            Statement.settlement_id == self.settlement.key,
            Statement.state != StatementState.DRAFT,
        )
        return set(self.uow.session.exec(query))

    def _years(self) -> set[int]:
        """The cap periods that lines and loans may fall into."""
        years = set()
        for code, group in self.versions.items():
            for terms in group:
                dated = dating(terms.dated_by)
                days = {dated(line) for line in self.uses.lines.get(code, ())}
                days.add(self.period.last)
                if terms.kind == "interest":
                    days |= {until - _DAY for _, until in self._cycles(terms)}
                years |= {terms.period_of(day) for day in days if day is not None}
        return years

    def _settled_elsewhere(self) -> list[int]:
        """Uses on which another programme may have paid already: rare, so looked up one by one."""
        seen: dict[str, int] = {}
        for lines in self.uses.lines.values():
            for line in lines:
                seen[line.line_id] = seen.get(line.line_id, 0) + 1
        every = len(self.uses.lines)
        others = self.uow.session.exec(
            select(StatementLine.id)
            .where(col(StatementLine.live), col(StatementLine.programme).not_in(self.versions))
            .limit(1)
        ).first()
        return [
            use.charge_id
            for item, use in self.uses.of.items()
            if others is not None or seen.get(item, 0) < every
        ]

    def write(self, now: datetime) -> None:
        """One statement per organisation; numbers follow the organisations' order and stay."""
        heads = _write_statements(self.uow, self.settlement, self.drafts, now=now)
        told: dict[str, str] = {}
        rows = (
            row
            for owner in sorted(self.drafts)
            for row in rows_of(self.drafts[owner], self.uses.of, head=heads[owner], told=told)
        )
        write_many(self.uow.session, "statement_line", COLUMNS, rows=rows)


def _write_statements(
    uow: UnitOfWork, settlement: Settlement, drafts: Mapping[int, Draft], *, now: datetime
) -> dict[int, tuple[int, int, int]]:
    """Settlement, statement and revision for each organisation's lines."""
    query = select(Statement).where(Statement.settlement_id == settlement.key)
    known = {row.organisation_id: row for row in uow.session.exec(query)}
    taken = max((int(row.number.rsplit("-", 1)[1]) for row in known.values()), default=0)
    for owner in sorted(set(drafts) - set(known)):
        taken += 1
        known[owner] = Statement(
            number=statement_number(Period.parse(settlement.period), taken),
            settlement_id=settlement.key,
            organisation_id=owner,
            created_at=now,
        )
        uow.session.add(known[owner])
    for owner, row in known.items():
        if row.state is StatementState.DRAFT:
            _fill(uow, row, drafts.get(owner))
    uow.session.flush()
    return {owner: (settlement.key, known[owner].key, known[owner].revision) for owner in drafts}


def _fill(uow: UnitOfWork, row: Statement, draft: Draft | None) -> None:
    if draft is None and row.revision == 1:
        uow.session.delete(row)
        return
    for name, value in (draft or Draft()).sums().items():
        setattr(row, name, value)


def _in_district(line: Line, use: Use) -> Line:
    user, provider = use.districts
    return line._replace(user_region=user, provider_region=provider)
