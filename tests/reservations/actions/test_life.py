"""From promise to settlement, and every way off that road."""

from datetime import timedelta

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import BookingError, Forbidden, NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.dispute import dispute, resolve
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import (
    AlreadyConfirmed,
    IllegalTransition,
    ReasonMissing,
    RecordMissing,
    ReservationRefused,
    TooEarly,
    TooLate,
    UnitInUse,
    UseRecordWrong,
)
from booking.reservations.jobs import (
    close_forgotten,
    confirm_silent,
    expire_requests,
    mark_no_shows,
)
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.loading import reservation_for_update, use_for_update
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.states import State
from tests.factories.accounts import make_lab_person, make_staff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    held_for,
    make_reservation,
    make_scene,
    make_use,
    told_of,
)
from tests.support.clock import FrozenClock

TOMORROW = between("11-25 12:00", "14:00")
ASKED = {"approval": "always", "approval_hours": 4}


def state_of(uow: UnitOfWork, number: str) -> State:
    return reservation_for_update(uow.session, number).reservation.state


def use_of(uow: UnitOfWork, number: str) -> UsageSession:
    return use_for_update(uow.session, reservation_for_update(uow.session, number))


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────


def test_an_approval_promises_the_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=ASKED)
    made = make_reservation(uow, scene, now=clock.now())
    approve(uow, made.number, actor=scene.manager, now=clock.now())
    assert state_of(uow, made.number) is State.CONFIRMED
    assert held_for(uow.session, made.number) == [NOON]
    assert told_of(uow.session, made.number) == ["reservation.requested", "reservation.confirmed"]


def test_a_rejection_says_why_and_frees_the_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=ASKED)
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReasonMissing):
        reject(uow, made.number, actor=scene.manager, now=clock.now())
    reject(uow, made.number, actor=scene.manager, now=clock.now(), reason="样品不合适")
    assert state_of(uow, made.number) is State.REJECTED
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
    assert state_of(uow, made.number) is State.EXPIRED
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
    approve(uow, made.number, actor=scene.manager, now=clock.now())
    moved = reschedule(uow, made.number, NOON, actor=scene.manager, now=clock.now())
    assert moved.state is State.CONFIRMED


def test_a_late_move_does_not_buy_free_cancellation_back(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"free_cancel_minutes": 120, "late_cancel_percent": 50})
    made = make_reservation(uow, scene, now=clock.now())
    late = at("11-24 11:00")
    reschedule(uow, made.number, TOMORROW, actor=scene.member, now=late)
    assert cancel(uow, made.number, actor=scene.member, now=late).fee_fen == 80_000


# ── using ────────────────────────────────────────────────────────────────────────────────────────


def test_a_use_is_settled_when_both_sides_say_so(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = make_use(uow, scene, now=clock.now())
    confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    assert state_of(uow, made.number) is State.COMPLETED
    with pytest.raises(AlreadyConfirmed):
        confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    confirm(uow, made.number, actor=scene.member, now=NOON.end)
    assert state_of(uow, made.number) is State.SETTLED
    assert use_of(uow, made.number).settled_at == NOON.end
    assert held_for(uow.session, made.number) == [NOON]
    assert told_of(uow.session, made.number) == [
        "reservation.confirmed",
        "use.started",
        "use.ended",
        "use.confirmed",
        "use.confirmed",
        "use.settled",
    ]


def test_leaving_early_gives_the_rest_of_the_time_back(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"buffer_before_minutes": 15, "buffer_after_minutes": 15})
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.member, now=NOON.start)
    left = at("11-24 13:00")
    check_out(uow, made.number, UseRecord(test_minutes=50), actor=scene.member, now=left)
    assert held_for(uow.session, made.number) == [between("11-24 11:45", "13:15")]
    usage = use_of(uow, made.number)
    assert (usage.test_minutes, usage.idle_minutes) == (50, 10)


