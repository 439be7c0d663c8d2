"""Time offered instead is time in which who and what was asked for by name is free as well."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.set_roster import set_roster_week
from booking.instruments.errors import SlotTaken
from booking.instruments.models.unit import UnitKind
from booking.instruments.rules.opening import Hours
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import Alternative
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.errors import ReservationRefused
from booking.reservations.rules.wish import Wish
from tests.factories.accounts import make_member
from tests.factories.asks import make_neighbour
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.reservations.actions.test_operators import make_two, offered
from tests.support.clock import FrozenClock

BUFFERS: dict[str, object] = {"buffer_before_minutes": 20, "buffer_after_minutes": 10}
AROUND = [NOON, between("11-24 14:30", "17:00"), between("11-24 08:00", "11:30")]


def instead(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock, **wish: object
) -> tuple[Alternative, ...]:
    """What is offered to somebody who is refused; each of them can be booked."""
    with pytest.raises((SlotTaken, ReservationRefused)) as refused:
        reserve(uow, scene.wish(**wish), actor=scene.member, now=clock.now())  # type: ignore[arg-type]
    offers: tuple[Alternative, ...] = refused.value.alternatives
    for one in offers:
        again = replace(scene.wish(**wish), span=one.span, instrument_id=one.instrument_id)  # type: ignore[arg-type]
        with uow.session.begin_nested() as tried:
            reserve(uow, again, actor=scene.member, now=clock.now())
            tried.rollback()
    return offers


def taken_elsewhere(
    uow: UnitOfWork, scene: Scene, unit: int, clock: FrozenClock, spans: list[TimeSpan]
) -> None:
    for span in spans:
        wish = scene.wish(span, helper_ids=(unit,))
        reserve(uow, wish, actor=scene.member, now=clock.now())


@pytest.mark.parametrize("kind", [UnitKind.ACCESSORY, UnitKind.OPERATOR])
def test_what_is_in_use_elsewhere_is_free_when_time_is_offered(
    uow: UnitOfWork, clock: FrozenClock, kind: UnitKind
) -> None:
    scene = make_scene(uow, units=2, policy=BUFFERS)
    unit = offered(uow, scene, clock=clock, kind=kind)
    taken_elsewhere(uow, scene, unit, clock, AROUND)
    assert instead(uow, scene, clock, helper_ids=(unit,))


def test_whoever_was_named_is_on_duty_when_time_is_offered(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, units=2)
    named, other = (offered(uow, scene, clock=clock) for _ in range(2))
    week = {4: [Hours(9 * 60, 12 * 60)]}
    set_roster_week(uow, named, week, actor=scene.manager, now=clock.now())
    offers = instead(uow, scene, clock, mode=ServiceMode.ASSISTED, helper_ids=(named,))
    assert {one.span.start.isoweekday() for one in offers} == {4}
    assert named != other


def test_an_instrument_without_the_accessory_is_not_offered(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    one, other = make_two(uow)
    both = offered(uow, one, other, clock=clock, kind=UnitKind.ACCESSORY)
    here_only = offered(uow, one, clock=clock, kind=UnitKind.ACCESSORY)
    reserve(uow, one.wish(helper_ids=(both, here_only)), actor=one.member, now=clock.now())
    offers = {
        unit: {each.instrument_id for each in instead(uow, one, clock, helper_ids=(unit,))}
        for unit in (both, here_only)
    }
    assert offers[both] == {one.instrument.key, other.instrument.key}
    assert offers[here_only] == {one.instrument.key}


def moved_there(
    uow: UnitOfWork, number: str, spans: list[TimeSpan], by: Actor, now: datetime
) -> None:
    """Each of these times can be had instead."""
    for span in spans:
        with uow.session.begin_nested() as tried:
            reschedule(uow, number, span, actor=by, now=now)
            tried.rollback()


def test_what_a_booking_holds_itself_is_free_for_it_when_it_moves(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, now = make_scene(uow, units=2), clock.now()
    unit = offered(uow, scene, clock=clock, kind=UnitKind.ACCESSORY)
    taken_elsewhere(uow, scene, unit, clock, AROUND[1:])
    number = make_reservation(uow, scene, now=now, helper_ids=(unit,)).number
    wanted = Proposed(span=between("11-24 15:00", "17:00"), reason="设备保养")
    with pytest.raises(SlotTaken) as refused:
        propose_time(uow, number, wanted, actor=scene.manager, now=now)
    spans = [one.span for one in refused.value.alternatives]
    assert between("11-24 12:30", "14:30") in spans
    moved_there(uow, number, spans, by=scene.member, now=now)


def test_what_is_offered_instead_of_an_exchange_has_the_accessory_too(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    quota = {"per": "person", "measure": "hours", "period": "day", "limit": 2}
    scene, now = make_scene(uow, units=2, policy={"quotas": [quota]}), clock.now()
    unit = offered(uow, scene, clock=clock, kind=UnitKind.ACCESSORY)
    number = make_reservation(uow, scene, now=now, helper_ids=(unit,)).number
    make_reservation(uow, scene, between("11-25 12:00", "13:00"), now=now)
    theirs = between("11-25 09:00", "11:00")
    make_neighbour(uow, scene, theirs, now=now)
    for taken in (between("11-24 21:30", "23:30"), between("11-26 00:30", "02:30")):
        make_neighbour(uow, scene, taken, now=now, helper_ids=(unit,))
    with pytest.raises(ReservationRefused) as refused:
        ask_swap(uow, number, theirs, actor=scene.member, now=now)
    spans = [one.span for one in refused.value.alternatives]
    assert spans
    moved_there(uow, number, spans, by=scene.member, now=now)


def other_starts(uow: UnitOfWork, clock: FrozenClock, steps: list[Wish]) -> tuple[Alternative, ...]:
    """When several steps could be had instead; each of these starts can be booked."""
    actor, now = make_member(uow, make_organisation(uow, verified=True).key), clock.now()
    with pytest.raises((SlotTaken, ReservationRefused)) as refused:
        reserve_joint(uow, steps, actor=actor, now=now)
    offers: tuple[Alternative, ...] = refused.value.alternatives
    for one in offers:
        by = one.span.start - steps[0].span.start
        later = [replace(each, span=moved(each.span, by)) for each in steps]
        with uow.session.begin_nested() as tried:
            reserve_joint(uow, later, actor=actor, now=now)
            tried.rollback()
    return offers


def moved(span: TimeSpan, by: timedelta) -> TimeSpan:
    return TimeSpan(span.start + by, span.end + by)


def test_several_steps_are_offered_starts_at_which_their_accessories_are_free(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, units=2, policy=BUFFERS)
    unit = offered(uow, scene, clock=clock, kind=UnitKind.ACCESSORY)
    taken_elsewhere(uow, scene, unit, clock, AROUND)
    after = between("11-24 14:30", "15:30")
    assert other_starts(uow, clock, [scene.wish(helper_ids=(unit,)), scene.wish(after)])


def test_two_steps_that_need_the_same_accessory_at_once_are_offered_no_other_start(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    one, other = make_two(uow)
    both = offered(uow, one, other, clock=clock, kind=UnitKind.ACCESSORY)
    steps = [one.wish(helper_ids=(both,)), other.wish(helper_ids=(both,))]
    assert other_starts(uow, clock, steps) == ()
