"""Entrusted orders of each company at its lab, in the states that their addresses need."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlmodel import select

from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.orders.models import OrderFile, ServiceOrder
from booking.orders.states import OrderState
from tests.access.world.records import NOBODY, Record
from tests.access.world.settled import each
from tests.access.world.sides import Customer, Workshop
from tests.factories.orders import make_order
from tests.factories.reservations import Scene

_STATES = {
    "orders/{number}": OrderState.ASKED,
    "orders/{number}/bookings": OrderState.ORDERED,
    "orders/{number}/stations": OrderState.ORDERED,
    "orders/{number}/files": OrderState.IN_WORK,
}


def order_records(
    uow: UnitOfWork, sides: Mapping[str, tuple[Customer, Workshop]], *, now: datetime
) -> Iterator[tuple[str, Record]]:
    """Ours, theirs, a guest's; files are results that were handed in."""

    def made(side: str, state: OrderState) -> ServiceOrder:
        return make_order(uow, _scene(uow, *sides[side]), state, now=now)

    for address, state in _STATES.items():
        ours, theirs, guests = (made(side, state).number for side in ("ours", "theirs", "guest"))
        yield address, each(ours, theirs, guests)
        if state is OrderState.ASKED:
            labels = (f"{number}-01" for number in (ours, theirs, guests))
            yield "samples/{label}", each(*labels)
    reported = [made(side, OrderState.REPORTED) for side in ("ours", "theirs", "guest")]
    yield "orders/{number}/files/{file_id}", each(*(one.number for one in reported))
    own, other, guest = (_file(uow, one) for one in reported)
    # Absent is another number than the order's: one address names both.
    yield "files/{file_id}", Record(own, other=other, guest=guest, absent=NOBODY - 1)


def _file(uow: UnitOfWork, order: ServiceOrder) -> int:
    asked = select(OrderFile).where(OrderFile.order_id == order.key)
    return uow.session.exec(asked).one().key


def _scene(uow: UnitOfWork, customer: Customer, shop: Workshop) -> Scene:
    return Scene(
        instrument=uow.session.get_one(Instrument, shop.tool),
        manager=shop.keeper,
        company=customer.company,
        member=customer.member,
        admin=customer.admin,
    )
