"""Waiting for time: freed time is held for the next in line, whatever freed it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.errors import SlotTaken
from booking.instruments.models.calendar import ClosureKind
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationState
from booking.reservations.actions.answer_offer import accept_offer, decline_offer
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.decide import reject
from booking.reservations.actions.join_waitlist import leave_waitlist
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.errors import (
    OfferOver,
    ReservationRefused,
)
from booking.reservations.jobs import expire_offers, expire_requests, mark_no_shows
from booking.reservations.states import EntryState, OfferState
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, held_for, make_reservation, make_scene
from tests.factories.waitlist import (
    entry_state,
    held_for_offer,
    make_waiter,
    offer_state,
    offer_to,
)
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

LATER = between("11-24 15:00", "17:00")
Free = Callable[[UnitOfWork, Scene, str, FrozenClock], object]


def _cancelled(uow: UnitOfWork, scene: Scene, number: str, clock: FrozenClock) -> None:
    cancel(uow, number, actor=scene.member, now=clock.now())


def _moved(uow: UnitOfWork, scene: Scene, number: str, clock: FrozenClock) -> None:
    reschedule(uow, number, LATER, actor=scene.member, now=clock.now())


def _rejected(uow: UnitOfWork, scene: Scene, number: str, clock: FrozenClock) -> None:
    reject(uow, number, actor=scene.manager, now=clock.now(), reason="样品不合适")


def _expired(uow: UnitOfWork, scene: Scene, number: str, clock: FrozenClock) -> None:
    clock.at("2026-11-23 14:00")
    assert expire_requests(uow, clock.now()) == 1


@pytest.mark.parametrize(
    ("free", "approval"),
    [
        (_cancelled, "none"),
        (_cancelled, "always"),
        (_moved, "none"),
        (_rejected, "always"),
        (_expired, "always"),
    ],
)
def test_freed_time_is_held_for_the_first_in_line(
    uow: UnitOfWork, clock: FrozenClock, free: Free, approval: str
) -> None:
    scene = make_scene(uow, policy={"approval": approval, "approval_hours": 4})
    booked = make_reservation(uow, scene, now=clock.now())
    first = make_waiter(uow, scene, now=clock.now())
    second = make_waiter(uow, scene, now=clock.now())
    assert (offer_state(uow.session, first), offer_state(uow.session, second)) == (None, None)
    free(uow, scene, booked.number, clock)
    assert entry_state(uow.session, first) is EntryState.OFFERED
    assert held_for_offer(uow.session, offer_to(uow.session, first)) == [NOON]
    assert offer_state(uow.session, second) is None
    with pytest.raises(SlotTaken):
        make_reservation(uow, scene, now=clock.now())
    assert_sound(uow.session)


def test_a_lifted_closure_frees_time_for_those_in_line(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    closing = Closing(NOON, ClosureKind.MAINTENANCE, "保养")
    closed = close(uow, scene.instrument.key, closing, actor=scene.manager, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    lift(uow, closed.closure.key, actor=scene.manager, now=clock.now())
    assert held_for_offer(uow.session, offer_to(uow.session, waiter)) == [NOON]


def test_an_early_check_out_frees_the_rest(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"grid_minutes": 30})
    booked = make_reservation(uow, scene, now=clock.now())
    rest = TimeSpan(NOON.end - timedelta(minutes=30), NOON.end)
    waiter = make_waiter(uow, scene, rest, now=clock.now())
    check_in(uow, booked.number, actor=scene.manager, now=NOON.start)
    early = NOON.start + timedelta(hours=1)
    check_out(uow, booked.number, None, actor=scene.manager, now=early)
    assert held_for_offer(uow.session, offer_to(uow.session, waiter)) == [rest]


def test_a_missed_booking_frees_what_is_left_of_it(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"no_show_grace_minutes": 30})
    make_reservation(uow, scene, now=clock.now())
    rest = TimeSpan(NOON.start + timedelta(hours=1), NOON.end)
    waiter = make_waiter(uow, scene, rest, now=clock.now())
    assert mark_no_shows(uow, NOON.start + timedelta(minutes=30)) == 1
    assert held_for_offer(uow.session, offer_to(uow.session, waiter)) == [rest]


def test_the_buffers_are_held_too(uow: UnitOfWork, clock: FrozenClock) -> None:
    policy: dict[str, object] = {"buffer_before_minutes": 10, "buffer_after_minutes": 20}
    scene = make_scene(uow, policy=policy)
    booked = make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    wide = NOON.widened(timedelta(minutes=10), timedelta(minutes=20))
    assert held_for_offer(uow.session, offer_to(uow.session, waiter)) == [wide]


# ── answering ────────────────────────────────────────────────────────────────────────────────────


def test_an_accepted_offer_becomes_a_booking_of_the_same_time(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    made = accept_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    assert held_for(uow.session, made.number) == [NOON]
    assert held_for_offer(uow.session, offer) == []
    assert entry_state(uow.session, waiter) is EntryState.SERVED
    assert offer_state(uow.session, waiter) is OfferState.ACCEPTED
    with pytest.raises(OfferOver):
        accept_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    assert_sound(uow.session)


def test_an_offer_is_nobody_elses(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    first = make_waiter(uow, scene, now=clock.now())
    second = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, first)
    assert offer is not None
    for stranger in (second.actor, scene.member, scene.manager):
        with pytest.raises(NotFound):
            accept_offer(uow, offer.key, actor=stranger, now=clock.now())
        with pytest.raises(NotFound):
            decline_offer(uow, offer.key, actor=stranger, now=clock.now())


def test_a_declined_offer_goes_to_the_next(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    first = make_waiter(uow, scene, now=clock.now())
    second = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, first)
    assert offer is not None
    decline_offer(uow, offer.key, actor=first.actor, now=clock.now())
    assert entry_state(uow.session, first) is EntryState.PASSED
    assert held_for_offer(uow.session, offer_to(uow.session, second)) == [NOON]


def test_whoever_leaves_lets_the_next_have_it(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    first = make_waiter(uow, scene, now=clock.now())
    second = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    who = first.actor.id
    leave_waitlist(uow, first.entry_id, holder_id=who, actor_id=who, now=clock.now())
    assert entry_state(uow.session, first) is EntryState.LEFT
    assert held_for_offer(uow.session, offer_to(uow.session, second)) == [NOON]


@pytest.mark.parametrize(("minutes", "goes_on"), [(29, False), (30, True), (300, True)])
def test_an_offer_lapses_after_the_minutes_of_the_policy(
    uow: UnitOfWork, clock: FrozenClock, minutes: int, *, goes_on: bool
) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    first = make_waiter(uow, scene, now=clock.now())
    second = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    expire_offers(uow, clock.now() + timedelta(minutes=minutes))
    expected = OfferState.LAPSED if goes_on else OfferState.OPEN
    assert offer_state(uow.session, first) is expected
    assert (offer_state(uow.session, second) is OfferState.OPEN) is goes_on
    assert uow.failures == []
    assert_sound(uow.session)


def test_an_offer_is_no_longer_open_when_its_time_is_over(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"offer_minutes": 5})
    booked = make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    with pytest.raises(OfferOver):
        accept_offer(uow, offer.key, actor=waiter.actor, now=clock.now() + timedelta(minutes=5))


def test_rules_are_asked_again_when_an_offer_is_accepted(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now())
    cancel(uow, booked.number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    (company,) = waiter.actor.organisation_ids
    uow.session.get_one(Organisation, company).state = OrganisationState.PENDING
    with pytest.raises(ReservationRefused), uow.session.begin_nested():
        accept_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    assert held_for_offer(uow.session, offer_to(uow.session, waiter)) == [NOON]
