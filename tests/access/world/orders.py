"""Entrusted orders of each company at its lab, in the states that their addresses need."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.orders.actions.ask import ask_order
from booking.orders.actions.attach import add_file, send_message
from booking.orders.actions.quote import quote_order
from booking.orders.actions.report import hand_in_report
from booking.orders.rules import Extra, SampleTold
from booking.orders.states import OrderState
from tests.access.world.records import NOBODY, Record
from tests.access.world.settled import each
from tests.access.world.sides import Customer, Workshop
from tests.factories.files import pdf, receive_file
from tests.factories.orders import make_order, order_told, quote_told, work_through
from tests.factories.reservations import Scene

_SIDES = ("ours", "theirs", "guest")
_STATES = {
    "orders/{number}/bookings": OrderState.ORDERED,
    "orders/{number}/stations": OrderState.ORDERED,
    "orders/{number}/files": OrderState.IN_WORK,
}


def order_records(
    uow: UnitOfWork,
    sides: Mapping[str, tuple[Customer, Workshop]],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """Ours, theirs, a guest's; quoted ones with all that is said, files that were handed in."""
    scenes = {side: _scene(uow, *parties) for side, parties in sides.items()}
    quoted = [_quoted(uow, scenes[side], marks[side], now=now) for side in _SIDES]
    yield "orders/{number}", each(*quoted)
    yield "samples/{label}", each(*(f"{number}-01" for number in quoted))
    for address, state in _STATES.items():
        made = (make_order(uow, scenes[side], state, now=now).number for side in _SIDES)
        yield address, each(*made)
    reported = [_reported(uow, scenes[side], marks[side], now=now) for side in _SIDES]
    yield "orders/{number}/files/{file_id}", each(*(number for number, _ in reported))
    own, other, guest = (file_id for _, file_id in reported)
    # Absent is another number than the order's: one address names both.
    yield "files/{file_id}", Record(own, other=other, guest=guest, absent=NOBODY - 1)


def _quoted(uow: UnitOfWork, scene: Scene, marks: Mapping[str, str], *, now: datetime) -> str:
    """What is wished, of which samples, a drawing, a message, and what the lab says to it."""
    sample = SampleTold(
        name=marks["sample"], form=marks["sample_form"], hazards=marks["sample_hazards"]
    )
    told = order_told(
        now,
        wishes=marks["order_wishes"],
        standard=marks["order_standard"],
        samples=(sample,),
    )
    member, lab = scene.member, scene.manager
    number = ask_order(uow, scene.instrument.key, told, actor=member, now=now).number
    drawing = receive_file(uow, name=marks["order_file"])
    add_file(uow, number, drawing, actor=member, now=now)
    send_message(uow, number, marks["order_message"], actor=member, now=now)
    extra = Extra(marks["quote_line"], 20000)
    quote = quote_told(now, note=marks["quote_note"], extras=(extra,))
    quote_order(uow, number, quote, actor=lab, now=now)
    return number


def _reported(
    uow: UnitOfWork, scene: Scene, marks: Mapping[str, str], *, now: datetime
) -> tuple[str, int]:
    """The numbers of an order and of the report that was handed in."""
    order = make_order(uow, scene, OrderState.IN_WORK, now=now)
    work_through(uow, order, scene, now)
    body = pdf(before_the_end=f"%{marks['report_bytes']}\n".encode())
    report = receive_file(uow, body, name=marks["report_file"])
    file = add_file(uow, order.number, report, actor=scene.manager, now=now)
    hand_in_report(uow, order.number, actor=scene.manager, now=now)
    return order.number, file.key


def _scene(uow: UnitOfWork, customer: Customer, shop: Workshop) -> Scene:
    return Scene(
        instrument=uow.session.get_one(Instrument, shop.tool),
        manager=shop.keeper,
        company=customer.company,
        member=customer.member,
        admin=customer.admin,
    )
