"""A lab proposes another time to a company; it does not take one."""

from datetime import timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.reschedule import reschedule, resize
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ConsentMissing, ReasonMissing
from booking.reservations.states import State
from tests.factories.accounts import make_member
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    held_for,
    make_entrusted,
    make_reservation,
    make_scene,
    state_of,
)
from tests.support.clock import FrozenClock

LONGER = between("11-24 12:00", "15:00")
SHORTER = between("11-24 12:00", "13:00")
NEXT_DAY = TimeSpan(NOON.start + timedelta(days=1), NOON.end + timedelta(days=1))
PEAK = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "18:00", "to": "22:00", "factor": "1.5"}


@pytest.mark.parametrize("policy", [{}, {"approval": "always"}])
@pytest.mark.parametrize("to", [NEXT_DAY, LONGER, between("11-24 12:30", "13:30")])
def test_a_lab_neither_moves_nor_lengthens_what_a_company_booked(
    uow: UnitOfWork, clock: FrozenClock, policy: dict[str, object], to: TimeSpan
) -> None:
    scene = make_scene(uow, policy=policy)
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ConsentMissing):
        reschedule(
            uow, made.number, to, actor=scene.manager, now=clock.now(), override_reason="检修"
        )
    assert held_for(uow.session, made.number) == [NOON]


def test_a_lab_still_gives_less_of_it(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=clock.now())
    resize(uow, made.number, SHORTER.end, actor=scene.manager, now=clock.now())
    assert held_for(uow.session, made.number) == [SHORTER]


def test_while_somebody_works_the_lab_gives_more_time_for_a_reason(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    check_in(uow, number, actor=scene.member, now=NOON.start)
    during, end = at("11-24 12:30"), LONGER.end
    with pytest.raises(ReasonMissing):
        resize(uow, number, end, actor=scene.manager, now=during)
    resize(uow, number, end, actor=scene.manager, now=during, override_reason="样品未测完")
    assert (state_of(uow.session, number), held_for(uow.session, number)) == (
        State.IN_USE,
        [LONGER],
    )


def test_a_lab_moves_what_its_own_organisation_booked(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    lab = uow.session.get_one(Lab, scene.instrument.lab_id)
    insider = make_member(uow, lab.organisation_id)
    made = reserve(uow, scene.wish(), actor=insider, now=clock.now())
    reschedule(uow, made.number, NEXT_DAY, actor=scene.manager, now=clock.now())
    assert held_for(uow.session, made.number) == [NEXT_DAY]


def test_a_lab_moves_entrusted_work_that_it_scheduled_itself(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    made = make_entrusted(uow, scene, now=clock.now())
    reschedule(uow, made.number, NEXT_DAY, actor=scene.manager, now=clock.now())
    assert held_for(uow.session, made.number) == [NEXT_DAY]
    with pytest.raises(ConsentMissing):
        reschedule(uow, made.number, LONGER, actor=scene.manager, now=clock.now())


def test_a_lab_does_not_move_its_work_to_dearer_hours(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, tariff={"peak": [PEAK]})
    made = make_entrusted(uow, scene, now=clock.now())
    evening = between("11-24 18:00", "20:00")
    with pytest.raises(ConsentMissing):
        reschedule(uow, made.number, evening, actor=scene.manager, now=clock.now())
