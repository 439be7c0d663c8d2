"""The waiting line: who is offered what, in which order, and when a place in line ends."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import (
    LengthNotInWindow,
    ReservationRefused,
    TooManyWaiting,
    WaitingAlready,
    WaitingOver,
)
from booking.reservations.jobs import expire_offers
from booking.reservations.queries.places import places_of
from booking.reservations.states import EntryState
from tests.factories.instruments import make_instrument
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, make_reservation, make_scene
from tests.factories.waitlist import (
    entry_state,
    held_for_offer,
    make_waiter,
    offer_state,
    offer_to,
    wait_wish,
)
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

LATER = between("11-24 15:00", "17:00")


# ── who is offered what ──────────────────────────────────────────────────────────────────────────


def test_nobody_is_offered_what_the_rules_would_refuse(uow: UnitOfWork, clock: FrozenClock) -> None:
    quota = {"per": "person", "measure": "count", "period": "open", "limit": 1}
    scene = make_scene(uow, policy={"quotas": [quota]})
    booked = make_reservation(uow, scene, now=clock.now())
    first = make_waiter(uow, scene, now=clock.now())
    second = make_waiter(uow, scene, now=clock.now())
    reserve(uow, scene.wish(LATER), actor=first.actor, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    assert entry_state(uow.session, first) is EntryState.WAITING
    assert held_for_offer(uow.session, offer_to(uow.session, second)) == [NOON]


def test_an_offer_ends_before_the_notice_begins(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"notice_minutes": 60})
    booked = make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    late = NOON.start - timedelta(minutes=70)
    cancel(uow, booked.number, actor=scene.member, now=late)
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    assert offer.lapses_at == NOON.start - timedelta(minutes=60)


def test_time_that_frees_too_late_is_offered_to_nobody(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"notice_minutes": 60})
    booked = make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=NOON.start - timedelta(minutes=60))
    assert offer_state(uow.session, waiter) is None


def test_some_time_of_a_window_on_one_of_several(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=1)
    other = make_instrument(uow)
    day = between("11-24 12:00", "16:00")
    for one in (scene.instrument.key, other.key):
        make_reservation(uow, scene, day, now=clock.now(), instrument_id=one)
    there = between("11-24 16:00", "18:00")
    booked = make_reservation(uow, scene, there, now=clock.now(), instrument_id=other.key)
    waiter = make_waiter(
        uow,
        scene,
        between("11-24 12:00", "18:00"),
        now=clock.now(),
        minutes=120,
        instrument_ids=(other.key,),
    )
    assert offer_state(uow.session, waiter) is None
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    assert (offer.instrument_id, held_for_offer(uow.session, offer)) == (other.key, [there])


def test_on_two_places_two_are_served(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2)
    booked = [make_reservation(uow, scene, now=clock.now()) for _ in range(2)]
    line = [make_waiter(uow, scene, now=clock.now()) for _ in range(3)]
    for one in booked:
        cancel(uow, one.number, actor=scene.member, now=clock.now())
    states = [entry_state(uow.session, one) for one in line]
    assert states == [EntryState.OFFERED, EntryState.OFFERED, EntryState.WAITING]
    assert_sound(uow.session)


def test_the_job_finds_what_no_deed_announced(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    silent = UnitOfWork(uow.session, {})
    cancel(silent, booked.number, actor=scene.member, now=clock.now())
    assert offer_state(uow.session, waiter) is None
    assert expire_offers(uow, clock.now() + timedelta(hours=6)) == 1
    assert held_for_offer(uow.session, offer_to(uow.session, waiter)) == [NOON]
    assert expire_offers(uow, clock.now() + timedelta(hours=6)) == 0


# ── joining, places, the end ─────────────────────────────────────────────────────────────────────


def test_places_are_counted_in_the_order_of_joining(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, between("11-24 12:00", "18:00"), now=clock.now())
    spans = [NOON, between("11-24 13:00", "15:00"), LATER, NOON]
    line = [make_waiter(uow, scene, span, now=clock.now()) for span in spans]
    positions = [places_of(uow.session, one.actor.id)[0].position for one in line]
    # The third shares no time with the others; the fourth shares some with the first two.
    assert positions == [1, 2, 1, 3]


def test_an_entry_ends_when_its_time_begins(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    expire_offers(uow, NOON.start - timedelta(seconds=1))
    assert entry_state(uow.session, waiter) is EntryState.WAITING
    expire_offers(uow, NOON.start)
    assert entry_state(uow.session, waiter) is EntryState.EXPIRED


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"minutes": 121}, LengthNotInWindow),
        ({"window": between("11-24 12:00", "2026-12-31 12:00")}, LengthNotInWindow),
        ({"window": between("11-22 12:00", "14:00")}, WaitingOver),
        ({"window": between("11-24 12:10", "14:10")}, ReservationRefused),
        ({"window": between("11-24 12:00", "23:00"), "minutes": 660}, ReservationRefused),
        ({"instrument_ids": (987_654,)}, NotFound),
    ],
)
def test_what_can_never_be_had_is_not_waited_for(
    uow: UnitOfWork, clock: FrozenClock, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    scene = make_scene(uow)
    wish = wait_wish(scene, **changes)
    with pytest.raises(refusal):
        join_waitlist(uow, wish, actor=scene.member, now=clock.now())


def test_nobody_waits_twice_for_the_same(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, now=clock.now())
    join_waitlist(uow, wait_wish(scene), actor=scene.member, now=clock.now())
    with pytest.raises(WaitingAlready):
        join_waitlist(uow, wait_wish(scene), actor=scene.member, now=clock.now())


def test_nobody_waits_for_very_much_at_once(uow: UnitOfWork, clock: FrozenClock) -> None:
    quota = {"per": "person", "measure": "count", "period": "open", "limit": 1}
    scene = make_scene(uow, policy={"quotas": [quota]})
    week = between("11-24 00:00", "2026-11-28 00:00")
    make_reservation(uow, scene, now=clock.now())
    for n in range(20):
        window = TimeSpan(week.start, week.end + timedelta(minutes=30 * n))
        join_waitlist(
            uow, wait_wish(scene, window, minutes=120), actor=scene.member, now=clock.now()
        )
    with pytest.raises(TooManyWaiting):
        join_waitlist(uow, wait_wish(scene), actor=scene.member, now=clock.now())


def test_letters_tell_of_an_offer_and_of_its_end(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    expire_offers(uow, clock.now() + timedelta(minutes=30))
    asked = sa.select(col(OutboxMessage.fact)).where(col(OutboxMessage.user_id) == waiter.actor.id)
    facts = uow.session.execute(asked.order_by(col(OutboxMessage.id))).scalars().all()
    assert facts == ["waitlist_offer", "waitlist_lapsed"]
