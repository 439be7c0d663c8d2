"""Joint bookings: several instruments, all or none; moved and cancelled as one; ended by a lab."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.change_joint import cancel_joint, move_joint
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.reserve_joint import JointMade, reserve_joint
from booking.reservations.errors import ConsentMissing, JointBegun, ReservationRefused
from booking.reservations.jobs import expire_requests
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.joint import joint_seen_by
from booking.reservations.rules.joint import JointRefused
from booking.reservations.states import State
from tests.factories.accounts import make_lab_person, make_member
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, held_for, make_reservation, make_scene
from tests.support.clock import FrozenClock

LATER = between("11-24 14:30", "16:30")
WAITS: dict[str, object] = {"approval": "always"}


def second(uow: UnitOfWork, policy: dict[str, object] | None = None) -> int:
    """Another instrument, in a lab of its own."""
    return make_instrument(uow, policy=policy).key


def book(
    uow: UnitOfWork, scene: Scene, other: int, clock: FrozenClock, span: TimeSpan = LATER
) -> JointMade:
    """Two hours on the scene's instrument, then two on the other after half an hour."""
    wishes = [scene.wish(), scene.wish(span, instrument_id=other)]
    return reserve_joint(uow, wishes, actor=scene.member, now=clock.now())


def states(uow: UnitOfWork, made: JointMade) -> list[State]:
    rows = uow.session.execute(
        sa.select(col(Reservation.state))
        .where(col(Reservation.joint_id) == made.joint.key)
        .order_by(col(Reservation.id))
    )
    return list(rows.scalars())


