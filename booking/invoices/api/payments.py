"""JSON: recording, checking, voiding, matching and reading payments."""

from typing import Annotated

from fastapi import APIRouter, Response, UploadFile

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, MEDIA_TYPES, Use
from booking.invoices.actions.judge_payment import check_payment, void_payment
from booking.invoices.actions.match_invoices import match_invoices, unmatch_invoice
from booking.invoices.actions.record_payment import add_payment_file, record_payment
from booking.invoices.api.shapes import PaymentInFull, PaymentList, PaymentOut
from booking.invoices.forms import FilterDep, PaymentBody, ReasonBody, SharesBody
from booking.invoices.queries.payments import payment_file_seen_by, payments_seen_by
from booking.invoices.report import payment_sheet
from booking.web.clock import ClockDep
from booking.web.downloads import files_of
from booking.web.idempotency import Once
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["payments"])

Reader = Annotated[Actor, requires(Permission.INVOICE_READ)]
Recorder = Annotated[Actor, requires(Permission.INVOICE_RECORD)]
Checker = Annotated[Actor, requires(Permission.INVOICE_CHECK)]
_FILES = tuple(MEDIA_TYPES[kind] for kind in ALLOWED[Use.RECEIPT].kinds)


@router.get("/payments")
def list_payments(
    session: Reading, window: WindowDep, chosen: FilterDep, actor: Reader
) -> PaymentList:
    """What your companies paid and your providers were paid, newest first; all for the centre."""
    rows = payments_seen_by(
        session, actor, chosen.wanted, before_id=window.after_id, limit=window.take
    )
    cut = window.cut(rows, key=lambda row: (row.id,))
    items = [PaymentOut.model_validate(row) for row in cut.items]
    return PaymentList(items=items, next_cursor=cut.next_cursor)


@router.post("/payments", status_code=201, response_model=PaymentInFull)
def create_payment(
    body: PaymentBody, uow: Transaction, once: Once, clock: ClockDep, actor: Recorder
) -> Response:
    """A transaction of a bank is recorded once on the whole platform."""

    def deed() -> tuple[int, PaymentInFull]:
        made = record_payment(uow, body.told(), actor=actor, now=clock.now())
        return 201, PaymentInFull.of(payment_sheet(uow.session, made.reference, actor))

    return once.answer(deed)


@router.get("/payments/{reference}")
def show_payment(reference: str, session: Reading, actor: Reader) -> PaymentInFull:
    """One payment; `offered` says for which invoices it could be, exact sums first."""
    return PaymentInFull.of(payment_sheet(session, reference, actor))


@router.post("/payments/{reference}/check", response_model=PaymentInFull)
def check(
    reference: str, uow: Transaction, once: Once, clock: ClockDep, actor: Checker
) -> Response:
    """By the centre's finance, and another person than who recorded it."""

    def deed() -> tuple[int, PaymentInFull]:
        check_payment(uow, reference, actor=actor, now=clock.now())
        return 200, PaymentInFull.of(payment_sheet(uow.session, reference, actor))

    return once.answer(deed)


@router.post("/payments/{reference}/void", response_model=PaymentInFull)
def void(
    reference: str,
    body: ReasonBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """What it paid is open again; if it was posted, it is posted back."""

    def deed() -> tuple[int, PaymentInFull]:
        void_payment(uow, reference, body.reason, actor=actor, now=clock.now())
        return 200, PaymentInFull.of(payment_sheet(uow.session, reference, actor))

    return once.answer(deed)


@router.post("/payments/{reference}/matches", status_code=201, response_model=PaymentInFull)
def match(
    reference: str,
    body: SharesBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """Share it out over invoices, by their references."""

    def deed() -> tuple[int, PaymentInFull]:
        match_invoices(uow, reference, body.told(), actor=actor, now=clock.now())
        return 201, PaymentInFull.of(payment_sheet(uow.session, reference, actor))

    return once.answer(deed)


@router.post("/payments/{reference}/matches/{share_id}/end", response_model=PaymentInFull)
def end_match(
    reference: str,
    share_id: int,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """It is not for that invoice."""

    def deed() -> tuple[int, PaymentInFull]:
        unmatch_invoice(uow, reference, share_id, actor=actor, now=clock.now())
        return 200, PaymentInFull.of(payment_sheet(uow.session, reference, actor))

    return once.answer(deed)


@router.post("/payments/{reference}/files", status_code=201)
@takes_file(Use.RECEIPT)
def create_file(
    reference: str,
    file: UploadFile,
    uow: Transaction,
    vault: VaultDep,
    clock: ClockDep,
    actor: Recorder,
) -> PaymentInFull:
    """The bank's receipt: a PDF, an OFD or a picture."""
    receipt = receive(vault, file, Use.RECEIPT)
    add_payment_file(uow, reference, receipt, actor=actor, now=clock.now())
    return PaymentInFull.of(payment_sheet(uow.session, reference, actor))


@router.get(
    "/payments/{reference}/files/{receipt_id}",
    response_class=Response,
    responses=files_of(*_FILES),
)
def show_file(
    reference: str, receipt_id: int, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """A file of it."""
    return served(vault, payment_file_seen_by(session, reference, receipt_id, actor=actor))
