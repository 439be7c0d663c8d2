"""Two companies exchange steps of the same two joint bookings, each asking once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_swap import accept_swap
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.reserve_joint import JointMade, reserve_joint
from booking.reservations.errors import SwapImpossible
from booking.reservations.models.joint import JointBooking
from tests.conftest import Write
from tests.factories.accounts import make_member
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_scene
from tests.support.clock import FrozenClock
from tests.support.overtaking import let_go_together

OURS = (between("11-24 09:00", "10:00"), between("11-24 14:00", "15:00"))
THEIRS = (between("11-24 10:00", "11:00"), between("11-24 15:00", "16:00"))


def booked(
    uow: UnitOfWork,
    scene: Scene,
    tools: tuple[int, int],
    spans: tuple[TimeSpan, ...],
    clock: FrozenClock,
) -> JointMade:
    wishes = [scene.wish(span, instrument_id=tool) for tool, span in zip(tools, spans, strict=True)]
    return reserve_joint(uow, wishes, actor=scene.member, now=clock.now())


def test_mirrored_exchanges_over_two_joint_bookings_never_wait_in_a_ring(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    now = clock.now()
    with write() as uow:
        scene = make_scene(uow)
        other = make_member(uow, make_organisation(uow, verified=True).key)
        tools = (scene.instrument.key, make_instrument(uow).key)
        ours, theirs = (
            booked(uow, replace(scene, member=who), tools, spans, clock)
            for who, spans in ((scene.member, OURS), (other, THEIRS))
        )
        first = ask_swap(uow, ours.booked[0].number, THEIRS[0], actor=scene.member, now=now).key
        second = ask_swap(uow, theirs.booked[1].number, OURS[1], actor=other, now=now).key

    def keep_both(uow: UnitOfWork) -> None:
        uow.session.execute(sa.select(JointBooking).with_for_update())

    def accepts(swap: int, who: Actor) -> Callable[[UnitOfWork], str]:
        def deed(uow: UnitOfWork) -> str:
            with pytest.raises(SwapImpossible) as refused:
                accept_swap(uow, swap, actor=who, now=now)
            return refused.value.code

        return deed

    # Each would bring the steps of who asks closer than was booked: refused, never in a ring.
    deeds = [accepts(first, other), accepts(second, scene.member)]
    assert let_go_together(engine, keep_both, deeds) == ["swap.impossible"] * 2
