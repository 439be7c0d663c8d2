"""Another end for the same booking: more time where it is free, less without anybody's leave."""

from datetime import datetime, timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Forbidden
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.decide import approve
from booking.reservations.actions.reschedule import reschedule, resize
from booking.reservations.errors import EndPassed, LabDecides, ReservationRefused
from booking.reservations.jobs import mark_no_shows
from booking.reservations.states import State
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    Scene,
    held_for,
    make_reservation,
    make_scene,
    state_of,
    told_of,
)
from tests.factories.waitlist import held_for_offer, make_waiter, offer_to
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

LONGER = between("11-24 12:00", "15:00")
SHORTER = between("11-24 12:00", "13:00")
DURING = at("11-24 12:30")
LATE = at("11-24 11:00")
TERMS: dict[str, object] = {
    "free_cancel_minutes": 120,
    "late_cancel_percent": 50,
    "no_show_percent": 100,
}


def in_use(uow: UnitOfWork, scene: Scene, *, now: datetime) -> str:
    number = make_reservation(uow, scene, now=now).number
    check_in(uow, number, actor=scene.member, now=NOON.start)
    return number


def test_a_use_goes_on_into_free_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"notice_minutes": 600, "buffer_after_minutes": 30})
    number = in_use(uow, scene, now=clock.now())
    made = resize(uow, number, LONGER.end, actor=scene.member, now=DURING)
    assert state_of(uow.session, number) is State.IN_USE
    assert held_for(uow.session, number) == [
        TimeSpan(LONGER.start, LONGER.end + timedelta(minutes=30))
    ]
    assert (made.ends_at, told_of(uow.session, number)[-1]) == (LONGER.end, "reservation.moved")
    assert_sound(uow.session)


def test_a_use_does_not_go_on_into_time_of_others(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = in_use(uow, scene, now=clock.now())
    make_reservation(uow, scene, between("11-24 14:30", "15:30"), now=clock.now())
    with pytest.raises(SlotTaken):
        resize(uow, number, LONGER.end, actor=scene.member, now=DURING)


def test_a_use_never_changes_its_place(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2)
    number = in_use(uow, scene, now=clock.now())
    other = make_reservation(uow, scene, now=clock.now())
    make_reservation(uow, scene, between("11-24 14:00", "15:00"), now=clock.now())
    cancel(uow, other.number, actor=scene.member, now=clock.now())
    with pytest.raises(SlotTaken):
        resize(uow, number, LONGER.end, actor=scene.member, now=DURING)


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ({"longest_minutes": 150}, "duration.too_long"),
        ({"grid_minutes": 120}, "grid.off"),
        (
            {"quotas": [{"per": "person", "measure": "hours", "period": "day", "limit": 2}]},
            "quota.person",
        ),
    ],
)
def test_more_time_is_judged_like_any_other(
    uow: UnitOfWork, clock: FrozenClock, policy: dict[str, object], code: str
) -> None:
    scene = make_scene(uow, policy=policy)
    number = in_use(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        resize(uow, number, LONGER.end, actor=scene.member, now=DURING)
    assert code in [one.code for one in refused.value.violations]
    reason = "样品需要"
    made = resize(uow, number, LONGER.end, actor=scene.manager, now=DURING, override_reason=reason)
    assert made.override_reason == reason


def test_before_its_time_an_extension_needs_notice_like_a_new_booking(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"notice_minutes": 120})
    number = make_reservation(uow, scene, now=clock.now()).number
    with pytest.raises(ReservationRefused):
        resize(uow, number, LONGER.end, actor=scene.member, now=LATE)
    resize(uow, number, LONGER.end, actor=scene.member, now=clock.now())


