"""Say which invoices a payment is for, and that it is for one of them no more."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.life import end_matches, must_share, tell_of_payment
from booking.invoices.errors import PaperNotSensible
from booking.invoices.events import PaymentMatched
from booking.invoices.models import PAYMENT_MATCH, Payment, PaymentMatch
from booking.invoices.queries.matches import (
    OpenInvoice,
    invoices_of_payment,
    open_invoices,
    paid_invoices,
)
from booking.invoices.queries.payments import payment_for_update, payment_row
from booking.invoices.rules.matching import Share, share_violations
from booking.kernel.errors import NotFound, Violation


def match_invoices(
    uow: UnitOfWork, name: str, shares: Sequence[Share], *, actor: Actor, now: datetime
) -> Payment:
    """Share a payment out over invoices of the same two; an invoice is paid once."""
    payment = payment_for_update(uow.session, name)
    must_share(uow, actor, payment)
    numbers = tuple(share.number for share in shares)
    opens = {one.reference: one for one in payable(uow.session, payment, references=numbers)}
    left = payment_row(uow.session, name).left_fen
    known = {one.number for one in invoices_of_payment(uow.session, payment.key)}
    broken = (
        *share_violations(left, [one.value for one in opens.values()], shares),
        *(Violation("match.known", {"number": n}) for n in numbers if n in known),
    )
    if broken:
        raise PaperNotSensible(broken)
    rows = [
        {
            "payment_id": payment.key,
            "invoice_id": opens[share.number].id,
            "amount_fen": share.amount_fen,
            "live": True,
            "matched_by": actor.known_id,
            "matched_at": now,
        }
        for share in shares
    ]
    insert_unless_exists(uow.session, PaymentMatch, rows)
    changes = {share.number: (None, share.amount_fen) for share in shares}
    tell_of_payment(uow, PaymentMatched, payment, actor=actor, now=now, changes=changes)
    return payment


def payable(
    session: Session, payment: Payment, *, references: Sequence[str] = ()
) -> Sequence[OpenInvoice]:
    """What a payment may be for; a refund, what was paid."""
    ask = open_invoices if payment.original_id is None else paid_invoices
    return ask(session, payment.organisation_id, payment.provider_id, references=references)


def unmatch_invoice(
    uow: UnitOfWork, name: str, match_id: int, *, actor: Actor, now: datetime
) -> Payment:
    """It does not pay that invoice after all."""
    payment = payment_for_update(uow.session, name)
    must_share(uow, actor, payment)
    found = {one.id: one for one in invoices_of_payment(uow.session, payment.key)}
    if match_id not in found:
        raise NotFound(match_id=match_id)
    ended = found[match_id]
    end_matches(uow, PaymentMatch, PAYMENT_MATCH.c.id == match_id, actor=actor, now=now)
    changes = {ended.number: (ended.amount_fen, None)}
    tell_of_payment(uow, PaymentMatched, payment, actor=actor, now=now, changes=changes)
    return payment
