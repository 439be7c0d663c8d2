"""Record an invoice, by either party or the centre, with the file it came as; or add a file."""

from dataclasses import asdict, replace
from datetime import datetime

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received
from booking.invoices.actions.life import kept, must_reach, must_record, tell_of_invoice
from booking.invoices.errors import InvoiceKnown, PaperFixed, PaperNotSensible
from booking.invoices.events import InvoiceFileAdded, InvoiceRecorded
from booking.invoices.models import Invoice, InvoiceFile
from booking.invoices.queries.invoices import (
    files_of_invoice,
    invoice_for_update,
    original_invoice,
)
from booking.invoices.queries.seen import parties_of
from booking.invoices.rules.einvoice import NOTHING, FileSays, differences
from booking.invoices.rules.kinds import digits_of
from booking.invoices.rules.told import InvoiceTold, Original, invoice_violations
from booking.invoices.states import PaperState
from booking.kernel.clock import local
from booking.kernel.ids import reference
from booking.organisations.rules import compact_uscc


def record_invoice(
    uow: UnitOfWork,
    told: InvoiceTold,
    *,
    actor: Actor,
    now: datetime,
    paper: Received | None = None,
    says: FileSays = NOTHING,
) -> Invoice:
    """Write it down once; the same number and code never stand twice on the platform."""
    must_record(uow, actor, told)
    told = _compact(told)
    original = _judged(uow, told, says, now=now)
    row = _row(told, original, actor=actor, now=now)
    if not (written := insert_unless_exists(uow.session, Invoice, [row])):
        raise InvoiceKnown(number=told.number, code=told.code)
    invoice = uow.session.get_one(Invoice, written[0])
    if paper is not None:
        _attach(uow, invoice, paper, actor=actor, now=now)
    changes = {"number": (None, told.number), "total_fen": (None, told.total_fen)}
    tell_of_invoice(uow, InvoiceRecorded, invoice, actor=actor, now=now, changes=changes)
    return invoice


def add_invoice_file(
    uow: UnitOfWork,
    name: str,
    paper: Received,
    *,
    actor: Actor,
    now: datetime,
    says: FileSays = NOTHING,
) -> Invoice:
    """Another file of a recorded invoice; one that says something else is not taken."""
    invoice = invoice_for_update(uow.session, name)
    must_reach(uow, actor, invoice)
    if invoice.state is PaperState.VOIDED:
        raise PaperFixed(state=invoice.state)
    if broken := tuple(differences(says, invoice.model_dump())):
        raise PaperNotSensible(broken)
    _attach(uow, invoice, paper, actor=actor, now=now)
    changes = {"file": (None, paper.sha256)}
    tell_of_invoice(uow, InvoiceFileAdded, invoice, actor=actor, now=now, changes=changes)
    return invoice


def _compact(told: InvoiceTold) -> InvoiceTold:
    original = told.original.strip()
    return replace(
        told,
        number=digits_of(told.number),
        code=digits_of(told.code),
        # A reference of ours begins with a letter.
        original=digits_of(original) if original[:1].isdecimal() else original,
        buyer_uscc=compact_uscc(told.buyer_uscc),
        seller_uscc=compact_uscc(told.seller_uscc),
    )


def _judged(
    uow: UnitOfWork, told: InvoiceTold, says: FileSays, *, now: datetime
) -> Original | None:
    """Everything that speaks against it, at once; else what a credit note takes back."""
    parties = parties_of(uow.session, told.provider_id, told.organisation_id)
    named = told.original
    original = original_invoice(uow.session, named, told.provider_id) if named else None
    today = local(now).date()
    # A seller whose code nobody typed is the provider.
    as_told = {**asdict(told), "seller_uscc": told.seller_uscc or parties.provider.uscc}
    broken = (
        *invoice_violations(told, parties, original, today=today),
        *differences(says, as_told),
    )
    if broken:
        raise PaperNotSensible(broken)
    return original


def _row(
    told: InvoiceTold, original: Original | None, *, actor: Actor, now: datetime
) -> dict[str, object]:
    given = {name: value for name, value in asdict(told).items() if name != "original"}
    return {
        **given,
        "reference": reference("V", now),
        "original_id": original.id if original else None,
        "recorded_by": actor.known_id,
        "recorded_at": now,
        "state": PaperState.RECORDED,
        "state_reason": "",
    }


def _attach(
    uow: UnitOfWork, invoice: Invoice, paper: Received, *, actor: Actor, now: datetime
) -> None:
    already = len(files_of_invoice(uow.session, invoice.key))
    file_id = kept(uow, paper, already=already, actor=actor, now=now)
    uow.session.add(
        InvoiceFile(invoice_id=invoice.key, file_id=file_id, added_by=actor.known_id, added_at=now)
    )
    uow.session.flush()
