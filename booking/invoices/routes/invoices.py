"""Pages: invoices of one's company, one's provider or everybody; one of them; recording one."""

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
from booking.invoices.actions.judge_invoice import check_invoice, void_invoice
from booking.invoices.actions.match_charges import match_charges, unmatch_charge
from booking.invoices.actions.record_invoice import add_invoice_file, record_invoice
from booking.invoices.forms import (
    FilterDep,
    InvoiceForm,
    MatchForm,
    PaperFilter,
    PaperForm,
    ReasonForm,
)
from booking.invoices.providers import said_by
from booking.invoices.queries.invoices import (
    InvoiceRow,
    invoice_file_seen_by,
    invoices_seen_by,
)
from booking.invoices.queries.seen import sellers_and_buyers, sides_of
from booking.invoices.report import invoice_sheet
from booking.invoices.rules.einvoice import FileSays
from booking.invoices.rules.kinds import InvoiceKind
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
_LIST, _NEW, _ONE = "invoices/invoices.html", "invoices/new.html", "invoices/invoice.html"
_AT_ONCE = 500


@router.get("/invoices", name="invoices")
def index(
    session: Reading, page: PageDep, window: WindowDep, chosen: FilterDep, actor: Reader
) -> Response:
    """Newest first; what waits for a check is a filter of the same list."""
    rows = invoices_seen_by(
        session, actor, chosen.wanted, before_id=window.after_id, limit=window.take
    )
    return page.render(
        _LIST,
        cut=window.cut(rows, key=lambda row: (row.id,)),
        chosen=chosen,
        states=tuple(PaperState),
        form=blank(month=chosen.month, q=chosen.words),
        records=actor.may(Permission.INVOICE_RECORD),
        checks=actor.may(Permission.INVOICE_CHECK),
        paging_on=window.after is not None,
    )


@router.get("/invoices.csv", name="invoices_csv")
def index_csv(request: Request, chosen: FilterDep, actor: Reader) -> Response:
    """What the list shows, as a file."""
    header = [
        gettext("Reference"),
        gettext("Kind"),
        gettext("Invoice code"),
        gettext("Number"),
        gettext("Issued"),
        gettext("Provider"),
        gettext("User organisation"),
        gettext("Without tax (yuan)"),
        gettext("Tax (yuan)"),
        gettext("Amount (yuan)"),
        gettext("Of it for charges (yuan)"),
        gettext("Of it paid (yuan)"),
        gettext("State"),
    ]
    spoken = language()
    lines = csv_lines(header, (_cells(row, spoken) for row in _rows(request, actor, chosen)))
    return streamed(lines, filename=f"invoices-{chosen.month or 'all'}.csv", media_type=CSV)


def _rows(request: Request, actor: Actor, chosen: PaperFilter) -> Iterator[InvoiceRow]:
    with read_session(request.app.state.read_engine) as session:
        before = None
        while rows := invoices_seen_by(
            session, actor, chosen.wanted, before_id=before, limit=_AT_ONCE
        ):
            yield from rows
            before = rows[-1].id


def _cells(row: InvoiceRow, spoken: str) -> list[Cell]:
    # The body is written after the answer began: the language is no longer known by itself.
    speak("en" if spoken == "en" else "zh_CN")
    amounts = (row.net_fen, row.tax_fen, row.total_fen, row.matched_fen, row.settled_fen)
    return [
        *(row.reference, words(row.kind), row.code, row.number, row.issued_on.isoformat()),
        *(row.provider, row.company),
        *(Decimal(yuan(amount)) for amount in amounts),
        words(row.state),
    ]


@router.get("/invoices/new", name="invoice_new")
def new_page(session: Reading, page: PageDep, actor: Recorder) -> Response:
    """Typed off the paper, or read from its file first."""
    return page.render(_NEW, form=blank(), says={}, **_asked(session, actor))


@router.post("/invoices/reading", name="invoice_reading")
@takes_file(Use.INVOICE)
def read_file(
    form: Annotated[Filled[PaperForm], filled_in(PaperForm)],
    session: Reading,
    page: PageDep,
    vault: VaultDep,
    actor: Recorder,
) -> Response:
    """Fill the form from the file; nothing is recorded yet, and what was typed stays if the file
    says nothing of it."""
    shown = _asked(session, actor)
    page.if_refused(_NEW, form=form, says={}, **shown)
    received = receive(vault, form.checked.paper, Use.INVOICE)
    says = said_by(vault, received)
    vault.drop(received.name)
    typed = {name: values for name, values in form.typed.items() if name != "paper"}
    filled = blank(**{**typed, **_fields(says, shown)})
    return page.render(_NEW, form=filled, says=says.said(), **{**shown, "was_read": True})


