"""JSON: recording, checking, voiding, matching and reading invoices."""

from typing import Annotated

from fastapi import APIRouter, Response, UploadFile

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, MEDIA_TYPES, Use
from booking.invoices.actions.judge_invoice import check_invoice, void_invoice
from booking.invoices.actions.match_charges import match_charges, unmatch_charge
from booking.invoices.actions.record_invoice import add_invoice_file, record_invoice
from booking.invoices.api.shapes import InvoiceInFull, InvoiceList, InvoiceOut
from booking.invoices.forms import FilterDep, InvoiceBody, ReasonBody, SharesBody
from booking.invoices.providers import said_by
from booking.invoices.queries.invoices import invoice_file_seen_by, invoices_seen_by
from booking.invoices.report import invoice_sheet
from booking.web.clock import ClockDep
from booking.web.downloads import files_of
from booking.web.idempotency import Once
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["invoices"])

Reader = Annotated[Actor, requires(Permission.INVOICE_READ)]
Recorder = Annotated[Actor, requires(Permission.INVOICE_RECORD)]
Checker = Annotated[Actor, requires(Permission.INVOICE_CHECK)]
_FILES = tuple(MEDIA_TYPES[kind] for kind in ALLOWED[Use.INVOICE].kinds)


@router.get("/invoices")
def list_invoices(
    session: Reading, window: WindowDep, chosen: FilterDep, actor: Reader
) -> InvoiceList:
    """Your companies' and providers' invoices, newest first; all of them for the centre."""
    rows = invoices_seen_by(
        session, actor, chosen.wanted, before_id=window.after_id, limit=window.take
    )
    cut = window.cut(rows, key=lambda row: (row.id,))
    items = [InvoiceOut.model_validate(row) for row in cut.items]
    return InvoiceList(items=items, next_cursor=cut.next_cursor)


@router.post("/invoices", status_code=201, response_model=InvoiceInFull)
def create_invoice(
    body: InvoiceBody, uow: Transaction, once: Once, clock: ClockDep, actor: Recorder
) -> Response:
    """A number and code are recorded once on the whole platform."""

    def deed() -> tuple[int, InvoiceInFull]:
        made = record_invoice(uow, body.told(), actor=actor, now=clock.now())
        return 201, InvoiceInFull.of(invoice_sheet(uow.session, made.reference, actor))

    return once.answer(deed)


@router.get("/invoices/{reference}")
def show_invoice(reference: str, session: Reading, actor: Reader) -> InvoiceInFull:
    """One invoice; `offered` says for which charges it could be, exact sums first."""
    return InvoiceInFull.of(invoice_sheet(session, reference, actor))


@router.post("/invoices/{reference}/check", response_model=InvoiceInFull)
def check(
    reference: str, uow: Transaction, once: Once, clock: ClockDep, actor: Checker
) -> Response:
    """By the centre's finance, and another person than who recorded it."""

    def deed() -> tuple[int, InvoiceInFull]:
        check_invoice(uow, reference, actor=actor, now=clock.now())
        return 200, InvoiceInFull.of(invoice_sheet(uow.session, reference, actor))

    return once.answer(deed)


@router.post("/invoices/{reference}/void", response_model=InvoiceInFull)
def void(
    reference: str,
    body: ReasonBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """What it was for, and what paid it, is open again."""

    def deed() -> tuple[int, InvoiceInFull]:
        void_invoice(uow, reference, body.reason, actor=actor, now=clock.now())
        return 200, InvoiceInFull.of(invoice_sheet(uow.session, reference, actor))

    return once.answer(deed)


@router.post("/invoices/{reference}/matches", status_code=201, response_model=InvoiceInFull)
def match(
    reference: str,
    body: SharesBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """Share it out over charges, by their numbers."""

    def deed() -> tuple[int, InvoiceInFull]:
        match_charges(uow, reference, body.told(), actor=actor, now=clock.now())
        return 201, InvoiceInFull.of(invoice_sheet(uow.session, reference, actor))

    return once.answer(deed)


@router.post("/invoices/{reference}/matches/{match_id}/end", response_model=InvoiceInFull)
def end_match(
    reference: str,
    match_id: int,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """It is not for that charge."""

    def deed() -> tuple[int, InvoiceInFull]:
        unmatch_charge(uow, reference, match_id, actor=actor, now=clock.now())
        return 200, InvoiceInFull.of(invoice_sheet(uow.session, reference, actor))

    return once.answer(deed)


@router.post("/invoices/{reference}/files", status_code=201)
@takes_file(Use.INVOICE)
def create_file(
    reference: str,
    file: UploadFile,
    uow: Transaction,
    vault: VaultDep,
    clock: ClockDep,
    actor: Recorder,
) -> InvoiceInFull:
    """A PDF, an OFD or an XML; one that says something else than was recorded is refused."""
    paper = receive(vault, file, Use.INVOICE)
    says = said_by(vault, paper)
    add_invoice_file(uow, reference, paper, actor=actor, now=clock.now(), says=says)
    return InvoiceInFull.of(invoice_sheet(uow.session, reference, actor))


@router.get(
    "/invoices/{reference}/files/{paper_id}",
    response_class=Response,
    responses=files_of(*_FILES),
)
def show_file(
    reference: str, paper_id: int, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """A file of it."""
    return served(vault, invoice_file_seen_by(session, reference, paper_id, actor=actor))
