"""Pages: all statements of a period as one ZIP: ask for it, see how far it is, fetch it."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.exports import served
from booking.files.forms import VaultDep
from booking.files.queries import file_row
from booking.subsidies.actions.export_statements import ask_for_export
from booking.subsidies.forms import read_period
from booking.subsidies.queries.exporting import export_row
from booking.subsidies.rules.explanation import tongue_of
from booking.web.clock import ClockDep
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Manager = Annotated[Actor, requires(Permission.SETTLEMENT_MANAGE)]


@router.post("/settlements/{period}/exports", name="export_statements")
def ask(period: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager) -> Response:
    """Have it written by the next run of the job."""
    asked, tongue = read_period(period).code, tongue_of(language())
    made = ask_for_export(uow, asked, tongue, actor=actor, now=clock.now())
    return page.redirect("statement_export", made.key)


@router.get("/statement-exports/{export_id}", name="statement_export")
def show(export_id: int, session: Reading, page: PageDep, actor: Manager) -> Response:
    """How far it is; the page asks again by itself while it is going."""
    row = export_row(session, export_id)
    return page.render("subsidies/export.html", fragment=page.target("progress"), row=row)


@router.get("/statement-exports/{export_id}/statements.zip", name="statement_export_file")
def fetch(export_id: int, session: Reading, vault: VaultDep, actor: Manager) -> Response:
    """The ZIP; not found while it is being written."""
    return served(vault, file_row(session, export_row(session, export_id).file_id))