def _asked(session: Session, actor: Actor) -> dict[str, Any]:
    sides = sides_of(session, actor, Permission.INVOICE_RECORD)
    sellers, buyers = sellers_and_buyers(session, sides)
    return {
        "sellers": sellers,
        "buyers": buyers,
        "kinds": tuple(InvoiceKind),
        "allowed": ALLOWED[Use.INVOICE],
        "was_read": False,
    }


def _fields(says: FileSays, shown: dict[str, Any]) -> dict[str, object]:
    """What a file says, as the form's fields; the parties by their credit codes."""
    said = says.said()
    found = {name: yuan(said.pop(f"{name}_fen")) for name in _AMOUNTS if f"{name}_fen" in said}  # type: ignore[arg-type]  # amounts are whole
    for field, code, parties in (
        ("provider_id", says.seller_uscc, shown["sellers"]),
        ("organisation_id", says.buyer_uscc, shown["buyers"]),
    ):
        known = next((one.id for one in parties if code and one.uscc == code), None)
        if known is not None:
            found[field] = str(known)
    return {**said, **found}


_AMOUNTS = ("net", "tax", "total")


@router.post("/invoices", name="invoice_create")
@takes_file(Use.INVOICE)
def create(
    form: Annotated[Filled[InvoiceForm], filled_in(InvoiceForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """Record it; a file that says something else is refused with what differs."""
    page.if_refused(_NEW, form=form, says={}, **_asked(session, actor))
    asked = form.checked
    paper = receive(vault, asked.paper, Use.INVOICE) if asked.paper else None
    made = record_invoice(
        uow, asked.told(), actor=actor, now=clock.now(), paper=paper, says=said_by(vault, paper)
    )
    return page.redirect("invoice", made.reference)


@router.get("/invoices/{reference}", name="invoice")
def show(reference: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """One invoice: what it is for, what paid it, and what may be done."""
    return page.render(_ONE, **_shown(session, reference, actor))


def _shown(session: Session, reference: str, actor: Actor) -> dict[str, Any]:
    return {
        "sheet": invoice_sheet(session, reference, actor),
        "form": blank(),
        "allowed": ALLOWED[Use.INVOICE],
    }


@router.post("/invoices/{reference}/check", name="invoice_check")
def check(
    reference: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Checker
) -> Response:
    """It is as the paper says."""
    check_invoice(uow, reference, actor=actor, now=clock.now())
    return page.redirect("invoice", reference)


@router.post("/invoices/{reference}/void", name="invoice_void")
def void(
    reference: str,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """Take it off the records, with a reason."""
    void_invoice(uow, reference, form.checked.reason, actor=actor, now=clock.now())
    return page.redirect("invoice", reference)


@router.post("/invoices/{reference}/matches", name="invoice_match")
def match(
    reference: str,
    form: Annotated[Filled[MatchForm], filled_in(MatchForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """Say what it is for."""
    page.if_refused(_ONE, **{**_shown(session, reference, actor), "form": form})
    match_charges(uow, reference, form.checked.shares(), actor=actor, now=clock.now())
    return page.redirect("invoice", reference)


@router.post("/invoices/{reference}/matches/{match_id}/end", name="invoice_unmatch")
def unmatch(
    reference: str,
    match_id: int,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Recorder,
) -> Response:
    """It is not for that charge."""
    unmatch_charge(uow, reference, match_id, actor=actor, now=clock.now())
    return page.redirect("invoice", reference)


@router.post("/invoices/{reference}/files", name="invoice_file_add")
@takes_file(Use.INVOICE)
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
    """The file that was not at hand before."""
    page.if_refused(_ONE, **{**_shown(session, reference, actor), "form": form})
    paper = receive(vault, form.checked.paper, Use.INVOICE)
    says = said_by(vault, paper)
    add_invoice_file(uow, reference, paper, actor=actor, now=clock.now(), says=says)
    return page.redirect("invoice", reference)


@router.get("/invoices/{reference}/files/{paper_id}", name="invoice_file")
def file(
    reference: str, paper_id: int, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """A file of it."""
    return served(vault, invoice_file_seen_by(session, reference, paper_id, actor=actor))
