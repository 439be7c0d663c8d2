"""Samples come in, go from station to station, and leave; with the last an order closes."""

from collections.abc import Sequence
from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.orders.actions.life import demand_step, enter, fact
from booking.orders.actions.rights import locked_for, must_work
from booking.orders.errors import SampleIllegalStation
from booking.orders.events import OrderClosed, SamplesMoved
from booking.orders.models import OrderSample, SampleStep, ServiceOrder
from booking.orders.queries.belongings import samples_to_move
from booking.orders.states import OrderState, OrderStep, Station, has_left, may_go, step_to


def move_samples(
    uow: UnitOfWork,
    number: str,
    station: Station,
    *,
    actor: Actor,
    now: datetime,
    label: str = "",
) -> ServiceOrder:
    """Move one sample by its label, or all that may go there."""
    locked = locked_for(uow.session, number, actor)
    must_work(actor, locked)
    order = locked.order
    step = step_to(station)
    if step is None:
        raise SampleIllegalStation(station=station)
    demand_step(order, step)
    samples = samples_to_move(uow.session, order.key)
    going = [one for one in samples if may_go(one.station, station) and label in {"", one.label}]
    if not going:
        raise SampleIllegalStation(station=station)
    changes = enter(order, step, now=now)
    _go(uow, going, station, actor=actor, now=now)
    changes["station"] = (None, station.value)
    told = fact(order, now=now, actor=actor, changes=changes)
    labels = tuple(one.label for one in going)
    uow.announce(SamplesMoved(**told, station=station, labels=labels))
    if order.state is OrderState.ACCEPTED and all(has_left(one.station) for one in samples):
        ended = enter(order, OrderStep.CLOSE, now=now)
        uow.session.flush()
        uow.announce(OrderClosed(**fact(order, now=now, actor=actor, changes=ended)))
    return order


def _go(
    uow: UnitOfWork,
    samples: Sequence[OrderSample],
    station: Station,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    for one in samples:
        one.station = station
    uow.session.add_all(
        SampleStep(sample_id=one.key, station=station, done_by=actor.id, done_at=now)
        for one in samples
    )
    uow.session.flush()
