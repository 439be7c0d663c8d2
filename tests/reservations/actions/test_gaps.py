"""Time between bookings, on every way of taking time."""

from datetime import timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.foresee import foresee
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from booking.reservations.rules.series import occurrences, read_rule
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene, make_use
from tests.support.clock import FrozenClock

NEXT = between("11-24 15:00", "16:00")
LATER = between("11-24 16:00", "17:00")


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    """Two hours between two bookings of one person."""
    return make_scene(uow, policy={"person_gap_minutes": 120})


def codes(refused: pytest.ExceptionInfo[ReservationRefused]) -> list[str]:
    return [violation.code for violation in refused.value.violations]


def test_too_close_to_the_own_booking_is_refused_and_far_enough_is_not(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, NEXT, now=clock.now())
    assert codes(refused) == ["gap.person"]
    make_reservation(uow, scene, LATER, now=clock.now())
    reserve(uow, scene.wish(NEXT), actor=scene.admin, now=clock.now())


def test_what_is_proposed_instead_is_far_enough(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, NEXT, now=clock.now())
    first, *_ = refused.value.alternatives
    assert first.span == LATER
    for offer in refused.value.alternatives:
        made = make_reservation(uow, scene, offer.span, now=clock.now())
        cancel(uow, made.number, actor=scene.member, now=clock.now())


def test_a_booking_is_not_too_close_to_itself_when_it_moves(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    first = make_reservation(uow, scene, now=clock.now())
    make_reservation(uow, scene, between("11-24 20:00", "21:00"), now=clock.now())
    reschedule(uow, first.number, NEXT, actor=scene.member, now=clock.now())
    too_close = between("11-24 17:30", "18:30")
    with pytest.raises(ReservationRefused) as refused:
        reschedule(uow, first.number, too_close, actor=scene.member, now=clock.now())
    assert codes(refused) == ["gap.person"]


def test_what_was_given_back_is_no_booking(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    first = make_reservation(uow, scene, now=clock.now())
    clock.at("2026-11-23T13:00+08:00")
    cancelled = cancel(uow, first.number, actor=scene.member, now=clock.now())
    assert cancelled.late
    make_reservation(uow, scene, NEXT, now=clock.now())


def test_colleagues_keep_the_gap_of_their_organisation(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"organisation_gap_minutes": 120})
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        reserve(uow, scene.wish(NEXT), actor=scene.admin, now=clock.now())
    assert codes(refused) == ["gap.organisation"]


def test_a_use_of_another_week_and_month_is_near_all_the_same(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    clock.at("2027-01-30T09:00+08:00")
    # 1 February is a Monday.
    make_use(uow, scene, between("2027-01-31 21:00", "2027-01-31 23:00"), now=clock.now())
    clock.at("2027-01-31T23:30+08:00")
    soon = between("2027-02-01 00:00", "2027-02-01 01:00")
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, soon, now=clock.now())
    assert codes(refused) == ["gap.person"]
    after = between("2027-02-01 01:00", "2027-02-01 02:00")
    make_reservation(uow, scene, after, now=clock.now())


def test_the_occurrences_of_a_series_are_near_each_other(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    a_day = timedelta(days=1) // timedelta(minutes=1)
    scene = make_scene(uow, policy={"person_gap_minutes": a_day})
    spans = occurrences(NOON, read_rule("FREQ=DAILY;COUNT=3"))
    seen = foresee(uow.session, scene.wish(), spans, actor=scene.member, now=clock.now())
    assert [one.codes for one in seen] == [(), ("gap.person",), ()]
