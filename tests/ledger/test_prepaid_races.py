"""Bookings of one company at the same moment never hold more than it has."""

from collections.abc import Callable

import pytest

from booking.access.roles import Role
from booking.db.transactions import unit_of_work
from booking.jobs.books import broken_books
from booking.kernel.timespan import TimeSpan
from booking.ledger.actions.prepay import Payment, refund, top_up
from booking.ledger.errors import InsufficientFunds
from booking.ledger.queries.prepaid import prepaid_seen_by
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from booking.wiring import REACTIONS
from tests.factories.accounts import make_staff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_scene
from tests.support.crowd import all_at_once, or_code
from tests.support.overtaking import overtaken

MONDAY = at("11-23 09:00")
SPANS = [between(f"11-{day} 12:00", "14:00") for day in range(24, 28)]


class World:
    """A company with 4000.00, which pays for two bookings of 1600.00 and a half."""

    def __init__(self, uow) -> None:
        self.scene = make_scene(uow, units=4, policy={"prepaid": True})
        self.finance = make_staff(uow, Role.FINANCE)
        (provider,) = self.scene.manager.organisation_ids
        paid = Payment(amount_fen=400_000, bank_reference="BANK-1")
        name = self.scene.company.name
        self.account = top_up(uow, name, provider, paid=paid, actor=self.finance, now=MONDAY)

    def book(self, uow, span) -> str:
        made = reserve(uow, self.scene.wish(span), actor=self.scene.member, now=MONDAY)
        return str(made.number)


@pytest.fixture
def world(write):
    with write() as uow:
        return World(uow)


def figures(engine, world):
    with unit_of_work(engine, REACTIONS) as uow:
        (row,) = prepaid_seen_by(uow.session, world.finance)
        assert list(broken_books(uow.session)) == []
        return row.balance_fen, row.held_fen


def test_many_at_once_hold_what_is_there_and_no_more(engine, world):
    def booking(span: TimeSpan) -> Callable[[], str]:
        def deed() -> str:
            with unit_of_work(engine, REACTIONS) as uow:
                return str(world.book(uow, span))

        return or_code(deed)

    numbers = all_at_once([booking(span) for span in SPANS])
    assert numbers.count("funds.insufficient") == 2
    assert figures(engine, world) == (400_000, 320_000)


def test_who_comes_second_finds_what_the_first_left(engine, world):
    with pytest.raises(ReservationRefused):
        overtaken(
            engine,
            lambda uow: [world.book(uow, span) for span in SPANS[:2]],
            lambda uow: world.book(uow, SPANS[2]),
        )
    assert figures(engine, world) == (400_000, 320_000)


def test_a_refund_does_not_take_what_a_booking_holds_meanwhile(engine, world):
    paid = Payment(amount_fen=400_000, bank_reference="BANK-2")
    with pytest.raises(InsufficientFunds):
        overtaken(
            engine,
            lambda uow: world.book(uow, SPANS[0]),
            lambda uow: refund(uow, world.account, paid=paid, actor=world.finance, now=MONDAY),
        )
    assert figures(engine, world) == (400_000, 160_000)
