"""Check a payment, which posts it, as the centre's finance; void one, which posts it back."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.life import (
    end_matches,
    enter,
    must_reach,
    must_void,
    tell_of_payment,
)
from booking.invoices.errors import PaperLeanedOn
from booking.invoices.events import PaymentChecked, PaymentVoided
from booking.invoices.models import PAYMENT_MATCH, Payment, PaymentMatch
from booking.invoices.queries.payments import payment_for_update, refunds_standing
from booking.invoices.states import PaperState, PaperStep
from booking.kernel.errors import Forbidden
from booking.ledger.actions.post import Leg, post
from booking.ledger.actions.reverse import reverse
from booking.ledger.models import AccountKind


def check_payment(uow: UnitOfWork, name: str, *, actor: Actor, now: datetime) -> Payment:
    """Compared with the bank's receipt and found right: less is owed, more lies at the bank."""
    payment = payment_for_update(uow.session, name)
    must_reach(uow, actor, payment)
    if not actor.may(Permission.INVOICE_CHECK):
        raise Forbidden(permission=Permission.INVOICE_CHECK.value)
    changes = enter(payment, PaperStep.CHECK, actor=actor, now=now)
    uow.session.flush()
    post(
        uow,
        posting_of(payment),
        [
            Leg(AccountKind.BANK, payment.provider_id, payment.amount_fen),
            Leg(AccountKind.RECEIVABLE, payment.organisation_id, -payment.amount_fen),
        ],
        at=now,
    )
    tell_of_payment(uow, PaymentChecked, payment, actor=actor, now=now, changes=changes)
    return payment


def void_payment(
    uow: UnitOfWork, name: str, reason: str, *, actor: Actor, now: datetime
) -> Payment:
    """Take it off the records; what it paid is open again."""
    payment = payment_for_update(uow.session, name)
    must_reach(uow, actor, payment)
    must_void(actor, payment)
    if refunds_standing(uow.session, payment.key):
        raise PaperLeanedOn
    was_posted = payment.state is PaperState.CHECKED
    which = PAYMENT_MATCH.c.payment_id == payment.key
    end_matches(uow, PaymentMatch, which, actor=actor, now=now)
    changes = enter(payment, PaperStep.VOID, actor=actor, now=now, reason=reason)
    uow.session.flush()
    if was_posted:
        reverse(uow, posting_of(payment), at=now, memo=reason[:200])
    tell_of_payment(
        uow, PaymentVoided, payment, actor=actor, now=now, changes=changes, cause=reason
    )
    return payment


def posting_of(payment: Payment) -> str:
    """The reference under which it is posted, once."""
    return f"payment:{payment.reference}"
