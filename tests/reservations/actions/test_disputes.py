"""A dispute: what is said, and who decides it."""

import pytest

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.dispute import ask_centre, dispute, resolve, say
from booking.reservations.errors import (
    CentreDecides,
    IllegalTransition,
)
from booking.reservations.queries.disputes import said_about
from booking.reservations.rules.use_record import Outcome, UseRecord
from booking.reservations.states import Speaker, State
from tests.factories.accounts import make_staff
from tests.factories.reservations import (
    NOON,
    make_reservation,
    make_scene,
    make_use,
    state_of,
    told_of,
)
from tests.support.clock import FrozenClock


def test_whoever_objected_once_is_asked_for_the_word_again(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"confirm_tolerance_minutes": 15})
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    check_out(uow, made.number, None, actor=scene.manager, now=NOON.end)
    dispute(uow, made.number, actor=scene.member, now=NOON.end, reason="没有做完")
    resolve(uow, made.number, actor=scene.manager, now=NOON.end, reason="已核对")
    confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    assert state_of(uow.session, made.number) is State.COMPLETED


def test_both_sides_and_the_centre_are_read_in_order(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene, centre = make_scene(uow), make_staff(uow)
    made = make_use(uow, scene, now=clock.now())
    with pytest.raises(IllegalTransition):
        say(uow, made.number, "还没有争议", actor=scene.member, now=NOON.end)
    dispute(uow, made.number, actor=scene.member, now=NOON.end, reason="只用了一小时")
    say(uow, made.number, "日志是两小时", actor=scene.manager, now=NOON.end)
    ask_centre(uow, made.number, actor=scene.member, now=NOON.end)
    say(uow, made.number, "请提供日志", actor=centre, now=NOON.end)
    said = [(one.side, one.text) for one in said_about(uow.session, made.key)]
    assert said == [
        (Speaker.USER, "只用了一小时"),
        (Speaker.HOST, "日志是两小时"),
        (Speaker.CENTRE, "请提供日志"),
    ]


def test_a_dispute_that_the_centre_was_asked_about_is_decided_by_the_centre_for_good(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, centre = make_scene(uow), make_staff(uow)
    made = make_use(uow, scene, now=clock.now())
    dispute(uow, made.number, actor=scene.member, now=NOON.end, reason="只用了一小时")
    for _ in range(2):
        ask_centre(uow, made.number, actor=scene.member, now=NOON.end)
    with pytest.raises(CentreDecides):
        resolve(uow, made.number, actor=scene.manager, now=NOON.end, reason="维持")
    figures = Outcome(record=UseRecord(test_minutes=60))
    resolve(uow, made.number, actor=centre, now=NOON.end, reason="以日志为准", outcome=figures)
    assert state_of(uow.session, made.number) is State.SETTLED
    assert told_of(uow.session, made.number)[-4:] == [
        "use.disputed",
        "use.centre_asked",
        "use.dispute_resolved",
        "use.settled",
    ]
