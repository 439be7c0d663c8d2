"""Check an invoice, as the centre's finance; void one, with a reason."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.life import (
    end_matches,
    enter,
    must_reach,
    must_void,
    tell_of_invoice,
)
from booking.invoices.errors import PaperLeanedOn
from booking.invoices.events import InvoiceChecked, InvoiceVoided
from booking.invoices.models import (
    INVOICE_MATCH,
    PAYMENT_MATCH,
    Invoice,
    InvoiceMatch,
    PaymentMatch,
)
from booking.invoices.queries.invoices import invoice_for_update, notes_standing
from booking.invoices.states import PaperStep
from booking.kernel.errors import Forbidden


def check_invoice(uow: UnitOfWork, name: str, *, actor: Actor, now: datetime) -> Invoice:
    """Compared with the paper and found right; from now on it counts."""
    invoice = invoice_for_update(uow.session, name)
    must_reach(uow, actor, invoice)
    if not actor.may(Permission.INVOICE_CHECK):
        raise Forbidden(permission=Permission.INVOICE_CHECK.value)
    changes = enter(invoice, PaperStep.CHECK, actor=actor, now=now)
    uow.session.flush()
    tell_of_invoice(uow, InvoiceChecked, invoice, actor=actor, now=now, changes=changes)
    return invoice


def void_invoice(
    uow: UnitOfWork, name: str, reason: str, *, actor: Actor, now: datetime
) -> Invoice:
    """Take it off the records; what it was for, and what paid it, is open again."""
    invoice = invoice_for_update(uow.session, name)
    must_reach(uow, actor, invoice)
    must_void(actor, invoice)
    if notes_standing(uow.session, invoice.key):
        raise PaperLeanedOn
    of_charges = INVOICE_MATCH.c.invoice_id == invoice.key
    of_payments = PAYMENT_MATCH.c.invoice_id == invoice.key
    end_matches(uow, InvoiceMatch, of_charges, actor=actor, now=now)
    end_matches(uow, PaymentMatch, of_payments, actor=actor, now=now)
    changes = enter(invoice, PaperStep.VOID, actor=actor, now=now, reason=reason)
    uow.session.flush()
    tell_of_invoice(
        uow, InvoiceVoided, invoice, actor=actor, now=now, changes=changes, cause=reason
    )
    return invoice
