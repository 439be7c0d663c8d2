"""Everything that can be done with an order, each by the side that may."""

from collections.abc import Callable
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.orders.actions.attach import add_file
from booking.orders.actions.decide import (
    accept_quote,
    call_off_order,
    decline_order,
    refuse_quote,
    withdraw_order,
)
from booking.orders.actions.quote import quote_order
from booking.orders.actions.report import accept_report, object_to_report
from booking.orders.actions.schedule import schedule_order
from booking.orders.actions.work import move_samples
from booking.orders.models import ServiceOrder
from booking.orders.queries.belongings import (
    standing_quote,
)
from booking.orders.rules import Slot
from booking.orders.states import Station
from tests.factories.files import receive_file
from tests.factories.orders import quote_told
from tests.factories.reservations import NOON, Scene

WHY = "样品不足"
Deed = Callable[[UnitOfWork, ServiceOrder, Scene, datetime], object]


def standing(uow: UnitOfWork, order: ServiceOrder) -> int:
    """The quote that waits for the company, or no row's number."""
    quote = standing_quote(uow.session, order.key)
    return quote.key if quote else 0


def _move(station: Station) -> Deed:
    return lambda uow, order, scene, now: move_samples(
        uow, order.number, station, actor=scene.manager, now=now
    )


DEEDS: dict[str, Deed] = {
    "quote": lambda uow, o, s, now: quote_order(
        uow, o.number, quote_told(now), actor=s.manager, now=now
    ),
    "decline": lambda uow, o, s, now: decline_order(
        uow, o.number, actor=s.manager, now=now, reason=WHY
    ),
    "accept quote": lambda uow, o, s, now: accept_quote(
        uow, o.number, standing(uow, o), actor=s.member, now=now
    ),
    "refuse quote": lambda uow, o, s, now: refuse_quote(
        uow, o.number, standing(uow, o), actor=s.member, now=now
    ),
    "withdraw": lambda uow, o, s, now: withdraw_order(uow, o.number, actor=s.member, now=now),
    "call off": lambda uow, o, s, now: call_off_order(
        uow, o.number, actor=s.manager, now=now, reason=WHY
    ),
    "schedule": lambda uow, o, s, now: schedule_order(
        uow, o.number, Slot(span=NOON), actor=s.manager, now=now
    ),
    "send along": lambda uow, o, s, now: add_file(
        uow, o.number, receive_file(uow), actor=s.member, now=now
    ),
    "add result": lambda uow, o, s, now: add_file(
        uow, o.number, receive_file(uow), actor=s.manager, now=now
    ),
    "accept report": lambda uow, o, s, now: accept_report(uow, o.number, actor=s.member, now=now),
    "object": lambda uow, o, s, now: object_to_report(
        uow, o.number, actor=s.member, now=now, reason=WHY
    ),
    "give back": _move(Station.RETURNED),
}
