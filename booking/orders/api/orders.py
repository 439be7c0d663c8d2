"""JSON: asking for, quoting, scheduling, working through and reading entrusted orders."""

from typing import Annotated

from fastapi import APIRouter, Response, UploadFile
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import MEDIA_TYPES, Use
from booking.orders.actions.ask import ask_order
from booking.orders.actions.attach import add_file, send_message
from booking.orders.actions.quote import quote_order
from booking.orders.actions.schedule import schedule_order
from booking.orders.actions.take_step import take_step
from booking.orders.actions.work import move_samples
from booking.orders.api.shapes import (
    BookingOut,
    FileOut,
    MessageOut,
    OrderList,
    OrderOut,
    OrderSummary,
    QuoteOut,
    SampleOut,
    Seat,
)
from booking.orders.forms import (
    DecisionBody,
    MessageBody,
    OrderBody,
    QuoteBody,
    SlotBody,
    StationBody,
)
from booking.orders.queries.belongings import file_seen_by
from booking.orders.queries.orders import Listing, Part, orders_of_companies, orders_of_labs
from booking.orders.report import order_sheet
from booking.web.clock import ClockDep
from booking.web.downloads import files_of
from booking.web.idempotency import Once
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["orders"])

Reads = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Member = Annotated[Actor, requires(Permission.RESERVATION_CREATE)]
Host = Annotated[Actor, requires(Permission.RESERVATION_HOST)]
Party = Annotated[Actor, requires(Permission.RESERVATION_CREATE, Permission.RESERVATION_HOST)]
Decider = Annotated[Actor, requires(Permission.RESERVATION_DECIDE)]


def _out(session: Session, number: str, actor: Actor) -> OrderOut:
    sheet = order_sheet(session, number, actor)
    return OrderOut(
        order=OrderSummary.model_validate(sheet.order),
        samples=[SampleOut.model_validate(one) for one in sheet.samples],
        quotes=[QuoteOut.model_validate(one) for one in sheet.quotes],
        files=[FileOut.model_validate(one) for one in sheet.files],
        messages=[MessageOut.model_validate(one) for one in sheet.messages],
        bookings=[BookingOut.model_validate(one) for one in sheet.bookings],
    )


@router.get("/orders")
def list_orders(
    session: Reading,
    window: WindowDep,
    actor: Reads,
    side: Seat = Seat.COMPANY,
    show: Part = Part.ALL,
) -> OrderList:
    """Of one's companies, or entrusted to one's labs; newest first."""
    of_side = orders_of_labs if side is Seat.LAB else orders_of_companies
    listing = Listing(part=show, before_id=window.after_id, limit=window.take)
    cut = window.cut(of_side(session, actor, listing), key=lambda one: (one.id,))
    items = [OrderSummary.model_validate(one) for one in cut.items]
    return OrderList(items=items, next_cursor=cut.next_cursor)


@router.post("/orders", status_code=201, response_model=OrderOut)
def create_order(
    body: OrderBody, uow: Transaction, once: Once, clock: ClockDep, actor: Member
) -> Response:
    """The lab of the instrument is told, and quotes or declines."""

    def deed() -> tuple[int, OrderOut]:
        made = ask_order(uow, body.instrument_id, body.told(), actor=actor, now=clock.now())
        return 201, _out(uow.session, made.number, actor)

    return once.answer(deed)


@router.get("/orders/{number}")
def show_order(number: str, session: Reading, actor: Reads) -> OrderOut:
    """Files are named to the company and the lab alone."""
    return _out(session, number, actor)


@router.post("/orders/{number}/quotes", status_code=201, response_model=OrderOut)
def create_quote(
    number: str,
    body: QuoteBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Hours and samples are priced by the price list; a quote that stands is replaced."""

    def deed() -> tuple[int, OrderOut]:
        quote_order(uow, number, body.told(), actor=actor, now=clock.now())
        return 201, _out(uow.session, number, actor)

    return once.answer(deed)


@router.post("/orders/{number}/steps", response_model=OrderOut)
def decide_order(
    number: str,
    body: DecisionBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """What one side decides alone; a quote is accepted or refused by its `quote_id`."""

    def deed() -> tuple[int, OrderOut]:
        take_step(uow, number, body.decision(), actor=actor, now=clock.now())
        return 200, _out(uow.session, number, actor)

    return once.answer(deed)


@router.post("/orders/{number}/bookings", status_code=201, response_model=OrderOut)
def create_booking(
    number: str,
    body: SlotBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Time on the instrument in the name of whoever asked; all rules of booking hold."""

    def deed() -> tuple[int, OrderOut]:
        schedule_order(uow, number, body.slot(), actor=actor, now=clock.now())
        return 201, _out(uow.session, number, actor)

    return once.answer(deed)


@router.post("/orders/{number}/stations", response_model=OrderOut)
def move_order_samples(
    number: str,
    body: StationBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Host,
) -> Response:
    """One sample by its label, or all that may go there."""

    def deed() -> tuple[int, OrderOut]:
        now = clock.now()
        move_samples(uow, number, body.station, actor=actor, now=now, label=body.label)
        return 200, _out(uow.session, number, actor)

    return once.answer(deed)


@router.post("/orders/{number}/messages", status_code=201, response_model=OrderOut)
def create_message(
    number: str,
    body: MessageBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """To the other side."""

    def deed() -> tuple[int, OrderOut]:
        send_message(uow, number, body.words, actor=actor, now=clock.now())
        return 201, _out(uow.session, number, actor)

    return once.answer(deed)


@router.post("/orders/{number}/files", status_code=201)
@takes_file(Use.RESULT)
def create_file(
    number: str,
    file: UploadFile,
    uow: Transaction,
    vault: VaultDep,
    clock: ClockDep,
    actor: Party,
) -> OrderOut:
    """From the lab a result, which the company sees with the report."""
    received = receive(vault, file, Use.RESULT)
    add_file(uow, number, received, actor=actor, now=clock.now())
    return _out(uow.session, number, actor)


@router.get(
    "/orders/{number}/files/{file_id}",
    response_class=Response,
    responses=files_of(*MEDIA_TYPES.values()),
)
def show_file(
    number: str, file_id: int, session: Reading, vault: VaultDep, actor: Reads
) -> Response:
    """For the company and the lab alone."""
    return served(vault, file_seen_by(session, number, file_id, actor=actor))
