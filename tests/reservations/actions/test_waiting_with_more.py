"""Whoever waits for more than time (accessories, an operator, consumables) is offered all of it."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.instruments.models.hold import SlotHold
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.rules.tariff import ItemNotPriced
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_offer import accept_offer
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.offer_time import offer_free
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused, TimeIsFree
from booking.reservations.models.waitlist import WaitlistOffer
from booking.reservations.queries.places import places_of
from booking.reservations.queries.units import helpers_held_for
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.factories.waitlist import Waiter, make_waiter, offer_to
from tests.reservations.actions.test_operators import make_two, offered
from tests.reservations.actions.test_rosters import AFTERNOON as AFTERNOON_DUTY
from tests.reservations.actions.test_rosters import on_week
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

AFTERNOON = between("11-24 12:00", "18:00")
EARLY = between("11-24 12:00", "15:00")
SOLD = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}


def held_by(uow: UnitOfWork, offer: WaitlistOffer) -> set[int]:
    asked = sa.select(col(SlotHold.unit_id)).where(col(SlotHold.offer_id) == offer.key)
    return set(uow.session.execute(asked).scalars())


def offer_of(uow: UnitOfWork, waiter: Waiter) -> WaitlistOffer:
    made = offer_to(uow.session, waiter)
    assert made is not None
    return made


def span_of(offer: WaitlistOffer) -> TimeSpan:
    return TimeSpan(offer.starts_at, offer.ends_at)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        (UnitKind.ACCESSORY, ServiceMode.SELF_OPERATED),
        (UnitKind.OPERATOR, ServiceMode.ASSISTED),
        (UnitKind.OPERATOR, ServiceMode.SELF_OPERATED),
    ],
)
def test_an_offer_holds_what_was_asked_for_and_the_booking_has_it(
    uow: UnitOfWork, clock: FrozenClock, kind: UnitKind, mode: ServiceMode
) -> None:
    scene = make_scene(uow)
    first = offered(uow, scene, clock=clock, kind=kind)
    helper = offered(uow, scene, clock=clock, kind=kind)
    assert first != helper
    number = make_reservation(uow, scene, now=clock.now()).number
    waiter = make_waiter(uow, scene, now=clock.now(), helper_ids=(helper,), mode=mode)
    cancel(uow, number, actor=scene.member, now=clock.now())
    offer = offer_of(uow, waiter)
    assert held_by(uow, offer).intersection({first, helper}) == {helper}
    made = accept_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    assert helpers_held_for(uow.session, made.number).all == (helper,)
    assert_sound(uow.session)


def test_nothing_is_offered_until_the_accessory_comes_back(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    one, other = make_two(uow)
    stage = offered(uow, one, other, clock=clock, kind=UnitKind.ACCESSORY)
    wish = other.wish(helper_ids=(stage,))
    elsewhere = reserve(uow, wish, actor=other.member, now=clock.now())
    waiter = make_waiter(uow, one, now=clock.now(), helper_ids=(stage,))
    assert offer_free(uow, now=clock.now()) == 0
    cancel(uow, elsewhere.number, actor=other.member, now=clock.now())
    assert stage in held_by(uow, offer_of(uow, waiter))
    assert_sound(uow.session)


def test_of_a_window_the_time_is_chosen_in_which_the_accessory_is_free(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"buffer_after_minutes": 30})
    _, other = make_two(uow)
    other = Scene(other.instrument, scene.manager, scene.company, scene.member, scene.admin)
    other.instrument.lab_id = scene.instrument.lab_id
    uow.session.flush()
    stage = offered(uow, scene, other, clock=clock, kind=UnitKind.ACCESSORY)
    busy = other.wish(EARLY, helper_ids=(stage,))
    reserve(uow, busy, actor=other.member, now=clock.now())
    with pytest.raises(TimeIsFree):
        make_waiter(uow, scene, AFTERNOON, now=clock.now(), minutes=120, helper_ids=(stage,))
    number = make_reservation(uow, scene, AFTERNOON, now=clock.now()).number
    waiter = make_waiter(uow, scene, AFTERNOON, now=clock.now(), minutes=120, helper_ids=(stage,))
    cancel(uow, number, actor=scene.member, now=clock.now())
    assert span_of(offer_of(uow, waiter)) == between("11-24 15:00", "17:00")
    assert_sound(uow.session)


def test_consumables_are_in_the_price_and_in_the_booking(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    add_tariff(uow, scene.instrument.key, valid_from=at("11-22 00:00"), classes=SOLD)
    number = make_reservation(uow, scene, now=clock.now()).number
    with pytest.raises(ItemNotPriced):
        make_waiter(uow, scene, now=clock.now(), consumables={"铂靶": 1})
    waiter = make_waiter(uow, scene, now=clock.now(), consumables={"金靶": 3})
    cancel(uow, number, actor=scene.member, now=clock.now())
    (place,) = places_of(uow.session, waiter.actor.id)
    assert (place.total_fen, place.consumables) == (175_000, {"金靶": 3})
    made = accept_offer(uow, offer_of(uow, waiter).key, actor=waiter.actor, now=clock.now())
    assert (made.quoted_fen, made.consumables) == (175_000, {"金靶": 3})


def test_what_is_not_offered_there_is_not_waited_for(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene, stranger = make_scene(uow), make_scene(uow)
    theirs = offered(uow, stranger, clock=clock, kind=UnitKind.ACCESSORY)
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(NotFound):
        make_waiter(uow, scene, now=clock.now(), helper_ids=(theirs,))


def test_time_goes_to_the_next_when_an_accessory_was_withdrawn(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    stage = offered(uow, scene, clock=clock, kind=UnitKind.ACCESSORY)
    number = make_reservation(uow, scene, now=clock.now()).number
    first = make_waiter(uow, scene, now=clock.now(), helper_ids=(stage,))
    second = make_waiter(uow, scene, now=clock.now())
    uow.session.get_one(Unit, stage).active = False
    uow.session.flush()
    cancel(uow, number, actor=scene.member, now=clock.now())
    assert offer_to(uow.session, first) is None
    assert span_of(offer_of(uow, second)) == NOON


def test_on_other_instruments_the_same_service_is_waited_for(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    """The usual one of the first; where it is not offered nobody is left to wait in vain."""
    here, there = make_two(uow)
    offered(uow, here, clock=clock, kind=UnitKind.OPERATOR)
    here.instrument.service_modes = [ServiceMode.ASSISTED]
    there.instrument.service_modes = [ServiceMode.SELF_OPERATED]
    uow.session.flush()
    for scene in (here, there):
        make_reservation(uow, scene, now=clock.now())
    both = (here.instrument.key, there.instrument.key)
    with pytest.raises(ReservationRefused) as refused:
        make_waiter(uow, here, now=clock.now(), instrument_ids=both)
    assert [one.code for one in refused.value.violations] == ["mode.not_offered"]


@pytest.mark.parametrize("mode", [ServiceMode.SELF_OPERATED, ServiceMode.ASSISTED])
def test_of_a_window_the_time_is_chosen_in_which_the_operator_is_on_duty(
    uow: UnitOfWork, clock: FrozenClock, mode: ServiceMode
) -> None:
    scene = make_scene(uow, policy={"longest_minutes": 600, "buffer_before_minutes": 30})
    operator = offered(uow, scene, clock=clock)
    on_week(uow, operator, scene, clock, AFTERNOON_DUTY)
    day = between("11-24 10:00", "18:00")
    number = make_reservation(uow, scene, day, now=clock.now()).number
    wished = {"minutes": 120, "helper_ids": (operator,), "mode": mode}
    waiter = make_waiter(uow, scene, day, now=clock.now(), **wished)
    cancel(uow, number, actor=scene.member, now=clock.now())
    assert span_of(offer_of(uow, waiter)) == NOON
    assert_sound(uow.session)