def test_where_the_lab_decides_it_alone_extends_a_use(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"approval": "first"})
    number = make_reservation(uow, scene, now=clock.now()).number
    approve(uow, number, actor=scene.manager, now=clock.now())
    check_in(uow, number, actor=scene.member, now=NOON.start)
    with pytest.raises(LabDecides):
        resize(uow, number, LONGER.end, actor=scene.member, now=DURING)
    reason = "样品需要"
    resize(uow, number, LONGER.end, actor=scene.manager, now=DURING, override_reason=reason)


def test_less_time_needs_no_approval_notice_or_quota(uow: UnitOfWork, clock: FrozenClock) -> None:
    quota = {"per": "person", "measure": "count", "period": "day", "limit": 1}
    scene = make_scene(uow, policy={"notice_minutes": 600, "quotas": [quota]})
    number = make_reservation(uow, scene, now=clock.now()).number
    made = reschedule(uow, number, SHORTER, actor=scene.member, now=LATE)
    assert (made.state, held_for(uow.session, number)) == (State.CONFIRMED, [SHORTER])
    assert_sound(uow.session)


def test_an_approved_booking_stays_approved_when_shortened(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    number = make_reservation(uow, scene, now=clock.now()).number
    approve(uow, number, actor=scene.manager, now=clock.now())
    resize(uow, number, SHORTER.end, actor=scene.member, now=clock.now())
    assert state_of(uow.session, number) is State.CONFIRMED
    resize(uow, number, NOON.end, actor=scene.member, now=clock.now())
    assert state_of(uow.session, number) is State.REQUESTED


def test_less_time_still_keeps_the_shortest_and_the_grid(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"shortest_minutes": 90, "grid_minutes": 30})
    number = make_reservation(uow, scene, now=clock.now()).number
    with pytest.raises(ReservationRefused) as refused:
        resize(uow, number, at("11-24 13:10"), actor=scene.member, now=clock.now())
    assert {one.code for one in refused.value.violations} == {"duration.too_short", "grid.off"}


def test_what_is_given_up_goes_to_the_next_in_line(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    rest = TimeSpan(SHORTER.end, NOON.end)
    waiter = make_waiter(uow, scene, rest, now=clock.now())
    resize(uow, number, SHORTER.end, actor=scene.member, now=clock.now())
    assert held_for_offer(uow.session, offer_to(uow.session, waiter)) == [rest]


def test_a_late_shortening_does_not_make_cancelling_cheaper(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=TERMS)
    made = make_reservation(uow, scene, now=clock.now())
    price, deadline = made.quoted_fen, made.free_cancel_until
    kept = resize(uow, made.number, SHORTER.end, actor=scene.member, now=LATE)
    assert (kept.quoted_fen, kept.free_cancel_until) == (price // 2, deadline)
    assert cancel(uow, made.number, actor=scene.member, now=LATE).fee_fen == price // 2


def test_a_late_shortening_does_not_make_staying_away_cheaper(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=TERMS)
    made = make_reservation(uow, scene, now=clock.now())
    price = made.quoted_fen
    kept = resize(uow, made.number, SHORTER.end, actor=scene.member, now=LATE)
    assert mark_no_shows(uow, NOON.end) == 1
    assert kept.fee_fen == price


def test_shortened_in_good_time_only_the_rest_costs(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=TERMS)
    made = make_reservation(uow, scene, now=clock.now())
    price = made.quoted_fen
    resize(uow, made.number, SHORTER.end, actor=scene.member, now=clock.now())
    assert cancel(uow, made.number, actor=scene.member, now=LATE).fee_fen == price // 4


def test_a_booking_ends_after_it_begins_and_after_now(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = in_use(uow, scene, now=clock.now())
    for end in (NOON.start, DURING):
        with pytest.raises(EndPassed):
            resize(uow, number, end, actor=scene.member, now=DURING)


def test_only_its_people_and_the_lab_change_a_booking(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = in_use(uow, scene, now=clock.now())
    with pytest.raises(Forbidden):
        resize(uow, number, SHORTER.end, actor=scene.member, now=DURING, override_reason="样品需要")
