"""A use: begun, ended, forgotten, disputed, settled; and nobody coming."""

from datetime import date, timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.rules.opening import DayKind
from booking.kernel.errors import BookingError, Forbidden
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.dispute import dispute, resolve
from booking.reservations.errors import (
    AlreadyConfirmed,
    IllegalTransition,
    RecordMissing,
    TooEarly,
    TooLate,
    UnitInUse,
    UseRecordWrong,
)
from booking.reservations.jobs import (
    close_forgotten,
    confirm_silent,
    mark_no_shows,
)
from booking.reservations.queries.loading import reservation_for_update
from booking.reservations.rules.use_record import Outcome, UseRecord
from booking.reservations.states import State
from tests.factories.instruments import enter_year
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    held_for,
    make_reservation,
    make_scene,
    make_use,
    state_of,
    told_of,
    use_of,
)
from tests.support.clock import FrozenClock

TOMORROW = between("11-25 12:00", "14:00")
ASKED = {"approval": "always", "approval_hours": 4}


# ── using ────────────────────────────────────────────────────────────────────────────────────────


def test_a_use_is_settled_when_both_sides_say_so(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = make_use(uow, scene, now=clock.now())
    confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    assert state_of(uow.session, made.number) is State.COMPLETED
    with pytest.raises(AlreadyConfirmed):
        confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    confirm(uow, made.number, actor=scene.member, now=NOON.end)
    assert state_of(uow.session, made.number) is State.SETTLED
    assert use_of(uow.session, made.number).settled_at == NOON.end
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
    usage = use_of(uow.session, made.number)
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
    usage = use_of(uow.session, made.number)
    assert (usage.ended_at, usage.to_be_completed) == (NOON.end, True)
    with pytest.raises(RecordMissing):
        confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    figures = UseRecord(test_minutes=90)
    confirm(uow, made.number, actor=scene.manager, now=NOON.end, record=figures)
    assert use_of(uow.session, made.number).test_minutes == 90


def test_silence_says_nothing_about_a_record_that_nobody_has_filled_in(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    enter_year(uow, 2026)
    scene = make_scene(uow, policy={"confirm_days": 1})
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    close_forgotten(uow, NOON.end + timedelta(hours=1))
    late = NOON.end + timedelta(days=20)
    assert confirm_silent(uow, late) == 0
    figures = UseRecord(test_minutes=90)
    confirm(uow, made.number, actor=scene.manager, now=late, record=figures)
    assert confirm_silent(uow, late + timedelta(hours=23)) == 0
    assert confirm_silent(uow, late + timedelta(days=1)) == 1


def test_silence_is_a_yes_after_the_agreed_days(uow: UnitOfWork, clock: FrozenClock) -> None:
    enter_year(uow, 2026)
    scene = make_scene(uow, policy={"confirm_days": 3})
    made = make_use(uow, scene, now=clock.now())
    assert confirm_silent(uow, NOON.end + timedelta(days=3, seconds=-1)) == 0
    assert confirm_silent(uow, NOON.end + timedelta(days=3)) == 1
    assert state_of(uow.session, made.number) is State.SETTLED
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
    outcome = Outcome(record=UseRecord(test_minutes=60))
    resolve(uow, made.number, actor=scene.manager, now=later, reason="核对日志", outcome=outcome)
    usage = use_of(uow.session, made.number)
    assert (usage.test_minutes, usage.idle_minutes, usage.host_confirmed_at) == (60, 60, None)
    confirm(uow, made.number, actor=scene.manager, now=later)
    confirm(uow, made.number, actor=scene.member, now=later)
    assert state_of(uow.session, made.number) is State.SETTLED


def test_figures_corrected_by_the_host_are_confirmed_anew_by_the_user(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_use(uow, scene, now=clock.now())
    confirm(uow, made.number, actor=scene.member, now=NOON.end)
    figures = UseRecord(test_minutes=30)
    confirm(uow, made.number, actor=scene.manager, now=NOON.end, record=figures)
    assert state_of(uow.session, made.number) is State.COMPLETED
    assert use_of(uow.session, made.number).user_confirmed_at is None


# ── agreeing ─────────────────────────────────────────────────────────────────────────────────────


def test_days_that_nobody_knows_are_counted_when_the_calendar_is_entered(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"confirm_days": 3})
    made = make_use(uow, scene, now=clock.now())
    assert use_of(uow.session, made.number).confirm_by is None
    assert confirm_silent(uow, NOON.end + timedelta(days=90)) == 0
    # Wednesday is off.
    enter_year(uow, 2026, {date(2026, 11, 25): DayKind.HOLIDAY})
    assert confirm_silent(uow, at("11-30 13:59")) == 0
    assert confirm_silent(uow, at("11-30 14:00")) == 1


@pytest.mark.parametrize(
    ("tolerance", "left", "samples", "state"),
    [
        (15, "11-24 14:00", 2, State.SETTLED),
        (15, "11-24 13:45", 2, State.SETTLED),
        (15, "11-24 13:44", 2, State.COMPLETED),
        (15, "11-24 14:00", 3, State.COMPLETED),
        (0, "11-24 14:00", 0, State.SETTLED),
        (None, "11-24 14:00", 2, State.COMPLETED),
    ],
)
@pytest.mark.parametrize("side", ["manager", "member"])
def test_what_is_as_booked_needs_one_word(
    uow: UnitOfWork,
    clock: FrozenClock,
    *,
    tolerance: int | None,
    left: str,
    samples: int,
    state: State,
    side: str,
) -> None:
    scene = make_scene(uow, policy={"confirm_tolerance_minutes": tolerance})
    made = make_reservation(uow, scene, now=clock.now(), samples=2)
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    check_out(uow, made.number, UseRecord(samples=samples), actor=scene.manager, now=at(left))
    confirm(uow, made.number, actor=getattr(scene, side), now=NOON.end)
    assert state_of(uow.session, made.number) is state
