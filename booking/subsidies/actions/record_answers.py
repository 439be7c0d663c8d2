"""What the bank says of a batch's rows: paid, or returned; each answer counts once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.kernel.errors import BookingError, NotFound
from booking.ledger.models import AccountKind
from booking.subsidies.actions.pay_statements import announce_batch, paid
from booking.subsidies.actions.stepping import book, may_step, went
from booking.subsidies.errors import (
    AnswerDiffers,
    AnswerUnreadable,
    BatchNotSent,
    IllegalBatchStep,
    ReasonMissing,
    ReferenceKnown,
    ReferenceMissing,
)
from booking.subsidies.events import BatchAnswered, StatementReturned
from booking.subsidies.models.payment import PaymentBatch, PaymentRow
from booking.subsidies.models.statement import Statement
from booking.subsidies.queries.payments import (
    batch_for_update,
    holder_of,
    items_of,
    rows_for_update,
    statements_for_update,
)
from booking.subsidies.rules.bank_answers import Answer, Outcome, read_answers
from booking.subsidies.states import (
    BATCH_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    BatchState,
    BatchStep,
    PaymentState,
    PaymentStep,
    StatementState,
    StatementStep,
)

CAME_BACK = (AccountKind.BANK, AccountKind.SUBSIDY_PAYABLE)
By = tuple[int | None, datetime]


@dataclass(frozen=True, slots=True)
class Unread:
    """A row of the bank's file that was not taken, and why."""

    line: int
    error: BookingError


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """What became of the rows of a bank's file; together they are all of them."""

    recorded: int
    known: int
    silent: int
    refused: Sequence[Unread]


def record_payment(uow: UnitOfWork, number: str, position: int, *, reference: str, by: By) -> bool:
    """Record that the bank paid a row; False when that was recorded before."""
    batch = _sent(batch_for_update(uow.session, number))
    row = _row(rows_for_update(uow.session, batch.key), position)
    return _pay(uow, batch, row, reference=reference.strip(), by=by)


def record_return(uow: UnitOfWork, number: str, position: int, *, reason: str, by: By) -> bool:
    """Record that the bank sent a row back; its statements are approved and owed again."""
    batch = _sent(batch_for_update(uow.session, number))
    row = _row(rows_for_update(uow.session, batch.key), position)
    return _send_back(uow, batch, row, reason=reason.strip(), by=by)


def take_answers(uow: UnitOfWork, number: str, content: bytes, *, by: By) -> AnswerReport:
    """Take in the bank's file; the same file again changes nothing."""
    batch = _sent(batch_for_update(uow.session, number))
    answers = read_answers(content)
    if answers is None:
        raise AnswerUnreadable(batch=number)
    rows = {row.position: row for row in rows_for_update(uow.session, batch.key)}
    counts, silent, refused = {True: 0, False: 0}, 0, []
    for answer in answers:
        if answer.outcome is Outcome.SILENT and not answer.fault:
            silent += 1
            continue
        try:
            with uow.session.begin_nested():
                counts[_take(uow, batch, rows, answer=answer, by=by)] += 1
        except BookingError as error:
            refused.append(Unread(answer.line, error))
    return AnswerReport(counts[True], counts[False], silent, refused)


def _take(
    uow: UnitOfWork,
    batch: PaymentBatch,
    rows: Mapping[int, PaymentRow],
    *,
    answer: Answer,
    by: By,
) -> bool:
    row = rows.get(answer.position)
    if answer.fault or row is None:
        raise AnswerDiffers(what=answer.fault or "row")
    if differs := answer.differs_from(
        batch=batch.number, amount_fen=row.amount_fen, account_no=row.account_no
    ):
        raise AnswerDiffers(what=differs)
    if answer.outcome is Outcome.PAID:
        return _pay(uow, batch, row, reference=answer.reference, by=by)
    return _send_back(uow, batch, row, reason=answer.reason, by=by)


def _pay(uow: UnitOfWork, batch: PaymentBatch, row: PaymentRow, *, reference: str, by: By) -> bool:
    if not reference:
        raise ReferenceMissing(batch=batch.number, row=row.position)
    if row.bank_reference == reference:
        return False
    if holder_of(uow.session, reference) is not None:
        raise ReferenceKnown(reference=reference)
    _step(row, PaymentStep.PAY, batch)
    row.state, row.bank_reference = PaymentState.PAID, reference
    row.recorded_by, row.recorded_at = by
    for statement in _statements(uow, row):
        paid(uow, statement, reference, by=by, cause=f"bank/{batch.number}/{row.position}")
    _settle(uow, batch, by=by)
    return True


def _send_back(
    uow: UnitOfWork, batch: PaymentBatch, row: PaymentRow, *, reason: str, by: By
) -> bool:
    if row.state is PaymentState.RETURNED:
        return False
    if not reason:
        raise ReasonMissing(step=PaymentStep.RETURN)
    was_paid = row.state is PaymentState.PAID
    _step(row, PaymentStep.RETURN, batch)
    row.state, row.reason = PaymentState.RETURNED, reason
    row.recorded_by, row.recorded_at = by
    for statement in _statements(uow, row) if was_paid else ():
        _owed_again(uow, statement, batch, row=row, by=by)
    for item in items_of(uow.session, [row.key]):
        item.open = False
    _settle(uow, batch, by=by)
    return True


def _owed_again(
    uow: UnitOfWork, statement: Statement, batch: PaymentBatch, *, row: PaymentRow, by: By
) -> None:
    may_step(statement, StatementStep.RETURN)
    statement.state_reason = row.reason
    statement.paid_by = statement.paid_at = None
    statement.payment_reference = ""
    book(uow, statement, CAME_BACK, at=by[1], cause=f"back/{batch.number}/{row.position}")
    went(uow, statement, StatementReturned, to=StatementState.APPROVED, by=by)


def _settle(uow: UnitOfWork, batch: PaymentBatch, *, by: By) -> None:
    """Let the batch follow its rows, once every one of them has an answer."""
    uow.session.flush()
    states = {row.state for row in rows_for_update(uow.session, batch.key)}
    if PaymentState.WAITING in states:
        return
    step = BatchStep.RETURN if PaymentState.RETURNED in states else BatchStep.COMPLETE
    if (batch.state, step) in BATCH_TRANSITIONS:
        before, batch.state = batch.state, BATCH_TRANSITIONS[batch.state, step]
        announce_batch(uow, batch, BatchAnswered, before=before, by=by)


def _sent(batch: PaymentBatch) -> PaymentBatch:
    if batch.state in {BatchState.DRAWN, BatchState.DISSOLVED}:
        raise BatchNotSent(batch=batch.number)
    return batch


def _row(rows: Sequence[PaymentRow], position: int) -> PaymentRow:
    found = next((row for row in rows if row.position == position), None)
    if found is None:
        raise NotFound(row=position)
    return found


def _step(row: PaymentRow, step: PaymentStep, batch: PaymentBatch) -> None:
    if (row.state, step) not in PAYMENT_TRANSITIONS:
        raise IllegalBatchStep(step=step, state=row.state, batch=batch.number)


def _statements(uow: UnitOfWork, row: PaymentRow) -> Sequence[Statement]:
    ids = [item.statement_id for item in items_of(uow.session, [row.key])]
    return statements_for_update(uow.session, ids)
