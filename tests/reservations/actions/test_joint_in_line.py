"""A joint booking that moves waits for all that its steps hold at once, lowest id first."""

from datetime import timedelta

from sqlalchemy.engine import Engine

from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.holds import queue_for_units
from booking.instruments.models.unit import UnitKind
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.change_joint import move_joint
from booking.reservations.actions.reserve_joint import reserve_joint
from tests.conftest import Write
from tests.factories.instruments import make_instrument
from tests.factories.reservations import NOON, make_scene
from tests.reservations.actions.test_operators import offered
from tests.support.clock import FrozenClock
from tests.support.overtaking import overtaken

AFTER = TimeSpan(NOON.end, NOON.end + timedelta(hours=1))


def test_whoever_has_its_accessory_and_wants_its_place_never_waits_in_a_ring(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    now, later = clock.now(), NOON.start + timedelta(days=1)
    with write() as uow:
        scene = make_scene(uow)
        lab_id, actor = scene.instrument.lab_id, scene.manager
        stage = offered(uow, scene, clock=clock, kind=UnitKind.ACCESSORY)
        # Its place comes after the accessory in the order of waiting.
        tool = make_instrument(uow, lab_id=lab_id).key
        here = Helper(kind=UnitKind.ACCESSORY, label="示例加热台", instrument_ids=[tool])
        keep_helper(uow, lab_id, here, unit_id=stage, actor=actor, now=now)
        steps = [
            scene.wish(NOON, instrument_id=tool, helper_ids=(stage,)),
            scene.wish(AFTER, instrument_id=tool),
        ]
        made = reserve_joint(uow, steps, actor=scene.member, now=now)
        number, place = made.joint.number, made.booked[0].unit_id
    assert stage < place
    moved = overtaken(
        engine,
        lambda uow: queue_for_units(uow, [stage]),
        lambda uow: move_joint(uow, number, later, actor=scene.member, now=now),
        then=lambda uow: queue_for_units(uow, [stage, place]),
    )
    assert moved[0].span.start == later
