"""A step of a joint booking that moves alone does not overtake the others."""

import pytest

from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.change_joint import move_joint
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.actions.reschedule import reschedule, resize
from booking.reservations.actions.reserve_joint import JointMade, reserve_joint
from booking.reservations.errors import JointOrderBroken
from tests.factories.instruments import make_instrument
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, held_for, make_scene
from tests.support.clock import FrozenClock

# Half an hour after NOON.
THEN = between("11-24 14:30", "16:30")


def book(uow: UnitOfWork, scene: Scene, clock: FrozenClock, *spans: TimeSpan) -> JointMade:
    """NOON on the scene's instrument, the rest on another each."""
    wishes = [scene.wish(NOON)]
    wishes += [scene.wish(span, instrument_id=make_instrument(uow).key) for span in spans]
    return reserve_joint(uow, wishes, actor=scene.member, now=clock.now())


@pytest.mark.parametrize(
    ("step", "to", "allowed"),
    [
        (1, between("11-24 08:00", "10:00"), False),
        (1, between("11-24 13:00", "15:00"), False),
        # Closer than the half hour that was booked.
        (1, between("11-24 14:00", "16:00"), False),
        (1, between("11-24 18:00", "20:00"), True),
        (0, between("11-24 17:00", "19:00"), False),
        (0, between("11-24 12:30", "14:30"), False),
        (0, between("11-24 08:00", "10:00"), True),
    ],
)
def test_a_step_keeps_its_place_after_and_before_another(
    uow: UnitOfWork, clock: FrozenClock, step: int, to: TimeSpan, *, allowed: bool
) -> None:
    scene = make_scene(uow)
    number = book(uow, scene, clock, THEN).booked[step].number
    if not allowed:
        with pytest.raises(JointOrderBroken):
            reschedule(uow, number, to, actor=scene.member, now=clock.now())
        return
    reschedule(uow, number, to, actor=scene.member, now=clock.now())
    assert held_for(uow.session, number) == [to]


def test_what_was_moved_away_may_come_back_to_its_pause(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = book(uow, scene, clock, THEN).booked[1].number
    for to in (between("11-24 18:00", "20:00"), THEN):
        reschedule(uow, number, to, actor=scene.member, now=clock.now())
    assert held_for(uow.session, number) == [THEN]


def test_instruments_that_are_needed_at_once_stay_together(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = book(uow, scene, clock, NOON).booked[1].number
    with pytest.raises(JointOrderBroken):
        reschedule(uow, number, THEN, actor=scene.member, now=clock.now())


def test_a_step_does_not_last_into_the_next(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = book(uow, scene, clock, THEN).booked[0].number
    with pytest.raises(JointOrderBroken):
        resize(uow, number, THEN.start, actor=scene.member, now=clock.now())


def test_a_lab_proposes_no_time_that_breaks_the_order(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = book(uow, scene, clock, THEN).booked[0].number
    wanted = Proposed(span=between("11-24 17:00", "19:00"), reason="检修")
    with pytest.raises(JointOrderBroken):
        propose_time(uow, number, wanted, actor=scene.manager, now=clock.now())


def test_all_steps_move_together_over_each_others_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, clock, THEN)
    move_joint(uow, made.joint.number, THEN.start, actor=scene.member, now=clock.now())
    assert [held_for(uow.session, one.number) for one in made.booked] == [
        [between("11-24 14:30", "16:30")],
        [between("11-24 17:00", "19:00")],
    ]
