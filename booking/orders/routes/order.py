"""One order for both sides: what is agreed, how far it is, and what each may do next."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.kernel.clock import local
from booking.orders.actions.attach import add_file, send_message
from booking.orders.actions.quote import quote_order
from booking.orders.actions.rights import side_of
from booking.orders.actions.schedule import schedule_order
from booking.orders.actions.take_step import take_step
from booking.orders.forms import (
    EXTRA_ROWS,
    DecisionForm,
    MessageForm,
    OrderFileForm,
    QuoteForm,
    SlotForm,
)
from booking.orders.queries.belongings import file_seen_by
from booking.orders.report import order_sheet
from booking.orders.rules import ACCEPT_WITHIN
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reads = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Party = Annotated[Actor, requires(Permission.RESERVATION_CREATE, Permission.RESERVATION_HOST)]
Decider = Annotated[Actor, requires(Permission.RESERVATION_DECIDE)]
_ONE = "orders/order.html"


@router.get("/orders/{number}", name="order")
def order_page(
    number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reads
) -> Response:
    """The whole of it on one page."""
    return page.render(_ONE, **_shown(session, number, actor, now=clock.now()))


def _shown(session: Session, number: str, actor: Actor, *, now: datetime) -> dict[str, Any]:
    sheet = order_sheet(session, number, actor)
    return {
        "sheet": sheet,
        "side": side_of(actor, sheet.order),
        "today": local(now).date(),
        "form": blank(samples=sheet.order.samples),
        "slot": blank(samples=sheet.order.samples),
        "message": blank(),
        "file_form": blank(),
        "extras": range(1, EXTRA_ROWS + 1),
        "allowed": ALLOWED[Use.RESULT],
        "days": ACCEPT_WITHIN,
    }


@router.post("/orders/{number}/quotes", name="order_quote")
def quote(
    number: str,
    form: Annotated[Filled[QuoteForm], filled_in(QuoteForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """What the lab would do it for; a quote that stands is replaced."""
    now = clock.now()
    page.if_refused(_ONE, **{**_shown(session, number, actor, now=now), "form": form})
    quote_order(uow, number, form.checked.told(), actor=actor, now=now)
    return page.redirect("order", number)


@router.post("/orders/{number}/steps", name="order_step")
def decide(
    number: str,
    form: Annotated[Filled[DecisionForm], filled_in(DecisionForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """What one side decides alone."""
    now = clock.now()
    page.if_refused(_ONE, **_shown(session, number, actor, now=now))
    take_step(uow, number, form.checked.decision(), actor=actor, now=now)
    return page.redirect("order", number)


@router.post("/orders/{number}/bookings", name="order_schedule")
def schedule(
    number: str,
    form: Annotated[Filled[SlotForm], filled_in(SlotForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Time on the instrument, in the name of whoever asked."""
    now = clock.now()
    page.if_refused(_ONE, **{**_shown(session, number, actor, now=now), "slot": form})
    schedule_order(uow, number, form.checked.slot(), actor=actor, now=now)
    return page.redirect("order", number)


@router.post("/orders/{number}/messages", name="order_message")
def write(
    number: str,
    form: Annotated[Filled[MessageForm], filled_in(MessageForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """To the other side, which gets a letter that there is something to read."""
    now = clock.now()
    page.if_refused(_ONE, **{**_shown(session, number, actor, now=now), "message": form})
    send_message(uow, number, form.checked.words, actor=actor, now=now)
    return page.redirect("order", number)


@router.post("/orders/{number}/files", name="order_file_add")
@takes_file(Use.RESULT)
def attach(
    number: str,
    form: Annotated[Filled[OrderFileForm], filled_in(OrderFileForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """From the lab a result, from the company something to work by."""
    now = clock.now()
    page.if_refused(_ONE, **{**_shown(session, number, actor, now=now), "file_form": form})
    received = receive(vault, form.checked.file, Use.RESULT)
    add_file(uow, number, received, actor=actor, now=now)
    return page.redirect("order", number)


@router.get("/orders/{number}/files/{file_id}", name="order_file")
def file(number: str, file_id: int, session: Reading, vault: VaultDep, actor: Reads) -> Response:
    """For the company and the lab alone, always as a download."""
    return served(vault, file_seen_by(session, number, file_id, actor=actor))
