"""Pages: payment batches, the bank's sheet, and what the bank answered."""

from typing import Annotated

from fastapi import APIRouter, Response, UploadFile

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.subsidies.actions.claw_back import claw_back
from booking.subsidies.actions.pay_statements import dissolve_batch, draw_batch, send_batch
from booking.subsidies.actions.record_answers import (
    record_payment,
    record_return,
    take_answers,
)
from booking.subsidies.exports.bank_sheet import bank_sheet
from booking.subsidies.forms import (
    LARGEST_ANSWER,
    ClawbackBody,
    PaymentBody,
    ReasonBody,
)
from booking.subsidies.queries.payments import batch_view, batches, payees
from booking.subsidies.states import BATCH_TRANSITIONS, BatchState, BatchStep
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, XLSX, download
from booking.web.forms import Filled, blank, filled_in
from booking.web.manners import takes_bodies_of
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
Manager = Annotated[Actor, requires(Permission.SETTLEMENT_MANAGE)]
Position = int


@router.get("/payment-batches", name="payment_batches")
def index(session: Reading, page: PageDep, window: WindowDep, actor: Reader) -> Response:
    """Who waits to be paid, and the batches so far, the newest first."""
    rows = batches(session, before=window.after_id, take=window.take)
    return page.render(
        "subsidies/batches.html",
        cut=window.cut(rows, key=lambda row: (row.id,)),
        payees=payees(session),
        paging_on=window.after_id is not None,
        manages=actor.may(Permission.SETTLEMENT_MANAGE),
    )


@router.post("/payment-batches", name="draw_batch")
def draw(uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager) -> Response:
    """Gather what is approved."""
    batch = draw_batch(uow, actor_id=actor.known_id, now=clock.now())
    return page.redirect("payment_batch", batch.number)


@router.get("/payment-batches/{number}.{kind}", name="bank_sheet")
def sheet(number: str, kind: str, session: Reading, actor: Manager) -> Response:
    """The sheet for the bank; only for who pays: it holds account numbers."""
    name, content = bank_sheet(batch_view(session, number), kind)
    return download(content, filename=name, media_type=XLSX if kind == "xlsx" else CSV)


@router.get("/payment-batches/{number}", name="payment_batch")
def show(number: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """One batch with its rows."""
    view = batch_view(session, number)
    return page.render(
        "subsidies/batch.html",
        view=view,
        steps=_open_to(view.head.state),
        answered=view.head.state not in {BatchState.DRAWN, BatchState.DISSOLVED},
        manages=actor.may(Permission.SETTLEMENT_MANAGE),
        form=blank(),
        report=None,
    )


@router.post("/payment-batches/{number}/sending", name="send_batch")
def send(number: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager) -> Response:
    """Say that the bank has it."""
    send_batch(uow, number, actor_id=actor.known_id, now=clock.now())
    return page.redirect("payment_batch", number)


@router.post("/payment-batches/{number}/dissolution", name="dissolve_batch")
def dissolve(
    number: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    """Let its statements go."""
    dissolve_batch(uow, number, actor_id=actor.known_id, now=clock.now())
    return page.redirect("payment_batch", number)


@router.post("/payment-batches/{number}/answers", name="take_answers")
@takes_bodies_of(LARGEST_ANSWER)
def take(
    number: str,
    file: UploadFile,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Take in the bank's file, and say what became of its rows."""
    by = (actor.known_id, clock.now())
    report = take_answers(uow, number, file.file.read(), by=by)
    uow.session.flush()
    view = batch_view(uow.session, number)
    return page.render(
        "subsidies/batch.html",
        view=view,
        steps=_open_to(view.head.state),
        answered=True,
        manages=True,
        form=blank(),
        report=report,
    )


@router.post("/payment-batches/{number}/rows/{position}/payment", name="record_payment")
def pay_row(
    number: str,
    position: Position,
    form: Annotated[Filled[PaymentBody], filled_in(PaymentBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Record by hand that the bank paid a row."""
    by = (actor.known_id, clock.now())
    record_payment(uow, number, position, reference=form.checked.reference, by=by)
    return page.redirect("payment_batch", number)


@router.post("/payment-batches/{number}/rows/{position}/return", name="record_return")
def return_row(
    number: str,
    position: Position,
    form: Annotated[Filled[ReasonBody], filled_in(ReasonBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Record by hand that the bank sent a row back."""
    by = (actor.known_id, clock.now())
    record_return(uow, number, position, reason=form.checked.reason, by=by)
    return page.redirect("payment_batch", number)


@router.post("/statements/{number}/lines/{position}/clawback", name="claw_back")
def recover(
    number: str,
    position: Position,
    form: Annotated[Filled[ClawbackBody], filled_in(ClawbackBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Recover something of a paid line, with the next statement."""
    asked, by = form.checked, (actor.known_id, clock.now())
    claw_back(uow, number, position, amount_fen=asked.amount, reason=asked.reason, by=by)
    return page.redirect("statement", number)


def _open_to(state: BatchState) -> list[BatchStep]:
    return [
        step for step in (BatchStep.SEND, BatchStep.DISSOLVE) if (state, step) in BATCH_TRANSITIONS
    ]
