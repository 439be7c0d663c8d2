"""Two bookings exchange their times: both agree, both are judged, both or neither."""

from datetime import datetime

import pytest

from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_swap import accept_swap, decline_swap
from booking.reservations.actions.ask_swap import ask_swap, withdraw_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.decide import approve
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.errors import (
    AskOpen,
    AskOver,
    LabDecides,
    NothingToSwap,
    ReservationRefused,
    SwapImpossible,
)
from booking.reservations.jobs import lapse_asks
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.states import AskState
from tests.factories.asks import Neighbour, make_neighbour, swap_state
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    Scene,
    held_for,
    make_reservation,
    make_scene,
    told_of,
)
from tests.factories.training import make_grant, training_scene
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

THEIRS = between("11-25 09:00", "12:00")


def two_bookings(
    uow: UnitOfWork, *, now: datetime, **policy: object
) -> tuple[Scene, str, Neighbour]:
    """Two hours of ours, three of somebody else."""
    scene = make_scene(uow, policy=policy)
    number = make_reservation(uow, scene, now=now).number
    return scene, number, make_neighbour(uow, scene, THEIRS, now=now)


def asked(
    uow: UnitOfWork, scene: Scene, number: str, wanted: TimeSpan = THEIRS, *, now: datetime
) -> int:
    return ask_swap(uow, number, wanted, actor=scene.member, now=now).key


def span_of(uow: UnitOfWork, number: str) -> TimeSpan:
    return reservation_by_number(uow.session, number).span


