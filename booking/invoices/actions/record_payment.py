"""Record what a bank says was paid or given back, with its receipt; or add a receipt."""

import unicodedata
from dataclasses import asdict, replace
from datetime import datetime

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received
from booking.invoices.actions.life import kept, must_reach, must_record, tell_of_payment
from booking.invoices.errors import PaperFixed, PaperNotSensible, PaymentKnown
from booking.invoices.events import PaymentFileAdded, PaymentRecorded
from booking.invoices.models import Payment, PaymentFile
from booking.invoices.queries.payments import (
    files_of_payment,
    original_payment,
    payment_for_update,
)
from booking.invoices.queries.seen import parties_of
from booking.invoices.rules.told import PaymentTold, payment_violations
from booking.invoices.states import PaperState
from booking.kernel.clock import local
from booking.kernel.ids import reference


def record_payment(
    uow: UnitOfWork,
    told: PaymentTold,
    *,
    actor: Actor,
    now: datetime,
    receipt: Received | None = None,
) -> Payment:
    """Write it down once; a bank gives every transaction a number of its own."""
    must_record(uow, actor, told)
    parties_of(uow.session, told.provider_id, told.organisation_id)
    told = replace(
        told, bank=_folded(told.bank), bank_transaction_number=_folded(told.bank_transaction_number)
    )
    named = told.original
    original = original_payment(uow.session, named, told.provider_id) if named else None
    if broken := tuple(payment_violations(told, original, today=local(now).date())):
        raise PaperNotSensible(broken)
    row = {
        **{name: value for name, value in asdict(told).items() if name != "original"},
        "reference": reference("P", now),
        "original_id": original.id if original else None,
        "recorded_by": actor.known_id,
        "recorded_at": now,
        "state": PaperState.RECORDED,
        "state_reason": "",
    }
    if not (written := insert_unless_exists(uow.session, Payment, [row])):
        raise PaymentKnown(bank=told.bank, number=told.bank_transaction_number)
    payment = uow.session.get_one(Payment, written[0])
    if receipt is not None:
        _attach(uow, payment, receipt, actor=actor, now=now)
    changes = {"amount_fen": (None, told.amount_fen)}
    tell_of_payment(uow, PaymentRecorded, payment, actor=actor, now=now, changes=changes)
    return payment


def add_payment_file(
    uow: UnitOfWork, name: str, receipt: Received, *, actor: Actor, now: datetime
) -> Payment:
    """The bank's receipt of a recorded payment."""
    payment = payment_for_update(uow.session, name)
    must_reach(uow, actor, payment)
    if payment.state is PaperState.VOIDED:
        raise PaperFixed(state=payment.state)
    _attach(uow, payment, receipt, actor=actor, now=now)
    changes = {"file": (None, receipt.sha256)}
    tell_of_payment(uow, PaymentFileAdded, payment, actor=actor, now=now, changes=changes)
    return payment


def _folded(text: str) -> str:
    """However wide its signs and blanks were typed: a number is known again."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _attach(
    uow: UnitOfWork, payment: Payment, receipt: Received, *, actor: Actor, now: datetime
) -> None:
    already = len(files_of_payment(uow.session, payment.key))
    file_id = kept(uow, receipt, already=already, actor=actor, now=now)
    uow.session.add(
        PaymentFile(payment_id=payment.key, file_id=file_id, added_by=actor.known_id, added_at=now)
    )
    uow.session.flush()
