"""Pages: payments of one's company, to one's provider or all; one of them; recording one."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.db.transactions import read_session
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.invoices.actions.judge_payment import check_payment, void_payment
from booking.invoices.actions.match_invoices import match_invoices, unmatch_invoice
from booking.invoices.actions.record_payment import add_payment_file, record_payment
from booking.invoices.forms import (
    FilterDep,
    MatchForm,
    PaperFilter,
    PaperForm,
    PaymentForm,
    ReasonForm,
)
from booking.invoices.queries.payments import (
    PaymentRow,
    payment_file_seen_by,
    payments_seen_by,
)
from booking.invoices.queries.seen import sellers_and_buyers, sides_of
from booking.invoices.report import payment_sheet
from booking.invoices.states import PaperState
from booking.kernel.money import yuan
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, Cell, csv_lines, streamed
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import gettext, language, speak
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import words

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.INVOICE_READ)]
Recorder = Annotated[Actor, requires(Permission.INVOICE_RECORD)]
Checker = Annotated[Actor, requires(Permission.INVOICE_CHECK)]
_LIST, _NEW, _ONE = "invoices/payments.html", "invoices/new_payment.html", "invoices/payment.html"
_AT_ONCE = 500


@router.get("/payments", name="payments")
def index(
    session: Reading, page: PageDep, window: WindowDep, chosen: FilterDep, actor: Reader
) -> Response:
    """Newest first; what waits for a check is a filter of the same list."""
    rows = payments_seen_by(
        session, actor, chosen.wanted, before_id=window.after_id, limit=window.take
    )
    return page.render(
        _LIST,
        cut=window.cut(rows, key=lambda row: (row.id,)),
        chosen=chosen,
        states=tuple(PaperState),
        form=blank(month=chosen.month, q=chosen.words),
        records=actor.may(Permission.INVOICE_RECORD),
        paging_on=window.after is not None,
    )


@router.get("/payments.csv", name="payments_csv")
def index_csv(request: Request, chosen: FilterDep, actor: Reader) -> Response:
    """What the list shows, as a file."""
    header = [
        gettext("Reference"),
        gettext("Paid on"),
        gettext("Bank"),
        gettext("Transaction"),
        gettext("User organisation"),
        gettext("Provider"),
        gettext("Amount (yuan)"),
        gettext("Of it for invoices (yuan)"),
        gettext("State"),
    ]
    spoken = language()
    lines = csv_lines(header, (_cells(row, spoken) for row in _rows(request, actor, chosen)))
    return streamed(lines, filename=f"payments-{chosen.month or 'all'}.csv", media_type=CSV)


def _rows(request: Request, actor: Actor, chosen: PaperFilter) -> Iterator[PaymentRow]:
    with read_session(request.app.state.read_engine) as session:
        before = None
        while rows := payments_seen_by(
            session, actor, chosen.wanted, before_id=before, limit=_AT_ONCE
        ):
            yield from rows
            before = rows[-1].id


def _cells(row: PaymentRow, spoken: str) -> list[Cell]:
    # The body is written after the answer began: the language is no longer known by itself.
    speak("en" if spoken == "en" else "zh_CN")
    amounts = (row.amount_fen, row.matched_fen)
    return [
        *(row.reference, row.paid_on.isoformat(), row.bank, row.bank_transaction_number),
        *(row.company, row.provider),
        *(Decimal(yuan(amount)) for amount in amounts),
        words(row.state),
    ]


@router.get("/payments/new", name="payment_new")
def new_page(session: Reading, page: PageDep, actor: Recorder) -> Response:
    """Typed off the bank's receipt."""
    return page.render(_NEW, form=blank(), **_asked(session, actor))


def _asked(session: Session, actor: Actor) -> dict[str, Any]:
    sides = sides_of(session, actor, Permission.INVOICE_RECORD)
    sellers, buyers = sellers_and_buyers(session, sides)
    return {"sellers": sellers, "buyers": buyers, "allowed": ALLOWED[Use.RECEIPT]}


@router.post("/payments", name="payment_create")
@takes_file(Use.RECEIPT)
def create(
    form: Annotated[Filled[PaymentForm], filled_in(PaymentForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """Record it, once per transaction of its bank."""
    page.if_refused(_NEW, form=form, **_asked(session, actor))
    asked = form.checked
    receipt = receive(vault, asked.receipt, Use.RECEIPT) if asked.receipt else None
    made = record_payment(uow, asked.told(), actor=actor, now=clock.now(), receipt=receipt)
    return page.redirect("payment", made.reference)


@router.get("/payments/{reference}", name="payment")
def show(reference: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """One payment: what it is for, and what may be done."""
    return page.render(_ONE, **_shown(session, reference, actor))


def _shown(session: Session, reference: str, actor: Actor) -> dict[str, Any]:
    return {
        "sheet": payment_sheet(session, reference, actor),
        "form": blank(),
        "allowed": ALLOWED[Use.RECEIPT],
    }


@router.post("/payments/{reference}/check", name="payment_check")
def check(
    reference: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Checker
) -> Response:
    """It is as the bank's receipt says; it is posted."""
    check_payment(uow, reference, actor=actor, now=clock.now())
    return page.redirect("payment", reference)


@router.post("/payments/{reference}/void", name="payment_void")
def void(
    reference: str,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """Take it off the records, with a reason."""
    void_payment(uow, reference, form.checked.reason, actor=actor, now=clock.now())
    return page.redirect("payment", reference)


@router.post("/payments/{reference}/matches", name="payment_match")
def match(
    reference: str,
    form: Annotated[Filled[MatchForm], filled_in(MatchForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """Say which invoices it is for."""
    page.if_refused(_ONE, **{**_shown(session, reference, actor), "form": form})
    match_invoices(uow, reference, form.checked.shares(), actor=actor, now=clock.now())
    return page.redirect("payment", reference)


@router.post("/payments/{reference}/matches/{share_id}/end", name="payment_unmatch")
def unmatch(
    reference: str,
    share_id: int,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """It is not for that invoice."""
    unmatch_invoice(uow, reference, share_id, actor=actor, now=clock.now())
    return page.redirect("payment", reference)


@router.post("/payments/{reference}/files", name="payment_file_add")
@takes_file(Use.RECEIPT)
def add_file(
    reference: str,
    form: Annotated[Filled[PaperForm], filled_in(PaperForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """The bank's receipt, when it comes later."""
    page.if_refused(_ONE, **{**_shown(session, reference, actor), "form": form})
    receipt = receive(vault, form.checked.paper, Use.RECEIPT)
    add_payment_file(uow, reference, receipt, actor=actor, now=clock.now())
    return page.redirect("payment", reference)


@router.get("/payments/{reference}/files/{receipt_id}", name="payment_file")
def file(
    reference: str, receipt_id: int, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """A receipt of it."""
    return served(vault, payment_file_seen_by(session, reference, receipt_id, actor=actor))
