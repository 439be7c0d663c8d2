"""Bookings that cite one voucher at the same moment never set aside more than it has."""

from collections.abc import Callable

import pytest

from booking.access.roles import Role
from booking.db.transactions import unit_of_work
from booking.jobs.books import broken_books
from booking.kernel.timespan import TimeSpan
from booking.ledger.actions.hold_funds import hold_funds
from booking.ledger.actions.prepay import Payment, top_up
from booking.reservations.actions.cancel import cancel
from booking.vouchers.actions.encumber import encumber
from booking.vouchers.errors import VoucherRefused
from booking.vouchers.jobs import expire_vouchers
from booking.wiring import REACTIONS
from tests.factories.accounts import make_staff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_reservation, make_scene
from tests.factories.vouchers import make_voucher, pots
from tests.support.crowd import all_at_once, or_code
from tests.support.overtaking import overtaken

MONDAY = at("11-23 09:00")
SPANS = [between(f"11-{day} 12:00", "14:00") for day in range(24, 28)]


class World:
    """A company with a voucher for two bookings at 800.00 each, and a half."""

    def __init__(self, uow) -> None:
        self.scene = make_scene(uow, units=4)
        self.voucher = make_voucher(uow, self.scene.company.key)

    def book(self, uow, span) -> str:
        cited = {"voucher": self.voucher}
        return str(make_reservation(uow, self.scene, span, now=MONDAY, **cited).number)


@pytest.fixture
def world(write):
    with write() as uow:
        return World(uow)


def sums(engine, world):
    with unit_of_work(engine, REACTIONS) as uow:
        assert list(broken_books(uow.session)) == []
        return pots(uow.session, world.voucher)


def test_many_at_once_set_aside_what_is_there_and_no_more(engine, world):
    def booking(span: TimeSpan) -> Callable[[], str]:
        def deed() -> str:
            with unit_of_work(engine, REACTIONS) as uow:
                return str(world.book(uow, span))

        return or_code(deed)

    answers = all_at_once([booking(span) for span in SPANS])
    # The third has the rest of it.
    assert answers.count("voucher.nothing_left") == 1
    assert sums(engine, world) == (0, 200_000, 0, 0)


def test_who_comes_second_finds_what_the_first_left(engine, world):
    with pytest.raises(VoucherRefused):
        overtaken(
            engine,
            lambda uow: [world.book(uow, span) for span in SPANS[:3]],
            lambda uow: world.book(uow, SPANS[3]),
        )
    assert sums(engine, world) == (0, 200_000, 0, 0)


def test_what_a_booking_sets_aside_meanwhile_does_not_expire(engine, world):
    overtaken(
        engine,
        lambda uow: world.book(uow, SPANS[0]),
        lambda uow: expire_vouchers(uow, at("12-31 09:00").replace(year=2027)),
    )
    assert sums(engine, world) == (0, 80_000, 0, 120_000)


def test_who_gives_back_waits_for_what_was_paid_in_advance_before_the_voucher(engine, write):
    with write() as uow:
        scene = make_scene(uow, units=2, policy={"prepaid": True})
        voucher = make_voucher(uow, scene.company.key)
        (provider,) = scene.manager.organisation_ids
        paid = Payment(amount_fen=400_000, bank_reference="BANK-1")
        staff = make_staff(uow, Role.FINANCE)
        top_up(uow, scene.company.name, provider, paid=paid, actor=staff, now=MONDAY)
        first, second = SPANS[:2]
        number = str(make_reservation(uow, scene, first, now=MONDAY, voucher=voucher).number)
        other = make_reservation(uow, scene, second, now=MONDAY)
    between = scene.company.key, provider
    # As whoever books takes them: the money first, then the voucher.
    overtaken(
        engine,
        lambda uow: hold_funds(uow, other.number, 160_000, between=between, now=MONDAY),
        lambda uow: cancel(uow, number, actor=scene.member, now=MONDAY),
        then=lambda uow: encumber(uow, voucher, other.key, actor_id=None, now=MONDAY),
    )
    with unit_of_work(engine, REACTIONS) as uow:
        assert list(broken_books(uow.session)) == []
        assert pots(uow.session, voucher)[1] == 80_000
