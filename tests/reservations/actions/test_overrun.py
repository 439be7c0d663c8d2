"""Before and after the booked time: starting early, ending by itself, running over."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from booking.audit.models import AuditEntry
from booking.billing.models import Charge
from booking.checking import money, time
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.timespan import TimeSpan
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.errors import ReservationRefused, UnitInUse
from booking.reservations.jobs import close_forgotten, mark_no_shows, note_overruns
from booking.reservations.queries.loading import reservation_for_update
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.states import State
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    Scene,
    held_for,
    make_reservation,
    make_scene,
    state_of,
    told_of,
    use_of,
)
from tests.support.clock import FrozenClock

AFTERNOON = between("11-24 14:00", "16:00")
BUFFERS: dict[str, object] = {"buffer_before_minutes": 10, "buffer_after_minutes": 10}


def begun(uow: UnitOfWork, scene: Scene, clock: FrozenClock) -> str:
    """The number of a booking from noon to two that is in use."""
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.member, now=NOON.start)
    return made.number


def letters(session: Session, fact: str) -> int:
    counted = sa.select(sa.func.count()).where(col(OutboxMessage.fact) == fact)
    found: int = session.execute(counted).scalar_one()
    return found


def charged(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(sa.select(col(Charge.number), col(Charge.amount_fen)))
    return [(number[:2], amount) for number, amount in rows]


def assert_proven(session: Session) -> None:
    for proof in (*time.PROOFS, *money.PROOFS):
        assert list(proof.find(session)) == [], proof


# ── before ───────────────────────────────────────────────────────────────────────────────────────


def test_starting_early_takes_the_time_before(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.member, now=at("11-24 11:40"))
    assert held_for(uow.session, made.number) == [between("11-24 11:40", "14:00")]
    assert (made.starts_at, made.quoted_fen) == (NOON.start, 160_000)


def test_starting_within_what_the_booking_keeps_free_takes_nothing_more(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=BUFFERS)
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.member, now=at("11-24 11:52"))
    assert held_for(uow.session, made.number) == [between("11-24 11:50", "14:10")]


def test_nobody_starts_early_into_what_another_keeps_free(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=BUFFERS)
    make_reservation(uow, scene, between("11-24 10:00", "11:30"), now=clock.now())
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(SlotTaken):
        check_in(uow, made.number, actor=scene.member, now=at("11-24 11:39"))


def test_nobody_starts_before_the_instrument_opens(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, week={2: [("12:00", "18:00")]})
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        check_in(uow, made.number, actor=scene.member, now=at("11-24 11:45"))
    assert [one.code for one in refused.value.violations] == ["opening.closed"]


# ── after ────────────────────────────────────────────────────────────────────────────────────────


def test_where_the_lab_wants_it_a_use_ends_with_its_booking(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"ends_itself": True})
    number = begun(uow, scene, clock)
    assert note_overruns(uow, NOON.end - timedelta(seconds=1)) == 0
    assert note_overruns(uow, NOON.end + timedelta(hours=6)) == 1
    usage = use_of(uow.session, number)
    assert (usage.ended_at, usage.test_minutes, usage.to_be_completed) == (NOON.end, 120, False)
    assert note_overruns(uow, NOON.end + timedelta(hours=6)) == 0


def test_the_time_of_a_use_that_runs_over_stays_held(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=BUFFERS)
    number = begun(uow, scene, clock)
    note_overruns(uow, NOON.end)
    assert held_for(uow.session, number) == [between("11-24 11:50", "14:25")]
    note_overruns(uow, at("11-24 14:05"))
    assert held_for(uow.session, number) == [between("11-24 11:50", "14:25")]
    note_overruns(uow, at("11-24 14:15"))
    assert held_for(uow.session, number) == [between("11-24 11:50", "14:40")]
    check_out(uow, number, None, actor=scene.member, now=at("11-24 14:16"))
    assert held_for(uow.session, number) == [between("11-24 11:50", "14:26")]
    assert_proven(uow.session)


def test_it_is_held_no_further_than_to_the_next_booking(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=BUFFERS)
    number = begun(uow, scene, clock)
    soon = make_reservation(uow, scene, between("11-24 14:30", "15:30"), now=clock.now())
    note_overruns(uow, at("11-24 14:10"))
    assert held_for(uow.session, number) == [between("11-24 11:50", "14:20")]
    assert held_for(uow.session, soon.number) == [between("11-24 14:20", "15:40")]
    assert letters(uow.session, "hindered") == 0


def test_whoever_comes_next_is_warned_once(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = begun(uow, scene, clock)
    soon = make_reservation(uow, scene, AFTERNOON, now=clock.now())
    for minute in (0, 1, 2):
        note_overruns(uow, NOON.end + timedelta(minutes=minute))
    assert letters(uow.session, "hindered") == 1
    assert told_of(uow.session, soon.number) == ["reservation.confirmed", "reservation.hindered"]
    assert use_of(uow.session, number).hindered_id == soon.key


def test_who_is_kept_out_has_not_missed_it(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"no_show_grace_minutes": 30, "no_show_percent": 30})
    number = begun(uow, scene, clock)
    soon = make_reservation(uow, scene, AFTERNOON, now=clock.now())
    note_overruns(uow, NOON.end)
    with pytest.raises(UnitInUse), uow.session.begin_nested():
        check_in(uow, soon.number, actor=scene.member, now=at("11-24 14:05"))
    assert mark_no_shows(uow, at("11-24 14:35")) == 0
    check_out(uow, number, None, actor=scene.member, now=at("11-24 14:40"))
    assert mark_no_shows(uow, at("11-24 15:09")) == 0
    assert mark_no_shows(uow, at("11-24 15:10")) == 1


@pytest.mark.parametrize(("when", "fee_fen"), [("11-24 13:50", 80_000), ("11-24 14:45", 0)])
def test_who_finds_the_instrument_occupied_cancels_for_nothing(
    uow: UnitOfWork, clock: FrozenClock, when: str, fee_fen: int
) -> None:
    scene = make_scene(uow, policy={"late_cancel_percent": 50})
    begun(uow, scene, clock)
    soon = make_reservation(uow, scene, AFTERNOON, now=clock.now())
    note_overruns(uow, at(when))
    cancel(uow, soon.number, actor=scene.member, now=at(when))
    gone = reservation_for_update(uow.session, soon.number).reservation
    assert (gone.state, gone.fee_fen) == (State.CANCELLED, fee_fen)


def test_who_was_kept_out_until_just_now_goes_for_nothing_too(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"late_cancel_percent": 50, "no_show_grace_minutes": 30})
    number = begun(uow, scene, clock)
    soon = make_reservation(uow, scene, AFTERNOON, now=clock.now())
    check_out(uow, number, None, actor=scene.member, now=at("11-24 14:40"))
    cancel(uow, soon.number, actor=scene.member, now=at("11-24 15:09"))
    assert reservation_for_update(uow.session, soon.number).reservation.fee_fen == 0


@pytest.mark.parametrize(
    ("left", "minutes", "fee_fen"),
    [
        ("11-24 14:00", 0, 0),
        ("11-24 14:10", 0, 0),
        # From the booked end, rounded up like any time: a quarter, a half hour, at one and a half.
        ("11-24 14:11", 11, 30_000),
        ("11-24 14:30", 30, 60_000),
    ],
)
def test_running_over_costs_what_the_tariff_asks_for_longer_times_the_share(
    uow: UnitOfWork, clock: FrozenClock, left: str, minutes: int, fee_fen: int
) -> None:
    scene = make_scene(uow, policy={"overrun_grace_minutes": 10, "overrun_percent": 150})
    number = begun(uow, scene, clock)
    note_overruns(uow, NOON.end)
    check_out(uow, number, None, actor=scene.member, now=at(left))
    usage = use_of(uow.session, number)
    assert (usage.overrun_minutes, usage.overrun_fen) == (minutes, fee_fen)
    assert charged(uow.session) == ([("O-", fee_fen)] if fee_fen else [])
    overran = [name for name in told_of(uow.session, number) if name == "reservation.overran"]
    assert len(overran) == (1 if minutes else 0)
    assert_proven(uow.session)


def test_after_an_outage_of_hours_a_use_was_forgotten_and_ran_over_for_nobody(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"overrun_percent": 150})
    number = begun(uow, scene, clock)
    late = NOON.end + timedelta(hours=6)
    assert (note_overruns(uow, late), close_forgotten(uow, late)) == (0, 1)
    assert (note_overruns(uow, late), close_forgotten(uow, late)) == (0, 0)
    assert state_of(uow.session, number) is State.COMPLETED
    assert charged(uow.session) == []


def test_what_was_held_for_a_forgotten_use_is_given_back(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = begun(uow, scene, clock)
    note_overruns(uow, at("11-24 14:40"))
    assert held_for(uow.session, number) == [between("11-24 12:00", "14:55")]
    close_forgotten(uow, at("11-24 15:00"))
    assert held_for(uow.session, number) == [NOON]


def test_parts_and_operators_are_not_forgotten_when_time_is_taken_again(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, units=2)
    number = begun(uow, scene, clock)
    other = make_reservation(uow, scene, AFTERNOON, now=clock.now())
    note_overruns(uow, NOON.end)
    assert held_for(uow.session, other.number) == [AFTERNOON]
    check_out(uow, number, UseRecord(test_minutes=120), actor=scene.member, now=at("11-24 14:05"))
    assert_proven(uow.session)


def recorded(session: Session, name: str, moment: datetime) -> int:
    counted = sa.select(sa.func.count()).where(
        col(AuditEntry.name) == name, col(AuditEntry.at) == moment
    )
    found: int = session.execute(counted).scalar_one()
    return found


def test_leaving_early_after_starting_early_gives_the_rest_back(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.member, now=at("11-24 11:40"))
    check_out(uow, made.number, None, actor=scene.member, now=at("11-24 11:50"))
    assert held_for(uow.session, made.number) == [TimeSpan(at("11-24 11:40"), at("11-24 11:50"))]
    assert recorded(uow.session, "use.ended", at("11-24 11:50")) == 1
