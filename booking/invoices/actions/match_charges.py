"""Say which charges an invoice is for, and that it is for one of them no more."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.life import end_matches, must_share, tell_of_invoice
from booking.invoices.errors import PaperNotSensible
from booking.invoices.events import InvoiceMatched
from booking.invoices.models import INVOICE_MATCH, Invoice, InvoiceMatch
from booking.invoices.queries.invoices import invoice_for_update, invoice_row
from booking.invoices.queries.matches import (
    OpenCharge,
    charges_of_invoice,
    notes_open_charges,
    open_charges,
)
from booking.invoices.rules.matching import Share, share_violations
from booking.kernel.errors import NotFound, Violation


def match_charges(
    uow: UnitOfWork, name: str, shares: Sequence[Share], *, actor: Actor, now: datetime
) -> Invoice:
    """Share an invoice out over charges of the same two; an invoice pays once, and a charge is
    invoiced once."""
    invoice = invoice_for_update(uow.session, name)
    must_share(uow, actor, invoice)
    numbers = tuple(share.number for share in shares)
    opens = {one.number: one for one in chargeable(uow.session, invoice, numbers=numbers)}
    left = invoice_row(uow.session, name).left_fen
    known = {one.number for one in charges_of_invoice(uow.session, invoice.key)}
    broken = (
        *share_violations(left, [one.value for one in opens.values()], shares),
        *(Violation("match.known", {"number": n}) for n in numbers if n in known),
    )
    if broken:
        raise PaperNotSensible(broken)
    rows = [
        {
            "invoice_id": invoice.key,
            "charge_id": opens[share.number].id,
            "amount_fen": share.amount_fen,
            "live": True,
            "matched_by": actor.known_id,
            "matched_at": now,
        }
        for share in shares
    ]
    insert_unless_exists(uow.session, InvoiceMatch, rows)
    changes = {share.number: (None, share.amount_fen) for share in shares}
    tell_of_invoice(uow, InvoiceMatched, invoice, actor=actor, now=now, changes=changes)
    return invoice


def chargeable(
    session: Session, invoice: Invoice, *, numbers: Sequence[str] = ()
) -> Sequence[OpenCharge]:
    """What an invoice may be for; a credit note, what its original is for."""
    if invoice.original_id is not None:
        return notes_open_charges(session, invoice.original_id)
    return open_charges(session, invoice.organisation_id, invoice.provider_id, numbers=numbers)


def unmatch_charge(
    uow: UnitOfWork, name: str, match_id: int, *, actor: Actor, now: datetime
) -> Invoice:
    """It is not for that charge after all."""
    invoice = invoice_for_update(uow.session, name)
    must_share(uow, actor, invoice)
    found = {one.id: one for one in charges_of_invoice(uow.session, invoice.key)}
    if match_id not in found:
        raise NotFound(match_id=match_id)
    ended = found[match_id]
    end_matches(uow, InvoiceMatch, INVOICE_MATCH.c.id == match_id, actor=actor, now=now)
    changes = {ended.number: (ended.amount_fen, None)}
    tell_of_invoice(uow, InvoiceMatched, invoice, actor=actor, now=now, changes=changes)
    return invoice
