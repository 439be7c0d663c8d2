"""A series is moved, resized and decided as one: each time by its rules, all of them or none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import Forbidden
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.change_series import Move, approve_series, move_in_series
from booking.reservations.actions.hand_to_colleague import hand_to_colleague
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve_series import SeriesMade, reserve_series
from booking.reservations.errors import ConsentMissing, ReservationRefused
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.queries.units import helpers_held_for
from booking.reservations.rules.series import Scope
from booking.reservations.rules.wish import SeriesWish
from booking.reservations.states import State
from tests.factories.reservations import NOON, Scene, held_for, make_reservation, make_scene
from tests.reservations.actions.test_operators import offered
from tests.support.clock import FrozenClock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def by(length: timedelta, *, longer: timedelta = timedelta(0), span: TimeSpan = NOON) -> TimeSpan:
    return TimeSpan(span.start + length, span.end + length + longer)


def book(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock, times: int = 3, **changes: object
) -> SeriesMade:
    wish = SeriesWish(scene.wish(**changes), f"FREQ=DAILY;COUNT={times}")  # type: ignore[arg-type]
    return reserve_series(uow, wish, actor=scene.member, now=clock.now())


def move_all(uow: UnitOfWork, scene: Scene, made: SeriesMade, to: TimeSpan, now: object) -> None:
    number = made.booked[0].number
    move_in_series(uow, number, Move(to, Scope.ALL), actor=scene.member, now=now)  # type: ignore[arg-type]


def now_of(uow: UnitOfWork, made: SeriesMade) -> list[Reservation]:
    return [
        reservation_by_number(uow.session, one.number).reservation
        for one in sorted(made.booked, key=lambda one: one.starts_at)
    ]


@pytest.mark.parametrize(
    "longer", [HOUR, -HOUR, timedelta(0)], ids=["longer", "shorter", "as long"]
)
@pytest.mark.parametrize("later", [timedelta(0), HOUR, DAY, -HOUR])
def test_together_each_becomes_what_it_would_become_alone(
    uow: UnitOfWork, clock: FrozenClock, later: timedelta, longer: timedelta
) -> None:
    scene = make_scene(uow, units=2, policy={"buffer_after_minutes": 15})
    made, now = book(uow, scene, clock), clock.now()
    alone = [
        make_reservation(uow, scene, TimeSpan(one.starts_at, one.ends_at), now=now)
        for one in made.booked
    ]
    move_all(uow, scene, made, by(later, longer=longer), now)
    moved = now_of(uow, made)
    # One by one, whoever moves later makes room for those before.
    for one, other in reversed(list(zip(alone, moved, strict=True))):
        to = by(later, longer=longer, span=TimeSpan(one.starts_at, one.ends_at))
        expected = reschedule(uow, one.number, to, actor=scene.member, now=now)
        names = (
            *("starts_at", "ends_at", "state", "quote", "quoted_fen", "version", "state_reason"),
            *("free_cancel_until", "missed_from", "decide_by", "stays_late", "policy_id"),
        )
        assert {name: getattr(other, name) for name in names} == {
            name: getattr(expected, name) for name in names
        }
        assert held_for(uow.session, other.number) == held_for(uow.session, one.number)


def test_quotas_count_the_others_where_they_will_be(uow: UnitOfWork, clock: FrozenClock) -> None:
    a_day = {"per": "person", "measure": "count", "period": "day", "limit": 1}
    scene = make_scene(uow, policy={"quotas": [a_day]})
    made = book(uow, scene, clock)
    move_all(uow, scene, made, by(DAY), clock.now())
    assert [one.starts_at for one in now_of(uow, made)] == [NOON.start + n * DAY for n in (1, 2, 3)]


def test_a_refusal_names_every_time_that_is_in_the_way(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"horizon_days": {"enterprise": 4}})
    made = book(uow, scene, clock, times=4)
    with pytest.raises(ReservationRefused) as refused:
        move_all(uow, scene, made, by(2 * DAY), clock.now())
    said = [(one.code, one.params["occurrence"]) for one in refused.value.violations]
    assert said == [("horizon.too_far", NOON.start + n * DAY) for n in (4, 5)]


def test_what_others_have_booked_is_named_and_nothing_is_moved(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, clock)
    theirs = [by(n * DAY + 2 * HOUR) for n in (1, 2)]
    for span in theirs:
        make_reservation(uow, scene, span, now=clock.now())
    with pytest.raises(SlotTaken) as refused:
        move_all(uow, scene, made, by(HOUR), clock.now())
    assert [one.span for one in refused.value.conflicts] == theirs


def test_the_lab_moves_together_only_what_it_may_move_alone(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made, now = book(uow, scene, clock), clock.now()
    number = made.booked[0].number
    with pytest.raises(ConsentMissing):
        move_in_series(uow, number, Move(by(HOUR), Scope.ALL), actor=scene.manager, now=now)
    less = Move(by(timedelta(0), longer=-HOUR), Scope.ALL)
    move_in_series(uow, number, less, actor=scene.manager, now=now)
    assert {one.ends_at - one.starts_at for one in now_of(uow, made)} == {HOUR}
    entrusted = reserve_series(
        uow,
        SeriesWish(
            replace(
                scene.wish(by(4 * HOUR), mode=ServiceMode.ENTRUSTED),
                on_behalf_of=scene.member.id,
            ),
            "FREQ=DAILY;COUNT=2",
        ),
        actor=scene.manager,
        now=now,
    )
    to = Move(by(5 * HOUR), Scope.ALL)
    move_in_series(uow, entrusted.booked[0].number, to, actor=scene.manager, now=now)
    assert now_of(uow, entrusted)[1].starts_at == by(DAY + 5 * HOUR).start


def test_who_was_handed_one_of_them_keeps_the_others_from_moving_it(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made, now = book(uow, scene, clock), clock.now()
    given = made.booked[1].number
    hand_to_colleague(uow, given, scene.admin.id, actor=scene.admin, now=now)
    with pytest.raises(Forbidden):
        move_all(uow, scene, made, by(HOUR), now)
    number = made.booked[0].number
    move_in_series(uow, number, Move(by(HOUR), Scope.ALL), actor=scene.admin, now=now)
    assert [one.starts_at for one in now_of(uow, made)] == [
        NOON.start + HOUR + n * DAY for n in range(3)
    ]


def test_operators_move_along_or_others_stand_in(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2)
    first, second = (offered(uow, scene, clock=clock) for _ in range(2))
    made = book(uow, scene, clock, mode=ServiceMode.ASSISTED)
    serving = [helpers_held_for(uow.session, one.number).operators for one in made.booked]
    assert serving == [(first,)] * 3
    busy = scene.wish(by(DAY + 2 * HOUR), mode=ServiceMode.ASSISTED, helper_ids=(first,))
    make_reservation(
        uow, scene, busy.span, now=clock.now(), mode=ServiceMode.ASSISTED, helper_ids=(first,)
    )
    move_all(uow, scene, made, by(HOUR), clock.now())
    serving = [helpers_held_for(uow.session, one.number).operators for one in made.booked]
    assert serving == [(first,), (second,), (first,)]
    assert [held_for(uow.session, one.number) for one in made.booked] == [
        [by(HOUR + n * DAY)] * 2 for n in range(3)
    ]


def test_one_approval_judges_each_anew(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    made = book(uow, scene, clock)
    clock.at("2026-11-25T13:00")
    with pytest.raises(ReservationRefused) as refused:
        approve_series(uow, made.series.number, actor=scene.manager, now=clock.now())
    said = {(one.code, one.params["occurrence"]) for one in refused.value.violations}
    assert said == {("span.in_past", NOON.start + n * DAY) for n in (0, 1)}


def test_approved_as_one_each_has_its_own_fact(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    made = book(uow, scene, clock)
    approve_series(uow, made.series.number, actor=scene.manager, now=clock.now(), reason="可以")
    assert {(one.state, one.state_reason, one.version) for one in now_of(uow, made)} == {
        (State.CONFIRMED, "可以", 2)
    }
