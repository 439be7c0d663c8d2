"""Settle a period: confirmed uses and interest → evaluated lines → one draft per organisation.

Running it again replaces the drafts and nothing else; what was locked keeps its lines, and whoever
has a locked statement finds later uses, and what has to be corrected, in the next one.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from booking.db.bulk import write_many
from booking.db.inserts import insert_unless_exists
from booking.db.patience import take_your_time
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.subsidies.actions.draft_lines import COLUMNS, Draft, rows_of
from booking.subsidies.actions.reckoning import Reckoning
from booking.subsidies.errors import NothingToSettle, PeriodNotBegun
from booking.subsidies.events import PeriodSettled
from booking.subsidies.models.difference import SettlementDifference
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.subsidies.queries.differences import payable_items
from booking.subsidies.queries.ends import follows_stale
from booking.subsidies.queries.programmes import active_programmes, keep_programmes
from booking.subsidies.queries.settlements import SettlementView, settlement_view
from booking.subsidies.rules.cycles import due, may_be_empty, statement_number
from booking.subsidies.rules.differences import Item, differences
from booking.subsidies.states import StatementState

DIFFERENCE_COLUMNS = (
    *("settlement_id", "organisation_id", "programme", "reference"),
    *("kind", "before_fen", "after_fen"),
)


def settle_period(
    uow: UnitOfWork, period: Period, *, actor_id: int | None, now: datetime
) -> SettlementView:
    """Draw up the statements of a period, once, whatever happened before."""
    if local(now).date() < period.first:
        raise PeriodNotBegun(period=period.code)
    take_your_time(uow.session)
    settlement, again = _settlement(uow, period, actor_id=actor_id, now=now)
    before = payable_items(uow.session, settlement.key) if again else None
    _forget_drafts(uow, settlement.key)
    active = active_programmes(uow.session)
    versions = due(active, period)
    settlement.programmes = [
        {"programme": terms.id, "version": terms.version, "document": terms.document}
        for group in versions.values()
        for terms in group
    ]
    found = Reckoning(uow.session, period, settlement, versions)
    found.evaluate()
    if not (found.drafts or again or may_be_empty(active, period)):
        raise NothingToSettle(period=period.code)
    _write(uow, found, now=now)
    waits = follows_stale(uow.session, period)
    settlement.stale_at = (settlement.stale_at or now) if waits else None
    _compare(uow, settlement, before)
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
    known: dict[str, object] = {
        "programmes": [],
        "runs": 1,
        "settled_by": actor_id,
        "settled_at": now,
    }
    keep_programmes(uow.session)
    fresh = insert_unless_exists(uow.session, Settlement, [{**row, **known}])
    query = select(Settlement).where(Settlement.period == period.code).with_for_update()
    settlement = uow.session.exec(query.execution_options(populate_existing=True)).one()
    settlement.settled_by, settlement.settled_at = actor_id, now
    settlement.runs += 0 if fresh else 1
    return settlement, not fresh


def _forget_drafts(uow: UnitOfWork, settlement_id: int) -> None:
    old = sa.delete(StatementLine).where(
        col(StatementLine.settlement_id) == settlement_id,
        col(StatementLine.live),
        ~col(StatementLine.locked),
    )
    uow.session.execute(old)


def _compare(uow: UnitOfWork, settlement: Settlement, before: Mapping[Item, int] | None) -> None:
    """Keep by what this run differs from the one before, in place of what was kept then."""
    session = uow.session
    session.execute(
        sa.delete(SettlementDifference).where(
            col(SettlementDifference.settlement_id) == settlement.key
        )
    )
    if before is None:
        return
    rows = (
        (settlement.key, *one.item, one.kind.value, one.before, one.after)
        for one in list(differences(before, payable_items(session, settlement.key)))
    )
    write_many(session, "settlement_difference", DIFFERENCE_COLUMNS, rows=rows)


def _write(uow: UnitOfWork, found: Reckoning, *, now: datetime) -> None:
    """One statement per organisation; numbers follow the organisations' order and stay."""
    heads = _write_statements(uow, found.settlement, found.drafts, now=now)
    told: dict[tuple[str, ...], str] = {}
    rows = (
        row
        for owner in sorted(found.drafts)
        for row in rows_of(found.drafts[owner], found.uses.of, head=heads[owner], told=told)
    )
    write_many(uow.session, "statement_line", COLUMNS, rows=rows)


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
