"""Waiting takes nothing from others: what is free is booked, and what is offered counts."""

from datetime import timedelta

import pytest

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_offer import accept_offer, decline_offer
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.join_waitlist import join_waitlist, leave_waitlist
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused, TimeIsFree
from booking.reservations.jobs import expire_offers
from booking.reservations.rules.waitlist import MOST_OFFERED
from booking.reservations.states import EntryState, OfferState
from tests.factories.accounts import make_member
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, held_for, make_reservation, make_scene
from tests.factories.waitlist import (
    Waiter,
    entry_state,
    make_offered,
    make_waiter,
    offer_state,
    offer_to,
    wait_wish,
)
from tests.support.clock import FrozenClock

DAY = between("11-24 12:00", "18:00")
LATER = between("11-24 15:00", "17:00")
HOUR = timedelta(hours=1)


def waits(uow: UnitOfWork, scene: Scene, actor: Actor, clock: FrozenClock) -> Waiter:
    """The same person in line once more, while somebody has the time, who gives it back then."""
    booked = make_reservation(uow, scene, now=clock.now())
    entry = join_waitlist(uow, wait_wish(scene), actor=actor, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    return Waiter(actor, entry.key)


@pytest.mark.parametrize(
    ("window", "minutes", "free"),
    [
        (LATER, 120, LATER),
        (DAY, 120, between("11-24 14:00", "16:00")),
    ],
)
def test_nobody_waits_for_what_is_free(
    uow: UnitOfWork, clock: FrozenClock, window: TimeSpan, minutes: int, free: TimeSpan
) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, now=clock.now())
    wish = wait_wish(scene, window, minutes=minutes)
    with pytest.raises(TimeIsFree) as refused:
        join_waitlist(uow, wish, actor=scene.admin, now=clock.now())
    (instead,) = refused.value.alternatives
    assert (instead.instrument_id, instead.span) == (scene.instrument.key, free)
    reserve(uow, scene.wish(instead.span), actor=scene.admin, now=clock.now())


