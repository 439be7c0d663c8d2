"""Time proposed on the other side of a change of policy is time that may be booked there."""

from datetime import timedelta
from itertools import combinations

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Alternative
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import reserve
from booking.reservations.queries.affected import affected_by, proposals
from booking.reservations.queries.alternatives import AT_MOST
from tests.factories.instruments import add_policy
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
HOUR = timedelta(hours=1)


def changing(uow: UnitOfWork, since: str, **policy: object) -> Scene:
    """From some hour of Tuesday on another policy holds."""
    scene = make_scene(uow)
    told = {"follows_statutory_calendar": False, **policy}
    add_policy(uow, scene.instrument.key, valid_from=moment(f"2026-11-24T{since}"), **told)
    return scene


def proposed(uow: UnitOfWork, scene: Scene, span: TimeSpan = NOON) -> tuple[Alternative, ...]:
    """What is proposed to whoever asks for time that is taken; each of it can be booked."""
    with pytest.raises(SlotTaken) as refused:
        reserve(uow, scene.wish(span), actor=scene.member, now=MONDAY)
    for one in refused.value.alternatives:
        with uow.session.begin_nested() as tried:
            reserve(uow, scene.wish(one.span), actor=scene.member, now=MONDAY)
            tried.rollback()
    return refused.value.alternatives


def test_what_begins_after_a_change_has_the_length_that_is_allowed_then(uow: UnitOfWork) -> None:
    scene = changing(uow, "14:00", grid_minutes=60, longest_minutes=60)
    make_reservation(uow, scene, now=MONDAY)
    spans = [one.span for one in proposed(uow, scene, between("11-24 13:00", "15:00"))]
    assert spans == [between("11-24 14:00", "15:00"), between("11-24 10:00", "12:00")]


def test_what_begins_before_a_change_may_last_beyond_it(uow: UnitOfWork) -> None:
    scene = changing(uow, "15:00", grid_minutes=60, longest_minutes=60)
    make_reservation(uow, scene, now=MONDAY)
    spans = [one.span for one in proposed(uow, scene, between("11-24 13:00", "15:00"))]
    assert spans[0] == between("11-24 14:00", "16:00")
    assert not any(one.overlaps(other) for one, other in combinations(spans, 2))
    assert len(spans) <= AT_MOST


def test_what_begins_after_a_change_keeps_the_distance_that_holds_then(uow: UnitOfWork) -> None:
    scene = changing(uow, "14:00", buffer_before_minutes=60)
    make_reservation(uow, scene, now=MONDAY)
    starts = [one.span.start for one in proposed(uow, scene)]
    assert moment("2026-11-24T15:00") in starts


def test_whom_a_fault_hits_is_moved_by_the_policy_of_the_new_time(uow: UnitOfWork) -> None:
    scene = changing(uow, "12:00", longest_minutes=60)
    early = between("11-24 10:00", "12:00")
    made = make_reservation(uow, scene, early, now=MONDAY)
    here = scene.instrument.key
    hit = affected_by(uow.session, here, early)
    found = proposals(uow.session, here, hit, now=MONDAY)[made.number]
    late = {one.span.length for one in found if one.span.start >= moment("2026-11-24T12:00")}
    assert late == {HOUR}
