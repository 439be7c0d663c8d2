"""A promise of time: decided, moved, given back."""

from datetime import timedelta

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Forbidden, NotFound
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import (
    IllegalTransition,
    ReasonMissing,
    ReservationRefused,
)
from booking.reservations.jobs import (
    expire_requests,
)
from booking.reservations.states import State
from tests.factories.accounts import make_lab_person, make_staff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    held_for,
    make_reservation,
    make_scene,
    state_of,
    told_of,
)
from tests.support.clock import FrozenClock

TOMORROW = between("11-25 12:00", "14:00")
ASKED = {"approval": "always", "approval_hours": 4}


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────


def test_an_approval_promises_the_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=ASKED)
    made = make_reservation(uow, scene, now=clock.now())
    approve(uow, made.number, actor=scene.manager, now=clock.now())
    assert state_of(uow.session, made.number) is State.CONFIRMED
    assert held_for(uow.session, made.number) == [NOON]
    assert told_of(uow.session, made.number) == ["reservation.requested", "reservation.confirmed"]


def test_a_rejection_says_why_and_frees_the_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=ASKED)
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReasonMissing):
        reject(uow, made.number, actor=scene.manager, now=clock.now())
    reject(uow, made.number, actor=scene.manager, now=clock.now(), reason="样品不合适")
    assert state_of(uow.session, made.number) is State.REJECTED
    assert held_for(uow.session, made.number) == []
    with pytest.raises(IllegalTransition):
        approve(uow, made.number, actor=scene.manager, now=clock.now())


def test_only_the_lab_decides(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene, elsewhere = make_scene(uow, policy=ASKED), make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    for known in (scene.member, scene.admin, operator):
        with pytest.raises(Forbidden):
            approve(uow, made.number, actor=known, now=clock.now())
    for stranger in (elsewhere.manager, elsewhere.admin):
        with pytest.raises(NotFound):
            approve(uow, made.number, actor=stranger, now=clock.now())


def test_an_approval_after_the_time_began_is_refused(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"approval": "always", "approval_hours": 400})
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused):
        approve(uow, made.number, actor=scene.manager, now=NOON.start + timedelta(minutes=1))


def test_a_request_lapses_when_nobody_decides(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=ASKED)
    made = make_reservation(uow, scene, now=clock.now())
    assert expire_requests(uow, clock.now() + timedelta(hours=4, seconds=-1)) == 0
    assert expire_requests(uow, clock.now() + timedelta(days=30)) == 1
    assert expire_requests(uow, clock.now() + timedelta(days=30)) == 0
    assert state_of(uow.session, made.number) is State.EXPIRED
    assert held_for(uow.session, made.number) == []


# ── giving back and moving ───────────────────────────────────────────────────────────────────────


def test_cancelling_in_time_is_free_and_late_costs(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"free_cancel_minutes": 120, "late_cancel_percent": 50})
    early = make_reservation(uow, scene, now=clock.now())
    late = make_reservation(uow, scene, TOMORROW, now=clock.now())
    given = cancel(uow, early.number, actor=scene.member, now=clock.now())
    assert (given.fee_fen, given.late) == (0, False)
    given = cancel(uow, late.number, actor=scene.admin, now=at("11-25 10:00"))
    assert (given.fee_fen, given.late) == (80_000, True)
    assert held_for(uow.session, late.number) == []
    make_reservation(uow, scene, TOMORROW, now=at("11-25 10:00"))


def test_the_lab_cancels_without_a_fee_but_with_a_reason(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"free_cancel_minutes": 120, "late_cancel_percent": 50})
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReasonMissing):
        cancel(uow, made.number, actor=scene.manager, now=NOON.start)
    given = cancel(uow, made.number, actor=scene.manager, now=NOON.start, reason="灯丝损坏")
    assert (given.fee_fen, given.late, given.state_reason) == (0, False, "灯丝损坏")


def test_whoever_did_not_come_cannot_cancel_any_more(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"no_show_grace_minutes": 30, "no_show_percent": 100})
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(IllegalTransition):
        cancel(uow, made.number, actor=scene.member, now=at("11-24 12:30"))


def test_a_move_frees_the_old_time_and_keeps_the_number(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    longer = between("11-24 13:00", "16:00")
    moved = reschedule(uow, made.number, longer, actor=scene.member, now=clock.now())
    assert (moved.starts_at, moved.ends_at) == (longer.start, longer.end)
    assert moved.quoted_fen == 240_000
    assert held_for(uow.session, made.number) == [longer]
    assert told_of(uow.session, made.number) == ["reservation.confirmed", "reservation.moved"]


def test_a_move_obeys_the_rules(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"notice_minutes": 120})
    made = make_reservation(uow, scene, now=clock.now())
    soon = between("11-23 10:00", "12:00")
    with pytest.raises(ReservationRefused):
        reschedule(uow, made.number, soon, actor=scene.member, now=clock.now())


def test_a_company_gives_no_reason_against_a_rule_when_it_moves(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    later = between("11-25 12:00", "14:00")
    with pytest.raises(Forbidden):
        reschedule(
            uow, made.number, later, actor=scene.member, now=clock.now(), override_reason="着急"
        )
    assert made.state_reason == ""


def test_a_move_does_not_push_others_away(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    make_reservation(uow, scene, TOMORROW, now=clock.now())
    with pytest.raises(SlotTaken) as taken:
        reschedule(uow, made.number, TOMORROW, actor=scene.member, now=clock.now())
    assert taken.value.alternatives


def test_a_move_needs_approval_where_the_booking_did(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=ASKED)
    made = make_reservation(uow, scene, now=clock.now())
    approve(uow, made.number, actor=scene.manager, now=clock.now())
    moved = reschedule(uow, made.number, TOMORROW, actor=scene.member, now=clock.now())
    assert moved.state is State.REQUESTED
    assert moved.decide_by == clock.now() + timedelta(hours=4)


def test_a_late_move_does_not_buy_free_cancellation_back(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"free_cancel_minutes": 120, "late_cancel_percent": 50})
    made = make_reservation(uow, scene, now=clock.now())
    late = at("11-24 11:00")
    reschedule(uow, made.number, TOMORROW, actor=scene.member, now=late)
    assert cancel(uow, made.number, actor=scene.member, now=late).fee_fen == 80_000


def test_a_colleague_reads_but_does_not_act(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = reserve(uow, scene.wish(), actor=scene.admin, now=clock.now())
    with pytest.raises(Forbidden):
        cancel(uow, made.number, actor=scene.member, now=clock.now())
    auditor = make_staff(uow, Role.AUDITOR)
    with pytest.raises(Forbidden):
        cancel(uow, made.number, actor=auditor, now=clock.now())
