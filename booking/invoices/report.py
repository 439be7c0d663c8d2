"""An invoice or a payment with all that belongs to it, as its page and its JSON show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.files.queries import FileRow
from booking.invoices.queries.invoices import InvoiceRow, files_of_invoice, invoice_seen_by
from booking.invoices.queries.matches import (
    MatchRow,
    OpenCharge,
    OpenInvoice,
    charges_of_invoice,
    invoices_of_payment,
    notes_open_charges,
    open_charges,
    open_invoices,
    paid_invoices,
    payments_of_invoice,
)
from booking.invoices.queries.payments import PaymentRow, files_of_payment, payment_seen_by
from booking.invoices.queries.seen import sides_of
from booking.invoices.rules.matching import proposed
from booking.invoices.states import PaperState
from booking.kernel.money import yuan


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with a record in its state."""

    records: bool
    checks: bool
    shares: bool
    voids: bool

    @classmethod
    def of(cls, session: Session, actor: Actor, paper: InvoiceRow | PaymentRow) -> "Rights":
        recorder = sides_of(session, actor, Permission.INVOICE_RECORD)
        reaches = recorder.reach(paper.organisation_id, paper.provider_id)
        checks = reaches and actor.may(Permission.INVOICE_CHECK)
        stands = paper.state is not PaperState.VOIDED
        is_new = paper.state is PaperState.RECORDED
        own = paper.recorded_by is not None and paper.recorded_by == actor.known_id
        changes = reaches and stands and (is_new or checks)
        return cls(
            records=reaches and stands,
            checks=checks and is_new and not own,
            shares=changes,
            voids=changes,
        )


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that an amount could be for, and how much of it is proposed."""

    number: str
    words: str
    open_fen: int
    proposed_fen: int

    @property
    def suggested(self) -> str:
        """What a form starts from: what is proposed, else all that is open."""
        return yuan(self.proposed_fen or self.open_fen)


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    """Everything about one invoice that this person may see."""

    invoice: InvoiceRow
    files: Sequence[FileRow]
    charges: Sequence[MatchRow]
    payments: Sequence[MatchRow]
    offered: Sequence[Offered]
    rights: Rights


@dataclass(frozen=True, slots=True)
class PaymentSheet:
    """Everything about one payment that this person may see."""

    payment: PaymentRow
    files: Sequence[FileRow]
    invoices: Sequence[MatchRow]
    offered: Sequence[Offered]
    rights: Rights


def invoice_sheet(session: Session, reference: str, actor: Actor) -> InvoiceSheet:
    """One invoice; NotFound for whoever may not see it."""
    invoice = invoice_seen_by(session, reference, actor)
    rights = Rights.of(session, actor, invoice)
    charges = charges_of_invoice(session, invoice.id)
    known = {one.number for one in charges}
    opens = _charges(session, invoice) if rights.shares and invoice.left_fen else ()
    return InvoiceSheet(
        invoice=invoice,
        files=files_of_invoice(session, invoice.id),
        charges=charges,
        payments=payments_of_invoice(session, invoice.id),
        offered=_offered(invoice.left_fen, [one for one in opens if one.number not in known]),
        rights=rights,
    )


def payment_sheet(session: Session, reference: str, actor: Actor) -> PaymentSheet:
    """One payment; NotFound for whoever may not see it."""
    payment = payment_seen_by(session, reference, actor)
    rights = Rights.of(session, actor, payment)
    invoices = invoices_of_payment(session, payment.id)
    known = {one.number for one in invoices}
    opens = _invoices(session, payment) if rights.shares and payment.left_fen else ()
    return PaymentSheet(
        payment=payment,
        files=files_of_payment(session, payment.id),
        invoices=invoices,
        offered=_offered(payment.left_fen, [one for one in opens if one.reference not in known]),
        rights=rights,
    )


def _charges(session: Session, invoice: InvoiceRow) -> Sequence[OpenCharge]:
    if invoice.original_id is not None:
        return notes_open_charges(session, invoice.original_id)
    return open_charges(session, invoice.organisation_id, invoice.provider_id)


def _invoices(session: Session, payment: PaymentRow) -> Sequence[OpenInvoice]:
    ask = open_invoices if payment.original_id is None else paid_invoices
    return ask(session, payment.organisation_id, payment.provider_id)


def _offered(left_fen: int, opens: Sequence[OpenCharge | OpenInvoice]) -> Sequence[Offered]:
    """What fits first, then the rest of the same sign, oldest first."""
    shares = {one.number: one.amount_fen for one in proposed(left_fen, [o.value for o in opens])}
    rows = [
        Offered(one.value.number, one.words, one.open_fen, shares.get(one.value.number, 0))
        for one in opens
        if one.open_fen * left_fen > 0
    ]
    return sorted(rows, key=lambda row: row.proposed_fen == 0)
