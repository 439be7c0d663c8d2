"""Pay approved statements: one by hand, or gathered in a batch for the bank."""

from collections.abc import Sequence
from datetime import datetime

from booking.db.patience import take_your_time
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.ledger.models import AccountKind
from booking.subsidies.actions.stepping import book, may_step, stepping, went
from booking.subsidies.errors import IllegalBatchStep, NothingToPay, StatementInBatch
from booking.subsidies.events import (
    BatchDissolved,
    BatchDrawn,
    BatchSent,
    BatchStepped,
    StatementPaid,
)
from booking.subsidies.models.payment import PaymentBatch, PaymentItem, PaymentRow
from booking.subsidies.models.statement import Statement
from booking.subsidies.queries.payments import (
    Payee,
    batch_for_update,
    batches_named_like,
    in_open_batch,
    items_of,
    payees,
    rows_for_update,
)
from booking.subsidies.queries.programmes import keep_programmes
from booking.subsidies.states import (
    BATCH_TRANSITIONS,
    BatchState,
    BatchStep,
    StatementState,
    StatementStep,
)

PAID = (AccountKind.SUBSIDY_PAYABLE, AccountKind.BANK)


def pay(
    uow: UnitOfWork, number: str, reference: str = "", *, actor_id: int | None, now: datetime
) -> Statement:
    """Record that the bank paid a statement that is in no batch."""
    statement = stepping(uow, number, StatementStep.PAY)
    if batch := in_open_batch(uow.session, statement.key):
        raise StatementInBatch(statement=number, batch=batch)
    return paid(uow, statement, reference.strip(), by=(actor_id, now))


def paid(
    uow: UnitOfWork,
    statement: Statement,
    reference: str,
    *,
    by: tuple[int | None, datetime],
    cause: str = "",
) -> Statement:
    """Write that a statement was paid; `cause` tells this payment from one that was returned."""
    may_step(statement, StatementStep.PAY)
    statement.paid_by, statement.paid_at = by
    statement.payment_reference = reference
    book(uow, statement, PAID, at=by[1], cause=cause)
    return went(uow, statement, StatementPaid, to=StatementState.PAID, by=by)


def draw_batch(uow: UnitOfWork, *, actor_id: int | None, now: datetime) -> PaymentBatch:
    """Gather what is approved, a row per organisation, net of what it owes.

    Who is in the red, or has no account, waits for a later batch.
    """
    take_your_time(uow.session)
    _one_at_a_time(uow)
    found = [payee for payee in payees(uow.session, hold=True) if payee.can_be_paid]
    if not found:
        raise NothingToPay
    day = f"{local(now):%Y%m%d}"
    batch = PaymentBatch(
        number=f"DF-{day}-{batches_named_like(uow.session, f'DF-{day}-') + 1:02d}",
        row_count=len(found),
        amount_fen=sum(payee.amount_fen for payee in found),
        drawn_by=actor_id,
        drawn_at=now,
    )
    uow.session.add(batch)
    uow.session.flush()
    _write_rows(uow, batch, found)
    return announce_batch(uow, batch, BatchDrawn, before=None, by=(actor_id, now))


def send_batch(
    uow: UnitOfWork, number: str, *, actor_id: int | None, now: datetime
) -> PaymentBatch:
    """Say that the bank has the sheet; from now on it may answer."""
    batch = _stepping(batch_for_update(uow.session, number), BatchStep.SEND)
    batch.sent_by, batch.sent_at = actor_id, now
    return _went(uow, batch, (BatchStep.SEND, BatchSent), by=(actor_id, now))


def dissolve_batch(
    uow: UnitOfWork, number: str, *, actor_id: int | None, now: datetime
) -> PaymentBatch:
    """Let its statements go, before the bank has seen them."""
    batch = _stepping(batch_for_update(uow.session, number), BatchStep.DISSOLVE)
    rows = rows_for_update(uow.session, batch.key)
    for item in items_of(uow.session, [row.key for row in rows]):
        item.open = False
    return _went(uow, batch, (BatchStep.DISSOLVE, BatchDissolved), by=(actor_id, now))


def announce_batch(
    uow: UnitOfWork,
    batch: PaymentBatch,
    fact: type[BatchStepped],
    *,
    before: BatchState | None,
    by: tuple[int | None, datetime],
) -> PaymentBatch:
    """Tell the house what became of a batch."""
    uow.session.flush()
    uow.announce(
        fact(
            at=by[1],
            subject=f"batch:{batch.number}",
            actor_id=by[0],
            number=batch.number,
            rows=batch.row_count,
            amount_fen=batch.amount_fen,
            changes={"state": (before, batch.state)},
        )
    )
    return batch


def _one_at_a_time(uow: UnitOfWork) -> None:
    """Whoever gathers too waits, and then finds what is left."""
    keep_programmes(uow.session)


def _write_rows(uow: UnitOfWork, batch: PaymentBatch, found: Sequence[Payee]) -> None:
    rows = [
        PaymentRow(
            batch_id=batch.key,
            position=position,
            organisation_id=payee.organisation_id,
            amount_fen=payee.amount_fen,
            account_name=payee.account_name,
            bank_name=payee.bank_name,
            account_no=payee.account_no,
        )
        for position, payee in enumerate(found, 1)
    ]
    uow.session.add_all(rows)
    uow.session.flush()
    uow.session.add_all(
        PaymentItem(row_id=row.key, statement_id=one.statement_id, amount_fen=one.amount_fen)
        for row, payee in zip(rows, found, strict=True)
        for one in payee.owed
    )
    uow.session.flush()


def _stepping(batch: PaymentBatch, step: BatchStep) -> PaymentBatch:
    if (batch.state, step) not in BATCH_TRANSITIONS:
        raise IllegalBatchStep(step=step, state=batch.state, batch=batch.number)
    return batch


def _went(
    uow: UnitOfWork,
    batch: PaymentBatch,
    told: tuple[BatchStep, type[BatchStepped]],
    *,
    by: tuple[int | None, datetime],
) -> PaymentBatch:
    step, fact = told
    before, batch.state = batch.state, BATCH_TRANSITIONS[batch.state, step]
    return announce_batch(uow, batch, fact, before=before, by=by)
