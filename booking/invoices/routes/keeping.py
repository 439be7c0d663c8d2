"""Pages: since when the centre keeps invoices here; and, inside a charge's page, its invoices."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.billing.queries.charges import charge_seen_by
from booking.invoices.actions.keep_invoices import keep_invoices
from booking.invoices.forms import KeepingForm
from booking.invoices.queries.matches import invoices_of_charge
from booking.invoices.queries.records import keeping_entries, kept_since, uninvoiced
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Checker = Annotated[Actor, requires(Permission.INVOICE_CHECK)]
Reader = Annotated[Actor, requires(Permission.INVOICE_READ)]
Watcher = Annotated[Actor, requires(Permission.INVOICE_CHECK, Permission.AUDIT_READ)]
_KEEPING = "invoices/keeping.html"


@router.get("/invoices/keeping", name="invoice_keeping")
def keeping(session: Reading, page: PageDep, clock: ClockDep, actor: Watcher) -> Response:
    """What is set, what was set before, and how much waits for invoices."""
    return page.render(_KEEPING, form=blank(), **_set(session, clock, actor))


def _set(session: Session, clock: ClockDep, actor: Actor) -> dict[str, Any]:
    return {
        "sets": actor.may(Permission.INVOICE_CHECK),
        "since": kept_since(session),
        "entries": keeping_entries(session),
        "waiting": uninvoiced(session, before=clock.now()),
    }


@router.post("/invoices/keeping", name="invoice_keeping_set")
def set_keeping(
    form: Annotated[Filled[KeepingForm], filled_in(KeepingForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Checker,
) -> Response:
    """From then on, settlement reads records."""
    page.if_refused(_KEEPING, form=form, **_set(session, clock, actor))
    asked = form.checked
    keep_invoices(uow, asked.first_day, asked.reason, actor=actor, now=clock.now())
    return page.redirect("invoice_keeping")


@router.get("/charges/{number}/invoices", name="charge_invoices")
def of_charge(number: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """The invoices of a charge, for its page to load."""
    charge = charge_seen_by(session, number, actor)
    rows = invoices_of_charge(session, charge.number)
    return page.render("invoices/_of_charge.html", charge=charge, rows=rows)
