"""The demo has one order that is done and one in the middle of its life."""

from datetime import timedelta

from booking.access.actor import HOUSE
from booking.accounts.providers.local import passwords
from booking.db.transactions import UnitOfWork
from booking.orders.queries.belongings import bookings_of
from booking.orders.queries.orders import Listing, orders_of_labs
from booking.orders.states import OrderState
from booking.reservations.states import State
from booking.seeding.entrusting import entrust
from booking.seeding.loading import load
from tests.seeding.test_sharing import NOW, SEED


def test_one_order_is_closed_and_one_in_work(uow: UnitOfWork) -> None:
    opened = NOW - timedelta(days=60)
    register = load(uow, SEED, now=opened, demo_people=passwords("cheapest"))
    entrust(uow, SEED, register, now=NOW)
    found = orders_of_labs(uow.session, HOUSE, Listing())
    assert [one.state for one in found] == [OrderState.IN_WORK, OrderState.CLOSED]
    booked = [[one.state for one in bookings_of(uow.session, one.id)] for one in found]
    assert booked == [[State.CONFIRMED], [State.SETTLED]]