def test_both_take_each_others_time_at_a_price_of_their_own(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, number, neighbour = two_bookings(uow, now=clock.now())
    key = asked(uow, scene, number, now=clock.now())
    assert (span_of(uow, number), span_of(uow, neighbour.number)) == (NOON, THEIRS)
    taken = accept_swap(uow, key, actor=neighbour.actor, now=clock.now())
    assert taken.number == neighbour.number
    assert held_for(uow.session, number) == [THEIRS]
    assert held_for(uow.session, neighbour.number) == [NOON]
    ours = reservation_by_number(uow.session, number).reservation
    assert (ours.quoted_fen, taken.quoted_fen) == (240000, 160000)
    assert swap_state(uow.session, key) is AskState.ACCEPTED
    assert told_of(uow.session, number)[-2:] == ["swap.accepted", "reservation.moved"]
    assert told_of(uow.session, neighbour.number)[-1] == "reservation.moved"
    assert_sound(uow.session)


def test_neighbouring_times_can_be_exchanged_on_the_same_place(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    next_to = TimeSpan(NOON.end, NOON.end + NOON.length)
    number = make_reservation(uow, scene, now=clock.now()).number
    neighbour = make_neighbour(uow, scene, next_to, now=clock.now())
    key = asked(uow, scene, number, next_to, now=clock.now())
    accept_swap(uow, key, actor=neighbour.actor, now=clock.now())
    assert (span_of(uow, number), span_of(uow, neighbour.number)) == (next_to, NOON)
    assert_sound(uow.session)


def test_the_booking_that_fills_most_of_the_time_is_asked(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, number, neighbour = two_bookings(uow, now=clock.now())
    make_neighbour(uow, scene, between("11-25 08:00", "09:00"), now=clock.now())
    key = asked(uow, scene, number, between("11-25 08:30", "10:30"), now=clock.now())
    accept_swap(uow, key, actor=neighbour.actor, now=clock.now())
    assert span_of(uow, number) == THEIRS


@pytest.mark.parametrize("wanted", [between("11-26 09:00", "10:00"), NOON])
def test_free_time_and_the_own_cannot_be_exchanged(
    uow: UnitOfWork, clock: FrozenClock, wanted: TimeSpan
) -> None:
    scene, number, _ = two_bookings(uow, now=clock.now())
    with pytest.raises(NothingToSwap):
        asked(uow, scene, number, wanted, now=clock.now())


def test_rules_of_who_asks_are_told_to_who_asks(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = training_scene(uow)
    make_grant(uow, scene, scene.member, now=clock.now())
    quota = {"per": "person", "measure": "hours", "period": "day", "limit": 2}
    limited = make_scene(uow, policy={"quotas": [quota]})
    number = make_reservation(uow, limited, now=clock.now()).number
    neighbour = make_neighbour(uow, limited, between("11-25 09:00", "11:00"), now=clock.now())
    other = make_reservation(uow, limited, between("11-25 12:00", "13:00"), now=clock.now())
    with pytest.raises(ReservationRefused):
        asked(uow, limited, number, between("11-25 09:00", "11:00"), now=clock.now())
    cancel(uow, other.number, actor=limited.member, now=clock.now())
    key = asked(uow, limited, number, between("11-25 09:00", "11:00"), now=clock.now())
    accept_swap(uow, key, actor=neighbour.actor, now=clock.now())


def test_what_speaks_against_it_on_the_other_side_is_not_told(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    quota = {"per": "person", "measure": "hours", "period": "day", "limit": 3}
    scene, number, neighbour = two_bookings(uow, now=clock.now(), quotas=[quota])
    key = asked(uow, scene, number, now=clock.now())
    make_reservation(uow, scene, between("11-25 13:00", "14:00"), now=clock.now())
    with pytest.raises(SwapImpossible) as refused:
        accept_swap(uow, key, actor=neighbour.actor, now=clock.now())
    assert refused.value.params == {}


def test_where_the_lab_decides_on_each_booking_nothing_is_exchanged(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, number, _ = two_bookings(uow, now=clock.now(), approval="always")
    from_lab = scene.manager

    approve(uow, number, actor=from_lab, now=clock.now())
    with pytest.raises(NothingToSwap):
        asked(uow, scene, number, now=clock.now())
    theirs = make_neighbour(uow, scene, between("11-26 09:00", "10:00"), now=clock.now())
    approve(uow, theirs.number, actor=from_lab, now=clock.now())
    with pytest.raises(LabDecides):
        asked(uow, scene, number, between("11-26 09:00", "10:00"), now=clock.now())


def test_only_who_asked_withdraws_and_only_who_is_asked_answers(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, number, neighbour = two_bookings(uow, now=clock.now())
    key = asked(uow, scene, number, now=clock.now())
    for deed in (accept_swap, decline_swap):
        with pytest.raises(NotFound):
            deed(uow, key, actor=scene.member, now=clock.now())
        with pytest.raises(Forbidden):
            deed(uow, key, actor=scene.manager, now=clock.now())
    with pytest.raises(NotFound):
        withdraw_swap(uow, key, actor=neighbour.actor, now=clock.now())
    with pytest.raises(AskOpen):
        asked(uow, scene, number, now=clock.now())
    withdraw_swap(uow, key, actor=scene.member, now=clock.now())
    with pytest.raises(AskOver):
        accept_swap(uow, key, actor=neighbour.actor, now=clock.now())


def test_declined_or_not_answered_both_keep_what_they_have(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, number, neighbour = two_bookings(uow, now=clock.now())
    first = asked(uow, scene, number, now=clock.now())
    decline_swap(uow, first, actor=neighbour.actor, now=clock.now())
    second = asked(uow, scene, number, now=clock.now())
    with pytest.raises(AskOver):
        accept_swap(uow, second, actor=neighbour.actor, now=NOON.start)
    assert lapse_asks(uow, at("11-24 11:59")) == 0
    assert lapse_asks(uow, NOON.start) == 1
    states = [swap_state(uow.session, key) for key in (first, second)]
    assert states == [AskState.DECLINED, AskState.LAPSED]
    assert (span_of(uow, number), span_of(uow, neighbour.number)) == (NOON, THEIRS)


@pytest.mark.parametrize("side", ["asking", "asked"])
def test_a_booking_that_changed_is_not_exchanged(
    uow: UnitOfWork, clock: FrozenClock, side: str
) -> None:
    scene, number, neighbour = two_bookings(uow, now=clock.now())
    key = asked(uow, scene, number, now=clock.now())
    elsewhere = between("11-27 09:00", "10:00")
    if side == "asking":
        reschedule(uow, number, elsewhere, actor=scene.member, now=clock.now())
    else:
        cancel(uow, neighbour.number, actor=neighbour.actor, now=clock.now())
    assert swap_state(uow.session, key) is AskState.WITHDRAWN
    assert_sound(uow.session)


def test_one_exchange_ends_the_others(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene, number, neighbour = two_bookings(uow, now=clock.now())
    third = make_neighbour(uow, scene, between("11-26 09:00", "10:00"), now=clock.now())
    ours = asked(uow, scene, number, now=clock.now())
    other = ask_swap(uow, third.number, THEIRS, actor=third.actor, now=clock.now()).key
    accept_swap(uow, other, actor=neighbour.actor, now=clock.now())
    assert swap_state(uow.session, ours) is AskState.WITHDRAWN
    with pytest.raises(AskOver):
        accept_swap(uow, ours, actor=neighbour.actor, now=clock.now())
    assert_sound(uow.session)