def test_a_record_cannot_exceed_the_presence(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    wrong = UseRecord(test_minutes=121)
    with pytest.raises(UseRecordWrong):
        check_out(uow, made.number, wrong, actor=scene.manager, now=NOON.end)


@pytest.mark.parametrize(("when", "error"), [("11-24 11:29", TooEarly), ("11-24 14:00", TooLate)])
def test_nobody_checks_in_at_the_wrong_time(
    uow: UnitOfWork, clock: FrozenClock, when: str, error: type[BookingError]
) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(error):
        check_in(uow, made.number, actor=scene.manager, now=at(when))


def test_one_use_is_open_on_a_unit(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    first = make_reservation(uow, scene, now=clock.now())
    after = TimeSpan(NOON.end, NOON.end + timedelta(hours=1))
    second = make_reservation(uow, scene, after, now=clock.now())
    check_in(uow, first.number, actor=scene.manager, now=NOON.start)
    with pytest.raises(UnitInUse):
        check_in(uow, second.number, actor=scene.manager, now=NOON.end)


def test_nobody_came(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"no_show_grace_minutes": 30, "no_show_percent": 30})
    made = make_reservation(uow, scene, now=clock.now())
    assert mark_no_shows(uow, at("11-24 12:29")) == 0
    assert mark_no_shows(uow, at("11-24 12:30")) == 1
    missed = reservation_for_update(uow.session, made.number).reservation
    assert (missed.state, missed.fee_fen) == (State.MISSED, 48_000)
    assert held_for(uow.session, made.number) == []
    with pytest.raises(IllegalTransition):
        check_in(uow, made.number, actor=scene.manager, now=at("11-24 12:31"))


def test_a_forgotten_use_ends_with_its_booking_and_asks_for_figures(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    assert close_forgotten(uow, NOON.end + timedelta(minutes=59)) == 0
    assert close_forgotten(uow, NOON.end + timedelta(hours=1)) == 1
    usage = use_of(uow, made.number)
    assert (usage.ended_at, usage.to_be_completed) == (NOON.end, True)
    with pytest.raises(RecordMissing):
        confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    figures = UseRecord(test_minutes=90)
    confirm(uow, made.number, actor=scene.manager, now=NOON.end, record=figures)
    assert use_of(uow, made.number).test_minutes == 90


def test_silence_is_a_yes_after_the_agreed_days(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"confirm_days": 3})
    made = make_use(uow, scene, now=clock.now())
    assert confirm_silent(uow, NOON.end + timedelta(days=3, seconds=-1)) == 0
    assert confirm_silent(uow, NOON.end + timedelta(days=3)) == 1
    assert state_of(uow, made.number) is State.SETTLED
    assert confirm_silent(uow, NOON.end + timedelta(days=9)) == 0


def test_a_dispute_stops_the_clock_until_it_is_resolved(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_use(uow, scene, now=clock.now())
    confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    dispute(uow, made.number, actor=scene.member, now=NOON.end, reason="实际只用了一小时")
    assert confirm_silent(uow, NOON.end + timedelta(days=99)) == 0
    later = NOON.end + timedelta(days=1)
    with pytest.raises(Forbidden):
        resolve(uow, made.number, actor=scene.member, now=later, reason="同意")
    figures = UseRecord(test_minutes=60)
    resolve(uow, made.number, actor=scene.manager, now=later, reason="核对日志", record=figures)
    usage = use_of(uow, made.number)
    assert (usage.test_minutes, usage.idle_minutes, usage.host_confirmed_at) == (60, 60, None)
    confirm(uow, made.number, actor=scene.manager, now=later)
    confirm(uow, made.number, actor=scene.member, now=later)
    assert state_of(uow, made.number) is State.SETTLED


def test_figures_corrected_by_the_host_are_confirmed_anew_by_the_user(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_use(uow, scene, now=clock.now())
    confirm(uow, made.number, actor=scene.member, now=NOON.end)
    figures = UseRecord(test_minutes=30)
    confirm(uow, made.number, actor=scene.manager, now=NOON.end, record=figures)
    assert state_of(uow, made.number) is State.COMPLETED
    assert use_of(uow, made.number).user_confirmed_at is None


def test_a_colleague_reads_but_does_not_act(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = reserve(uow, scene.wish(), actor=scene.admin, now=clock.now())
    with pytest.raises(Forbidden):
        cancel(uow, made.number, actor=scene.member, now=clock.now())
    auditor = make_staff(uow, Role.AUDITOR)
    with pytest.raises(Forbidden):
        cancel(uow, made.number, actor=auditor, now=clock.now())
