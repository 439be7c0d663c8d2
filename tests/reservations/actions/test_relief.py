"""What limits in hours do not count: off the peak, and what is booked at the last moment."""

from datetime import timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.errors import ReservationRefused
from booking.reservations.jobs import mark_no_shows
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

TWO_HOURS_A_WEEK = {"per": "organisation", "measure": "hours", "period": "week", "limit": 2}
DAYTIME = {"weekdays": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00"}
OFF_PEAK = {
    "quotas": [TWO_HOURS_A_WEEK],
    "uncounted_off_peak": True,
    "peak_hours": [DAYTIME],
}
NIGHT = between("11-24 20:00", "23:00")
DAY = between("11-25 10:00", "12:00")


def refused_codes(uow: UnitOfWork, scene: Scene, clock: FrozenClock, *span: str) -> list[str]:
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, between(*span), now=clock.now())
    return [violation.code for violation in refused.value.violations]


def test_nights_are_free_of_the_limit_and_days_are_not(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=OFF_PEAK)
    make_reservation(uow, scene, NIGHT, now=clock.now())
    make_reservation(uow, scene, DAY, now=clock.now())
    over = refused_codes(uow, scene, clock, "11-26 17:30", "19:00")
    assert over == ["quota.organisation"]
    make_reservation(uow, scene, between("11-26 18:00", "19:00"), now=clock.now())


def test_the_night_is_proposed_to_whom_the_day_is_refused(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=OFF_PEAK)
    make_reservation(uow, scene, DAY, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, between("11-26 14:00", "16:00"), now=clock.now())
    spans = [offer.span for offer in refused.value.alternatives]
    assert between("11-26 18:00", "20:00") in spans
    for span in spans:
        make_reservation(uow, scene, span, now=clock.now())


def test_the_dear_hours_of_the_price_list_are_the_peak_where_the_rules_name_none(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    band = {**DAYTIME, "factor": "1.5"}
    policy = {"quotas": [TWO_HOURS_A_WEEK], "uncounted_off_peak": True}
    scene = make_scene(uow, policy=policy, tariff={"peak": [band]})
    make_reservation(uow, scene, NIGHT, now=clock.now())
    assert refused_codes(uow, scene, clock, "11-26 09:00", "12:00") == ["quota.organisation"]


def test_who_books_at_the_last_moment_takes_what_nobody_wanted(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    policy = {"quotas": [TWO_HOURS_A_WEEK], "uncounted_within_minutes": 60}
    scene = make_scene(uow, policy=policy)
    clock.at("2026-11-23T10:00+08:00")
    late = make_reservation(uow, scene, between("11-23 11:00", "15:00"), now=clock.now())
    make_reservation(uow, scene, DAY, now=clock.now())
    # Moving it away does not make it another booking: from then on it would count.
    tomorrow = between("11-24 11:00", "15:00")
    with pytest.raises(ReservationRefused):
        reschedule(uow, late.number, tomorrow, actor=scene.member, now=clock.now())


def test_what_was_missed_counts_although_it_was_off_the_peak(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=OFF_PEAK)
    missed = make_reservation(uow, scene, NIGHT, now=clock.now())
    clock.at("2026-11-24T23:30+08:00")
    assert mark_no_shows(uow, missed.missed_from + timedelta(minutes=1)) == 1
    assert refused_codes(uow, scene, clock, "11-25 10:00", "11:00") == ["quota.organisation"]
