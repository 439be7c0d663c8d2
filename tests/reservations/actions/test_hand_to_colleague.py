"""Handing a booking to a colleague, who must be able to use it."""

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.decide import approve
from booking.reservations.actions.hand_to_colleague import hand_to_colleague
from booking.reservations.errors import ColleagueMissing, IllegalTransition, ReservationRefused
from booking.reservations.states import State
from tests.factories.accounts import make_member
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import (
    NOON,
    held_for,
    make_reservation,
    make_scene,
    told_of,
)
from tests.factories.training import make_grant, training_scene
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound


def test_a_colleague_holds_the_same_time_at_the_same_price(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    given = hand_to_colleague(
        uow, made.number, scene.admin.email, actor=scene.member, now=clock.now()
    )
    assert (given.holder_id, given.quoted_fen) == (scene.admin.id, made.quoted_fen)
    assert held_for(uow.session, made.number) == [NOON]
    assert told_of(uow.session, made.number)[-1] == "reservation.handed_over"
    assert_sound(uow.session)


def test_the_companys_administrator_hands_over_for_its_people(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    colleague = make_member(uow, scene.company.key)
    number = make_reservation(uow, scene, now=clock.now()).number
    given = hand_to_colleague(uow, number, colleague.id, actor=scene.admin, now=clock.now())
    assert given.holder_id == colleague.id


def test_nobody_else_hands_it_over(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    colleague = make_member(uow, scene.company.key)
    number = make_reservation(uow, scene, now=clock.now()).number
    for actor in (colleague, scene.manager):
        with pytest.raises(Forbidden):
            hand_to_colleague(uow, number, colleague.id, actor=actor, now=clock.now())


def test_strangers_and_readers_cannot_take_over(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    stranger = make_member(uow, make_organisation(uow, verified=True).key)
    elsewhere = make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN)
    number = make_reservation(uow, scene, now=clock.now()).number
    for named in (stranger.email, elsewhere.id, "nobody@example.com", scene.member.email):
        with pytest.raises(ColleagueMissing):
            hand_to_colleague(uow, number, named, actor=scene.member, now=clock.now())


def test_who_operates_alone_must_be_trained(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = training_scene(uow)
    make_grant(uow, scene, scene.member, now=clock.now())
    number = make_reservation(uow, scene, now=clock.now()).number
    with pytest.raises(ReservationRefused) as refused:
        hand_to_colleague(uow, number, scene.admin.id, actor=scene.member, now=clock.now())
    assert [one.code for one in refused.value.violations] == ["training.missing"]
    make_grant(uow, scene, scene.admin, now=clock.now())
    hand_to_colleague(uow, number, scene.admin.id, actor=scene.member, now=clock.now())


def test_personal_limits_of_the_colleague_hold(uow: UnitOfWork, clock: FrozenClock) -> None:
    quota = {"per": "person", "measure": "count", "period": "open", "limit": 1}
    scene = make_scene(uow, policy={"quotas": [quota]})
    colleague = make_member(uow, scene.company.key)
    number = make_reservation(uow, scene, now=clock.now()).number
    hand_to_colleague(uow, number, colleague.id, actor=scene.member, now=clock.now())
    hand_to_colleague(uow, number, scene.member.id, actor=colleague, now=clock.now())
    hand_to_colleague(uow, number, colleague.id, actor=scene.member, now=clock.now())
    other = make_reservation(uow, scene, between("11-24 15:00", "16:00"), now=clock.now()).number
    with pytest.raises(ReservationRefused):
        hand_to_colleague(uow, other, colleague.id, actor=scene.member, now=clock.now())


def test_what_needed_a_decision_needs_one_again(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    number = make_reservation(uow, scene, now=clock.now()).number
    approve(uow, number, actor=scene.manager, now=clock.now())
    given = hand_to_colleague(uow, number, scene.admin.id, actor=scene.member, now=clock.now())
    assert given.state is State.REQUESTED
    assert given.decide_by is not None


def test_whoever_has_begun_finishes(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    check_in(uow, number, actor=scene.member, now=NOON.start)
    with pytest.raises(IllegalTransition):
        hand_to_colleague(uow, number, scene.admin.id, actor=scene.member, now=NOON.start)
