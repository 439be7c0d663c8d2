"""Time proposed on another provider's instrument is time that the asker may book there."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Alternative
from booking.organisations.models import Lab
from booking.reservations.actions.reserve import reserve
from booking.reservations.queries.affected import affected_by, proposals
from tests.factories.accounts import make_member
from tests.factories.instruments import make_instrument
from tests.factories.reservations import NOON, Scene, make_scene
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
# To science from outside they give an hour, to their own people and to firms a day.
THEIRS: dict[str, object] = {"per_class": {"academic": {"longest_minutes": 60}}}
HOUR = timedelta(hours=1)


def _home(uow: UnitOfWork, instrument_lab: int) -> int:
    return uow.session.get_one(Lab, instrument_lab).organisation_id


def _elsewhere(found: Sequence[Alternative], instrument_id: int) -> list[timedelta]:
    return [one.span.length for one in found if one.instrument_id == instrument_id]


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    return make_scene(uow)


def test_who_is_at_home_here_is_a_guest_elsewhere(uow: UnitOfWork, scene: Scene) -> None:
    other = make_instrument(uow, policy=THEIRS).key
    mine = make_member(uow, _home(uow, scene.instrument.lab_id))
    reserve(uow, scene.wish(), actor=scene.member, now=MONDAY)
    with pytest.raises(SlotTaken) as refused:
        reserve(uow, scene.wish(), actor=mine, now=MONDAY)
    assert _elsewhere(refused.value.alternatives, other) == [HOUR]
    for one in refused.value.alternatives:
        wish = scene.wish(one.span, instrument_id=one.instrument_id)
        reserve(uow, wish, actor=mine, now=MONDAY)


def test_who_is_a_guest_here_is_at_home_elsewhere(uow: UnitOfWork, scene: Scene) -> None:
    other = make_instrument(uow, policy=THEIRS)
    theirs = make_member(uow, _home(uow, other.lab_id))
    reserve(uow, scene.wish(), actor=scene.member, now=MONDAY)
    with pytest.raises(SlotTaken) as refused:
        reserve(uow, scene.wish(), actor=theirs, now=MONDAY)
    assert _elsewhere(refused.value.alternatives, other.key) == [2 * HOUR]


def test_a_fault_moves_the_own_people_to_others_as_guests(uow: UnitOfWork, scene: Scene) -> None:
    other, here = make_instrument(uow, policy=THEIRS).key, scene.instrument.key
    mine = make_member(uow, _home(uow, scene.instrument.lab_id))
    made = reserve(uow, scene.wish(), actor=mine, now=MONDAY)
    found = proposals(uow.session, here, affected_by(uow.session, here, NOON), now=MONDAY)
    assert _elsewhere(found[made.number], other) == [HOUR]