def count(uow: UnitOfWork, table: type) -> int:
    return int(uow.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_every_step_is_an_ordinary_booking(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, second(uow), clock)
    assert [held_for(uow.session, one.number) for one in made.booked] == [[NOON], [LATER]]
    seen = joint_seen_by(uow.session, made.joint.number, scene.member)
    assert [one.span for one in seen.booked] == [NOON, LATER]
    assert seen.total_fen == made.total_fen == 4 * 80_000


def test_several_may_be_used_at_the_same_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    made = book(uow, make_scene(uow), second(uow), clock, NOON)
    assert [held_for(uow.session, one.number) for one in made.booked] == [[NOON], [NOON]]


def test_one_taken_step_refuses_all_and_other_starts_are_proposed(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    other = second(uow)
    make_reservation(uow, scene, LATER, now=clock.now(), instrument_id=other)
    with pytest.raises(SlotTaken) as refused:
        book(uow, scene, other, clock)
    assert [one.span for one in refused.value.conflicts] == [LATER]
    assert (count(uow, JointBooking), count(uow, Reservation)) == (0, 1)
    by = refused.value.alternatives[0].span.start - NOON.start
    first, then = (TimeSpan(one.start + by, one.end + by) for one in (NOON, LATER))
    wishes = [scene.wish(first), scene.wish(then, instrument_id=other)]
    assert reserve_joint(uow, wishes, actor=scene.member, now=clock.now()).booked


def test_broken_rules_are_named_with_their_step(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    with pytest.raises(ReservationRefused) as refused:
        book(uow, scene, second(uow, {"longest_minutes": 60}), clock)
    assert [(one.code, one.params["step"]) for one in refused.value.violations] == [
        ("duration.too_long", 2)
    ]


def test_one_instrument_alone_is_no_joint_booking(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    with pytest.raises(JointRefused):
        reserve_joint(uow, [scene.wish()], actor=scene.member, now=clock.now())


def test_steps_on_one_instrument_count_against_its_quota(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    one = {"per": "person", "measure": "count", "period": "day", "limit": 1}
    scene = make_scene(uow, policy={"quotas": [one]})
    with pytest.raises(ReservationRefused) as refused:
        book(uow, scene, scene.instrument.key, clock)
    assert [broken.code for broken in refused.value.violations] == ["quota.person"]


# ── moved and given back as one ──────────────────────────────────────────────────────────────────


def test_all_steps_move_by_the_same_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, second(uow), clock)
    start = NOON.start + timedelta(days=1)
    move_joint(uow, made.joint.number, start, actor=scene.member, now=clock.now())
    day = timedelta(days=1)
    assert [held_for(uow.session, one.number) for one in made.booked] == [
        [TimeSpan(span.start + day, span.end + day)] for span in (NOON, LATER)
    ]


def test_steps_of_one_instrument_move_into_each_others_time(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    after = between("11-24 14:00", "16:00")
    made = book(uow, scene, scene.instrument.key, clock, after)
    move_joint(uow, made.joint.number, after.start, actor=scene.member, now=clock.now())
    assert held_for(uow.session, made.booked[0].number) == [after]


def test_a_step_that_cannot_move_lets_none_move(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    other = second(uow)
    made = book(uow, scene, other, clock)
    hour = timedelta(hours=2)
    taken = TimeSpan(LATER.end, LATER.end + hour)
    make_reservation(uow, scene, taken, now=clock.now(), instrument_id=other)
    start, number = NOON.start + hour, made.joint.number
    with pytest.raises(SlotTaken), uow.session.begin_nested():
        move_joint(uow, number, start, actor=scene.member, now=clock.now())
    assert [held_for(uow.session, one.number) for one in made.booked] == [[NOON], [LATER]]


def test_giving_back_gives_back_every_step(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, second(uow), clock)
    cancel_joint(uow, made.joint.number, actor=scene.member, now=clock.now())
    assert states(uow, made) == [State.CANCELLED] * 2
    with pytest.raises(JointBegun):
        cancel_joint(uow, made.joint.number, actor=scene.member, now=clock.now())


def test_a_stranger_does_not_find_it(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, second(uow), clock)
    stranger = make_member(uow, make_organisation(uow).key)
    with pytest.raises(NotFound):
        cancel_joint(uow, made.joint.number, actor=stranger, now=clock.now())
    with pytest.raises(NotFound):
        joint_seen_by(uow.session, made.joint.number, stranger)


# ── what a lab takes away ────────────────────────────────────────────────────────────────────────


def test_when_a_lab_refuses_one_step_the_others_end_for_nothing(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=WAITS)
    dear = second(uow, {"late_cancel_percent": 50, "free_cancel_minutes": 9999})
    made = book(uow, scene, dear, clock)
    reject(uow, made.booked[0].number, actor=scene.manager, now=clock.now(), reason="停机")
    assert states(uow, made) == [State.REJECTED, State.CANCELLED]
    assert made.booked[1].fee_fen == 0
    assert held_for(uow.session, made.booked[1].number) == []


def test_when_a_lab_takes_one_step_back_the_others_end_and_when_the_company_does_they_stay(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    other = second(uow)
    by_lab = book(uow, scene, other, clock)
    cancel(uow, by_lab.booked[0].number, actor=scene.manager, now=clock.now(), reason="停机")
    assert states(uow, by_lab) == [State.CANCELLED] * 2
    by_company = book(uow, scene, other, clock)
    cancel(uow, by_company.booked[0].number, actor=scene.member, now=clock.now())
    assert states(uow, by_company) == [State.CANCELLED, State.CONFIRMED]


@pytest.mark.parametrize("theirs_first", [True, False])
def test_a_lab_takes_back_what_it_hosts_of_it_and_the_others_end_for_nothing(
    uow: UnitOfWork, clock: FrozenClock, *, theirs_first: bool
) -> None:
    scene = make_scene(uow)
    other = make_instrument(uow, policy={"late_cancel_percent": 50, "free_cancel_minutes": 9999})
    made = book(uow, scene, other.key, clock)
    lab = make_lab_person(uow, other.lab_id) if theirs_first else scene.manager
    cancel_joint(uow, made.joint.number, actor=lab, now=clock.now(), reason="停机")
    assert states(uow, made) == [State.CANCELLED] * 2
    assert [one.fee_fen for one in made.booked] == [0, 0]


def test_a_lab_moves_no_steps_of_a_company(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, second(uow), clock)
    start, number = NOON.start + timedelta(days=1), made.joint.number
    with pytest.raises(Forbidden):
        move_joint(uow, number, start, actor=scene.manager, now=clock.now())
    cancel_joint(uow, number, actor=scene.member, now=clock.now())
    within = book(uow, scene, scene.instrument.key, clock)
    with pytest.raises(ConsentMissing):
        move_joint(uow, within.joint.number, start, actor=scene.manager, now=clock.now())


def test_each_lab_decides_its_own_step_and_silence_ends_all(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=WAITS)
    other = make_instrument(uow, policy=WAITS)
    made = book(uow, scene, other.key, clock)
    keeper = make_lab_person(uow, other.lab_id)
    approve(uow, made.booked[1].number, actor=keeper, now=clock.now())
    assert states(uow, made) == [State.REQUESTED, State.CONFIRMED]
    expire_requests(uow, NOON.start)
    assert states(uow, made) == [State.EXPIRED, State.CANCELLED]


def test_the_job_ends_what_a_refusal_left(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=WAITS)
    made = book(uow, scene, second(uow), clock)
    # As if somebody had held the other step's row while the lab refused this one.
    bare = UnitOfWork(uow.session, {})
    reject(bare, made.booked[0].number, actor=scene.manager, now=clock.now(), reason="停机")
    assert states(uow, made) == [State.REJECTED, State.CONFIRMED]
    assert expire_requests(uow, clock.now()) == 1
    assert states(uow, made) == [State.REJECTED, State.CANCELLED]
