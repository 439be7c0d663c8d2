"""Whoever asked for an order leaves: it goes on with the successor, or nobody leaves."""

from datetime import datetime

import pytest
from sqlmodel import col, select

from booking.accounts.actions.leave import Departure, leave
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.orders.actions.schedule import schedule_order
from booking.orders.errors import OrderSuccessorMissing
from booking.orders.rules import Slot
from booking.orders.states import OPEN, OrderState
from tests.factories.orders import make_order
from tests.factories.reservations import NOON, Scene

REACHED = [OrderState.ASKED, OrderState.QUOTED, OrderState.ORDERED, OrderState.CLOSED]


def goes(uow: UnitOfWork, scene: Scene, now: datetime, *, successor: int | None) -> None:
    departure = Departure(scene.member.id, scene.company.key, successor)
    leave(uow, departure, actor=scene.admin, now=now)


@pytest.mark.parametrize("state", REACHED)
def test_running_orders_go_to_the_successor(
    uow: UnitOfWork, scene: Scene, now: datetime, state: OrderState
) -> None:
    order = make_order(uow, scene, state, now=now)
    goes(uow, scene, now, successor=scene.admin.id)
    uow.session.refresh(order)
    assert (order.asked_by == scene.admin.id) is (state in OPEN)
    asked = select(AuditEntry.actor_id).where(col(AuditEntry.name) == "order.handed_over")
    assert list(uow.session.exec(asked)) == [scene.admin.id] * (state in OPEN)


def test_the_lab_takes_time_for_it_afterwards(uow: UnitOfWork, scene: Scene, now: datetime) -> None:
    order = make_order(uow, scene, OrderState.ORDERED, now=now)
    goes(uow, scene, now, successor=scene.admin.id)
    made = schedule_order(uow, order.number, Slot(span=NOON), actor=scene.manager, now=now)
    assert made.holder_id == scene.admin.id


def test_without_a_successor_nobody_leaves_a_running_order(
    uow: UnitOfWork, scene: Scene, now: datetime
) -> None:
    order = make_order(uow, scene, OrderState.QUOTED, now=now)
    with pytest.raises(OrderSuccessorMissing), uow.session.begin_nested():
        goes(uow, scene, now, successor=None)
    uow.session.refresh(order)
    assert order.asked_by == scene.member.id


def test_an_order_that_is_over_keeps_nobody(uow: UnitOfWork, scene: Scene, now: datetime) -> None:
    make_order(uow, scene, OrderState.CLOSED, now=now)
    goes(uow, scene, now, successor=None)
