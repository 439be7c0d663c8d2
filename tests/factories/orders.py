"""Entrusted orders as far along as a test needs them, by the deeds that people do."""

from datetime import date, datetime, timedelta
from typing import Any

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.orders.actions.ask import ask_order
from booking.orders.actions.attach import add_file
from booking.orders.actions.decide import accept_quote
from booking.orders.actions.quote import quote_order
from booking.orders.actions.report import accept_report, hand_in_report
from booking.orders.actions.work import move_samples
from booking.orders.models import OrderQuote, ServiceOrder
from booking.orders.queries.belongings import standing_quote
from booking.orders.rules import OrderTold, QuoteTold, SampleTold
from booking.orders.states import OrderState, Station
from tests.factories.files import receive_file
from tests.factories.reservations import Scene

SAMPLES = (SampleTold(name="渗碳齿轮", count=2), SampleTold(name="涂层片", hazards="易碎"))


def order_told(now: datetime, **changes: Any) -> OrderTold:
    """Two kinds of sample, wanted in three weeks."""
    day = local(now).date() + timedelta(days=21)
    given = {"wishes": "断口形貌与渗层厚度", "by_day": day, "samples": SAMPLES}
    return OrderTold(**{**given, **changes})


def quote_told(now: datetime, **changes: Any) -> QuoteTold:
    """Two hours, three samples, valid for a week."""
    today: date = local(now).date()
    given = {
        "valid_until": today + timedelta(days=7),
        "promised_day": today + timedelta(days=14),
        "minutes": 120,
        "samples": 3,
    }
    return QuoteTold(**{**given, **changes})


def make_order(
    uow: UnitOfWork,
    scene: Scene,
    state: OrderState = OrderState.ASKED,
    *,
    now: datetime,
    actor: Actor | None = None,
) -> ServiceOrder:
    """An order of the scene's member, led along the straight way to a state."""
    order = ask_order(
        uow, scene.instrument.key, order_told(now), actor=actor or scene.member, now=now
    )
    for reached, deed in _WAY:
        if order.state is state:
            break
        deed(uow, order, scene, now)
        assert order.state is reached
    return order


def make_quote(uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime) -> OrderQuote:
    """What the scene's manager would do it for."""
    return quote_order(uow, order.number, quote_told(now), actor=scene.manager, now=now)


def _order(uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime) -> None:
    quote = standing_quote(uow.session, order.key)
    assert quote is not None
    accept_quote(uow, order.number, quote.key, actor=scene.member, now=now)


def _take_in(uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime) -> None:
    move_samples(uow, order.number, Station.RECEIVED, actor=scene.manager, now=now)


def work_through(uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime) -> None:
    """Every sample measured and written up, with a result that is not handed in."""
    for station in (Station.MEASURED, Station.WRITTEN):
        move_samples(uow, order.number, station, actor=scene.manager, now=now)
    add_file(uow, order.number, receive_file(uow, name="报告.pdf"), actor=scene.manager, now=now)


def _report(uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime) -> None:
    work_through(uow, order, scene, now)
    hand_in_report(uow, order.number, actor=scene.manager, now=now)


def _accept(uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime) -> None:
    accept_report(uow, order.number, actor=scene.member, now=now)


def _close(uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime) -> None:
    move_samples(uow, order.number, Station.RETURNED, actor=scene.manager, now=now)


def _quote(uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime) -> None:
    make_quote(uow, order, scene, now)


_WAY = (
    (OrderState.QUOTED, _quote),
    (OrderState.ORDERED, _order),
    (OrderState.IN_WORK, _take_in),
    (OrderState.REPORTED, _report),
    (OrderState.ACCEPTED, _accept),
    (OrderState.CLOSED, _close),
)