def test_one_waits_for_free_time_that_ones_quota_does_not_allow_yet(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    quota = {"per": "person", "measure": "count", "period": "open", "limit": 1}
    scene = make_scene(uow, policy={"quotas": [quota]})
    booked = make_reservation(uow, scene, now=clock.now())
    entry = join_waitlist(uow, wait_wish(scene, LATER), actor=scene.member, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    expire_offers(uow, clock.now())
    assert entry_state(uow.session, Waiter(scene.member, entry.key)) is EntryState.OFFERED


@pytest.mark.parametrize("measure", ["hours", "count"])
@pytest.mark.parametrize("period", ["day", "open"])
def test_what_is_held_for_an_answer_counts_like_what_is_booked(
    uow: UnitOfWork, clock: FrozenClock, measure: str, period: str
) -> None:
    limit = {"hours": 2, "count": 1}[measure]
    quota = {"per": "organisation", "measure": measure, "period": period, "limit": limit}
    scene = make_scene(uow, policy={"quotas": [quota]})
    waiter = make_offered(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused), uow.session.begin_nested():
        reserve(uow, scene.wish(LATER), actor=waiter.actor, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    made = accept_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    assert held_for(uow.session, made.number) == [NOON]


def test_an_offer_that_is_answered_counts_no_more(uow: UnitOfWork, clock: FrozenClock) -> None:
    quota = {"per": "person", "measure": "count", "period": "open", "limit": 1}
    scene = make_scene(uow, policy={"quotas": [quota]})
    waiter = make_offered(uow, scene, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    decline_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    made = reserve(uow, scene.wish(LATER), actor=waiter.actor, now=clock.now())
    assert held_for(uow.session, made.number) == [LATER]


def test_nobody_has_more_than_a_few_offers_to_answer(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    hours = [TimeSpan(DAY.start + n * HOUR, DAY.start + (n + 1) * HOUR) for n in range(5)]
    booked = [make_reservation(uow, scene, hour, now=clock.now()) for hour in hours]
    line = [
        Waiter(
            scene.admin,
            join_waitlist(uow, wait_wish(scene, hour), actor=scene.admin, now=clock.now()).key,
        )
        for hour in hours
    ]
    other = make_waiter(uow, scene, hours[-1], now=clock.now())
    for one in booked:
        cancel(uow, one.number, actor=scene.member, now=clock.now())
    offered = [one for one in line if entry_state(uow.session, one) is EntryState.OFFERED]
    assert len(offered) == MOST_OFFERED == 3
    assert entry_state(uow.session, other) is EntryState.OFFERED
    offer = offer_to(uow.session, offered[0])
    assert offer is not None
    decline_offer(uow, offer.key, actor=scene.admin, now=clock.now())
    expire_offers(uow, clock.now())
    assert entry_state(uow.session, line[3]) is EntryState.OFFERED


@pytest.mark.parametrize("how", ["declined", "lapsed", "left"])
def test_what_one_did_not_take_is_not_offered_again_for_a_day(
    uow: UnitOfWork, clock: FrozenClock, how: str
) -> None:
    clock.at("2026-11-22 09:00")
    scene = make_scene(uow)
    waiter = make_offered(uow, scene, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    me = waiter.actor
    if how == "declined":
        decline_offer(uow, offer.key, actor=me, now=clock.now())
    elif how == "left":
        leave_waitlist(uow, waiter.entry_id, holder_id=me.id, actor_id=me.id, now=clock.now())
    else:
        clock.advance(minutes=30)
        expire_offers(uow, clock.now())
    again = waits(uow, scene, me, clock)
    assert offer_state(uow.session, again) is None
    expire_offers(uow, clock.now() + timedelta(hours=23))
    assert offer_state(uow.session, again) is None
    expire_offers(uow, clock.now() + timedelta(days=1))
    assert offer_state(uow.session, again) is OfferState.OPEN


def test_another_time_of_the_window_is_offered_instead(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    waiter = make_offered(uow, scene, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    decline_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    booked = make_reservation(uow, scene, DAY, now=clock.now())
    wish = wait_wish(scene, DAY, minutes=120)
    entry = join_waitlist(uow, wish, actor=waiter.actor, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, Waiter(waiter.actor, entry.key))
    assert offer is not None
    assert TimeSpan(offer.starts_at, offer.ends_at) == between("11-24 14:00", "16:00")


def test_whoever_comes_behind_is_served_meanwhile(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    waiter = make_offered(uow, scene, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    decline_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    booked = make_reservation(uow, scene, now=clock.now())
    join_waitlist(uow, wait_wish(scene), actor=waiter.actor, now=clock.now())
    other = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    assert entry_state(uow.session, other) is EntryState.OFFERED


@pytest.mark.parametrize("before", [True, False], ids=["before it lapsed", "after it lapsed"])
def test_a_colleague_is_offered_what_another_let_lapse_only_in_the_order_of_joining(
    uow: UnitOfWork, clock: FrozenClock, before: bool
) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    first = make_waiter(uow, scene, now=clock.now())
    company = first.actor.grants[0].organisation_id
    assert company is not None
    colleague = make_member(uow, company)

    def joins() -> Waiter:
        entry = join_waitlist(uow, wait_wish(scene), actor=colleague, now=clock.now())
        return Waiter(colleague, entry.key)

    second = joins() if before else None
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    clock.advance(minutes=31)
    if second is None:
        expire_offers(uow, clock.now())
        taken = make_reservation(uow, scene, now=clock.now())
        second = joins()
        cancel(uow, taken.number, actor=scene.member, now=clock.now())
    else:
        expire_offers(uow, clock.now())
    assert entry_state(uow.session, first) is EntryState.PASSED
    expected = EntryState.OFFERED if before else EntryState.WAITING
    assert entry_state(uow.session, second) is expected
