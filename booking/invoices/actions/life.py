"""What deeds on invoices and payments share: who may, steps, files, and facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeVar

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.invoices.errors import (
    PaperCheckedByRecorder,
    PaperFixed,
    PaperIllegalStep,
    TooManyPaperFiles,
)
from booking.invoices.events import InvoiceEvent, PaperEvent
from booking.invoices.models import Invoice, InvoiceMatch, Payment, PaymentMatch
from booking.invoices.queries.seen import sides_of
from booking.invoices.rules.told import InvoiceTold, PaymentTold
from booking.invoices.states import PaperState, PaperStep, after
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.events import Changes

LONGEST_REASON: Final = 500
MOST_FILES: Final = 10
Paper = Invoice | Payment
OfInvoice = TypeVar("OfInvoice", bound=InvoiceEvent)
OfPayment = TypeVar("OfPayment", bound=PaperEvent)


def must_reach(uow: UnitOfWork, actor: Actor, paper: Paper) -> None:
    """Whoever may not read it does not learn that it is there; whoever records for neither party
    changes nothing."""
    _must_act_for(uow, actor, paper, unknown=NotFound(reference=paper.reference))


def must_record(uow: UnitOfWork, actor: Actor, told: InvoiceTold | PaymentTold) -> None:
    """As above, for what is not written yet: to others, its parties are nobody."""
    _must_act_for(uow, actor, told, unknown=NotFound(organisation_id=told.organisation_id))


def _must_act_for(
    uow: UnitOfWork, actor: Actor, between: Paper | InvoiceTold | PaymentTold, *, unknown: NotFound
) -> None:
    parties = (between.organisation_id, between.provider_id)
    if not sides_of(uow.session, actor, Permission.INVOICE_READ).reach(*parties):
        raise unknown
    if not sides_of(uow.session, actor, Permission.INVOICE_RECORD).reach(*parties):
        raise Forbidden(permission=Permission.INVOICE_RECORD.value)


def must_share(uow: UnitOfWork, actor: Actor, paper: Paper) -> None:
    """What is not checked, either party shares out; what is, the centre's finance."""
    must_reach(uow, actor, paper)
    checks = actor.may(Permission.INVOICE_CHECK)
    if paper.state is PaperState.VOIDED or (paper.state is PaperState.CHECKED and not checks):
        raise PaperFixed(state=paper.state)


def enter(
    paper: Paper, step: PaperStep, *, actor: Actor, now: datetime, reason: str = ""
) -> Changes:
    """Go where the table says, or refuse."""
    before, reached = paper.state, after(paper.state, step)
    if reached is None:
        raise PaperIllegalStep(state=before)
    if step is PaperStep.CHECK:
        if paper.recorded_by is not None and paper.recorded_by == actor.known_id:
            raise PaperCheckedByRecorder
        paper.checked_by, paper.checked_at = actor.known_id, now
    else:
        paper.voided_by, paper.voided_at = actor.known_id, now
    paper.state, paper.state_reason = reached, reason[:LONGEST_REASON]
    return {"state": (before.value, reached.value)}


def must_void(actor: Actor, paper: Paper) -> None:
    """What finance checked, finance alone takes back."""
    if paper.state is PaperState.CHECKED and not actor.may(Permission.INVOICE_CHECK):
        raise Forbidden(permission=Permission.INVOICE_CHECK.value)


def end_matches(
    uow: UnitOfWork,
    table: type[InvoiceMatch] | type[PaymentMatch],
    which: sa.ColumnElement[bool],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """End the live ones of these matches; how many."""
    rows = table.__table__  # type: ignore[union-attr]  # SQLModel adds it to every table class
    ended = (
        sa.update(rows)
        .where(which, rows.c.live)
        .values(live=False, ended_by=actor.known_id, ended_at=now)
    )
    return int(uow.session.execute(ended).rowcount)  # type: ignore[attr-defined]  # an update has


def kept(uow: UnitOfWork, received: Received, *, already: int, actor: Actor, now: datetime) -> int:
    """The row of a file that a record is about to point at."""
    if already >= MOST_FILES:
        raise TooManyPaperFiles(most=MOST_FILES)
    return keep(uow, received, uploaded_by=actor.known_id, now=now).key


def tell_of_invoice(  # noqa: PLR0913 - a fact has so many parts
    uow: UnitOfWork,
    kind: type[OfInvoice],
    invoice: Invoice,
    *,
    actor: Actor,
    now: datetime,
    changes: Changes,
    cause: str = "",
) -> None:
    """Announce what happened to an invoice."""
    told = _told(invoice, actor=actor, now=now, changes=changes, cause=cause)
    uow.announce(
        kind(
            **told,  # type: ignore[arg-type]  # its parts have many types
            subject=f"invoice:{invoice.reference}",
            amount_fen=invoice.total_fen,
            number=invoice.number,
        )
    )


def tell_of_payment(  # noqa: PLR0913 - a fact has so many parts
    uow: UnitOfWork,
    kind: type[OfPayment],
    payment: Payment,
    *,
    actor: Actor,
    now: datetime,
    changes: Changes,
    cause: str = "",
) -> None:
    """Announce what happened to a payment."""
    told = _told(payment, actor=actor, now=now, changes=changes, cause=cause)
    uow.announce(
        kind(
            **told,  # type: ignore[arg-type]  # its parts have many types
            subject=f"payment:{payment.reference}",
            amount_fen=payment.amount_fen,
        )
    )


def _told(
    paper: Paper, *, actor: Actor, now: datetime, changes: Changes, cause: str
) -> Mapping[str, object]:
    return {
        "at": now,
        "actor_id": actor.known_id,
        "on_behalf_of": actor.behalf_of(paper.provider_id),
        "cause": cause[:LONGEST_REASON],
        "changes": changes,
        "reference": paper.reference,
        "organisation_id": paper.organisation_id,
        "provider_id": paper.provider_id,
    }
