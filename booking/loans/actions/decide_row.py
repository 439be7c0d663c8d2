"""Decide about a queued row: it is a record of that credit line, or of none, with the reason."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.loans.actions.draw_for_charge import confirm_draws
from booking.loans.actions.reckon_overdue import reckon
from booking.loans.errors import BankRowDecided, RowDoesNotFit
from booking.loans.events import BankRowAssigned, BankRowDismissed
from booking.loans.models import BankFileRow, BankRecord, RecordKind
from booking.loans.queries.bank_files import lines_for_update, queued_for_update
from booking.loans.queries.draws import awaited
from booking.loans.queries.lines import Credit, Told, loan_for, told_by_number, told_of_lines
from booking.loans.rules.matching import misfits
from booking.loans.states import Decision


def assign_row(
    uow: UnitOfWork, row_id: int, number: str, *, actor: Actor, now: datetime
) -> BankFileRow:
    """Enter a queued row as a record of a credit line; RowDoesNotFit where it cannot be one."""
    row = _open(uow, row_id)
    line = loan_for(uow.session, number, actor)
    credit = lines_for_update(uow.session, [line.id])[line.id]
    told = _told(row, line.id)
    if why := _misfit(uow, row, told=told, credit=credit, now=now):
        raise RowDoesNotFit(why)
    uow.session.add(
        BankRecord(
            bank=credit.bank,
            bank_transaction_number=row.number,
            credit_line_id=line.id,
            day=told.day,
            kind=told.kind,
            amount_fen=told.amount_fen,
            order_reference=row.order_reference,
            note=row.note,
            imported_by=actor.known_id,
            imported_at=now,
        )
    )
    row.decision, row.credit_line_id = Decision.ASSIGNED, line.id
    row.decided_by, row.decided_at = actor.known_id, now
    uow.session.flush()
    asked = awaited(uow.session, [line.id]).get((line.id, row.order_reference))
    if asked is not None and told.kind is RecordKind.DRAW:
        paid = {asked.id: row.number}
        confirm_draws(uow, credit.bank, paid, actor_id=actor.known_id, now=now)
    reckon(uow, [line.id], now=now)
    uow.announce(
        BankRowAssigned(
            at=now,
            actor_id=actor.known_id,
            subject=f"loan:{number}",
            changes={"decision": (Decision.OPEN, Decision.ASSIGNED), "row": (None, row.number)},
            row_id=row.key,
        )
    )
    return row


def dismiss_row(
    uow: UnitOfWork, row_id: int, reason: str, *, actor: Actor, now: datetime
) -> BankFileRow:
    """Leave a queued row out for good, and say why."""
    row = _open(uow, row_id)
    row.decision, row.reason = Decision.DISMISSED, reason
    row.decided_by, row.decided_at = actor.known_id, now
    uow.session.flush()
    uow.announce(
        BankRowDismissed(
            at=now,
            actor_id=actor.known_id,
            subject=f"bank_file:{row.bank_file_id}",
            cause=reason,
            changes={"decision": (Decision.OPEN, Decision.DISMISSED), "row": (None, row.number)},
            row_id=row.key,
        )
    )
    return row


def _open(uow: UnitOfWork, row_id: int) -> BankFileRow:
    row = queued_for_update(uow.session, row_id)
    if row.decision is not Decision.OPEN:
        raise BankRowDecided
    return row


def _told(row: BankFileRow, line: int) -> Told:
    assert row.day is not None and row.kind is not None and row.amount_fen is not None  # noqa: PT018, S101 - a queued row says all three
    return Told(line, row.day, row.kind, row.amount_fen)


def _misfit(uow: UnitOfWork, row: BankFileRow, *, told: Told, credit: Credit, now: datetime) -> str:
    if credit.bank != row.bank:
        return "loan.row_other_bank"
    if told_by_number(uow.session, [(row.bank, row.number)]):
        return "loan.row_conflict"
    if told.day > local(now).date():
        return "loan.row_in_future"
    if told.kind is RecordKind.DRAW and not credit.is_valid_on(told.day):
        return "loan.row_draw_outside"
    known = [one.movement() for one in told_of_lines(uow.session, [credit.id])[credit.id]]
    found = misfits(known, [told.movement(row.line)], credit.limit_fen)
    return found.get(row.line, "")
