"""Which reservations take a lab's time: of any length, and whatever still runs."""

from datetime import timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.queries.booked import booked_in_lab
from booking.reservations.queries.lists import on_day_in_lab
from tests.factories.reservation_values import at, between, local_day
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

MONTH: dict[str, object] = {"longest_minutes": 60 * 24 * 30}
DAY = local_day("2026-11-28")
NOON = between("11-28 12:00", "14:00")


def found(uow: UnitOfWork, scene: Scene) -> list[str]:
    lab = scene.instrument.lab_id
    known = [one.number for one in booked_in_lab(uow.session, lab, DAY)]
    assert known == [one.number for one in on_day_in_lab(uow.session, lab, DAY)]
    return known


@pytest.mark.parametrize(
    ("start", "hours", "touches"),
    [
        ("11-27 20:00", 4, False),
        ("11-27 20:00", 5, True),
        ("11-28 12:00", 1, True),
        ("11-28 23:00", 9, True),
        ("11-29 00:00", 9, False),
        ("11-26 00:00", 48, False),
        ("11-26 00:30", 48, True),
        ("11-25 12:00", 100, True),
        ("11-24 00:00", 96, False),
        ("11-24 00:00", 97, True),
    ],
)
def test_bookings_of_any_length_are_found_where_they_touch_the_day(
    uow: UnitOfWork, clock: FrozenClock, start: str, hours: int, touches: bool
) -> None:
    scene = make_scene(uow, policy=MONTH)
    begins = at(start)
    span = TimeSpan(begins, begins + timedelta(hours=hours))
    made = make_reservation(uow, scene, span, now=clock.now())
    assert found(uow, scene) == ([made.number] if touches else [])


def test_what_still_runs_is_shown_whenever_it_began(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    long_ago = between("11-23 10:00", "11:00")
    made = make_reservation(uow, scene, long_ago, now=clock.now())
    assert found(uow, scene) == []
    check_in(uow, made.number, actor=scene.manager, now=long_ago.start)
    assert found(uow, scene) == [made.number]


def test_other_labs_and_what_was_given_up_take_no_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene, other = make_scene(uow), make_scene(uow)
    elsewhere = make_reservation(uow, other, NOON, now=clock.now())
    check_in(uow, elsewhere.number, actor=other.manager, now=NOON.start)
    made = make_reservation(uow, scene, NOON, now=clock.now())
    assert found(uow, scene) == [made.number]
    cancel(uow, made.number, actor=scene.member, now=clock.now())
    assert found(uow, scene) == []
