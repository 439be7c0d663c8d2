"""Draw a credit line for a confirmed charge: asked by the company, ended by the bank's word."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import NotFound, RulesBroken
from booking.kernel.ids import reference
from booking.kernel.timespan import local_midnight
from booking.loans.errors import DrawEnded, DrawLive
from booking.loans.events import (
    DrawAsked,
    DrawConfirmed,
    DrawEvent,
    DrawExpired,
    DrawRefused,
    DrawWithdrawn,
)
from booking.loans.models import DrawRequest, LineKind, RecordKind
from booking.loans.queries.bank_files import lines_for_update
from booking.loans.queries.draws import (
    DrawRow,
    asked_on,
    awaited,
    charges_to_draw,
    draw_for_update,
    draw_row,
    draws_for_update,
    draws_over,
    line_to_draw,
    record_ids,
)
from booking.loans.queries.kinds import refused_kinds
from booking.loans.queries.lines import loan_values
from booking.loans.rules.balances import outstanding, overdue_on
from booking.loans.rules.drawing import Line, faults_of
from booking.loans.states import DRAW_TRANSITIONS, DrawAction, DrawState

_AT_ONCE: Final = 200


def ask_draw(
    uow: UnitOfWork,
    loan: str,
    charge: str,
    *,
    amount_fen: int,
    actor: Actor,
    now: datetime,
) -> DrawRow:
    """Ask for money of a credit line; it is kept free until the bank tells, or it ends."""
    line = line_to_draw(uow.session, loan, actor)
    found = charges_to_draw(uow.session, line.organisation_id, number=charge)
    if not found:
        raise NotFound(charge=charge)
    today, value = local(now).date(), loan_values(uow.session, [line.id])[line.id]
    credit = lines_for_update(uow.session, [line.id])[line.id]
    at = Line(
        limit_fen=line.limit_fen,
        owed_fen=outstanding(value, today),
        asked_fen=asked_on(uow.session, [line.id]).get(line.id, 0),
        share=Fraction(line.share),
        draws_on_orders=line.kind is LineKind.USAGE,
        is_open=credit.is_valid_on(today),
        is_overdue=overdue_on(value, today),
        is_refused=line.kind in refused_kinds(uow.session),
    )
    if faults := list(faults_of(at, found[0].total_fen, amount_fen)):
        raise RulesBroken(faults)
    row = {
        "number": reference("L", now),
        "credit_line_id": line.id,
        "charge_id": found[0].id,
        "amount_fen": amount_fen,
        "charge_fen": found[0].total_fen,
        "share": line.share,
        "state": DrawState.ASKED,
        "asked_by": actor.known_id,
        "asked_at": now,
        "expires_at": _end_of_term(today, line.draw_days),
        "reason": "",
    }
    if not (written := insert_unless_exists(uow.session, DrawRequest, [row])):
        raise DrawLive(charge=charge)
    return announced(uow, DrawAsked, written[0], before=None, actor_id=actor.known_id, now=now)


def withdraw_draw(uow: UnitOfWork, number: str, *, actor: Actor, now: datetime) -> DrawRow:
    """The company does not want it any more."""
    row = draw_for_update(uow.session, number, actor, permission=Permission.LOAN_DRAW)
    _end(row, DrawAction.WITHDRAW, by=actor.known_id, now=now)
    uow.session.flush()
    return announced(uow, DrawWithdrawn, row.key, actor_id=actor.known_id, now=now)


def refuse_draw(
    uow: UnitOfWork, number: str, reason: str, *, actor: Actor, now: datetime
) -> DrawRow:
    """It is not paid, and why."""
    row = draw_for_update(uow.session, number, actor, permission=Permission.LOAN_MANAGE)
    _end(row, DrawAction.REFUSE, by=actor.known_id, now=now)
    row.reason = reason
    uow.session.flush()
    return announced(uow, DrawRefused, row.key, actor_id=actor.known_id, now=now)


def confirm_draws(
    uow: UnitOfWork, bank: str, told: Mapping[int, str], *, actor_id: int | None, now: datetime
) -> None:
    """The bank told of these draws, each under its transaction number."""
    if not told:
        return
    records = record_ids(uow.session, bank, told.values())
    rows = draws_for_update(uow.session, told)
    before = {row.key: row.state for row in rows}
    for row in rows:
        _end(row, DrawAction.CONFIRM, by=actor_id, now=now)
        row.bank_record_id = records[told[row.key]]
    uow.session.flush()
    for key, state in before.items():
        announced(uow, DrawConfirmed, key, before=state, actor_id=actor_id, now=now)


def confirm_told(
    uow: UnitOfWork, records: Sequence[Mapping[str, Any]], *, actor_id: int | None, now: datetime
) -> None:
    """Draws of which these records tell, to the fen, under a name that means them alone."""
    draws = [record for record in records if record["kind"] is RecordKind.DRAW]
    asked = dict(awaited(uow.session, {record["credit_line_id"] for record in draws}))
    told: dict[str, dict[int, str]] = {}
    for record in draws:
        meant = asked.get((record["credit_line_id"], record["order_reference"]))
        if meant is not None and meant.amount_fen == record["amount_fen"]:
            number = record["bank_transaction_number"]
            told.setdefault(record["bank"], {}).setdefault(meant.id, number)
    for bank, paid in sorted(told.items()):
        confirm_draws(uow, bank, paid, actor_id=actor_id, now=now)


def expire_draws(uow: UnitOfWork, *, now: datetime) -> int:
    """End draws of which the bank did not tell in time; what they kept of the limit is free."""
    ended = 0
    while rows := draws_over(uow.session, now, limit=_AT_ONCE):
        for row in rows:
            _end(row, DrawAction.EXPIRE, by=None, now=now)
        uow.session.flush()
        for row in rows:
            announced(uow, DrawExpired, row.key, actor_id=None, now=now)
        ended += len(rows)
    return ended


def _end_of_term(today: date, days: int | None) -> datetime | None:
    """The term ends with a local day."""
    return None if days is None else local_midnight(today + timedelta(days=days + 1))


def _end(row: DrawRequest, action: DrawAction, *, by: int | None, now: datetime) -> None:
    state = DRAW_TRANSITIONS.get((row.state, action))
    if state is None:
        raise DrawEnded(draw=row.number, state=row.state)
    row.state, row.ended_by, row.ended_at = state, by, now


def announced(
    uow: UnitOfWork,
    fact: type[DrawEvent],
    draw_id: int,
    *,
    before: DrawState | None = DrawState.ASKED,
    actor_id: int | None,
    now: datetime,
) -> DrawRow:
    """Say what became of a draw; answers how it stands."""
    row = draw_row(uow.session, draw_id)
    uow.announce(
        fact(
            at=now,
            actor_id=actor_id,
            subject=f"loan:{row.loan}",
            cause=row.reason,
            changes={
                "draw": (None, row.number),
                "state": (before, row.state),
                "amount_fen": (None, row.amount_fen),
            },
            loan=row.loan,
            organisation_id=row.organisation_id,
            bank=row.bank,
            draw=row.number,
            charge=row.charge,
            amount_fen=row.amount_fen if row.paid_fen is None else row.paid_fen,
        )
    )
    return row
