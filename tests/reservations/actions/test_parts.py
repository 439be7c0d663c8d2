"""A whole and its parts: whoever has the one has not the other, whichever way it was asked."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.actions.register import CardChanges, edit
from booking.instruments.errors import ClosureInTheWay, PartsContradict, PartsHeld, SlotTaken
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.free import availability
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, earliest_slots
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from tests.factories.faults import shut_broken
from tests.factories.instruments import make_instrument
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_scene
from tests.support.clock import FrozenClock

LATER = between("11-24 16:00", "18:00")
BOTH = TimeSpan(NOON.start, LATER.end)


def make_beamline(uow: UnitOfWork, **policy: object) -> tuple[Scene, Scene, Scene]:
    """A beamline, its station of two places, and the station's detector."""
    whole = make_scene(uow, policy=policy)
    lab = whole.instrument.lab_id
    station = make_instrument(uow, lab_id=lab, units=2, part_of_id=whole.instrument.key)
    detector = make_instrument(uow, lab_id=lab, part_of_id=station.key)
    return whole, replace(whole, instrument=station), replace(whole, instrument=detector)


def taken(uow: UnitOfWork, scene: Scene, clock: FrozenClock, span: TimeSpan = NOON) -> str:
    return reserve(uow, scene.wish(span), actor=scene.member, now=clock.now()).number


def test_whoever_books_the_whole_has_all_parts(uow: UnitOfWork, clock: FrozenClock) -> None:
    whole, station, detector = make_beamline(uow)
    number = taken(uow, whole, clock)
    for part in (station, detector):
        with pytest.raises(SlotTaken) as refused:
            taken(uow, part, clock)
        assert {conflict.span for conflict in refused.value.conflicts} == {NOON}
    taken(uow, detector, clock, LATER)
    cancel(uow, number, actor=whole.member, now=clock.now())
    taken(uow, station, clock)


@pytest.mark.parametrize("nth", [1, 2])
def test_a_booked_part_refuses_the_whole_and_nothing_stays_held(
    uow: UnitOfWork, clock: FrozenClock, nth: int
) -> None:
    family = make_beamline(uow)
    taken(uow, family[nth], clock)
    with pytest.raises(SlotTaken) as refused:
        taken(uow, family[0], clock)
    assert [conflict.span for conflict in refused.value.conflicts] == [NOON]
    offered = [one.span for one in refused.value.alternatives]
    assert offered
    assert not any(span.overlaps(NOON) for span in offered)
    taken(uow, family[0], clock, LATER)


def test_a_part_leaves_its_siblings_alone(uow: UnitOfWork, clock: FrozenClock) -> None:
    whole, station, detector = make_beamline(uow)
    sibling = make_instrument(uow, lab_id=whole.instrument.lab_id, part_of_id=whole.instrument.key)
    taken(uow, replace(whole, instrument=sibling), clock)
    taken(uow, detector, clock)
    with pytest.raises(SlotTaken):
        taken(uow, station, clock)


def test_a_moved_whole_takes_its_parts_along(uow: UnitOfWork, clock: FrozenClock) -> None:
    whole, station, _ = make_beamline(uow)
    number = taken(uow, whole, clock)
    reschedule(uow, number, LATER, actor=whole.member, now=clock.now())
    taken(uow, station, clock)
    with pytest.raises(SlotTaken):
        taken(uow, station, clock, LATER)


@pytest.mark.parametrize("nth", [0, 1, 2])
def test_free_time_of_a_whole_is_what_all_parts_leave(
    uow: UnitOfWork, clock: FrozenClock, nth: int
) -> None:
    family = make_beamline(uow, buffer_before_minutes=0)
    taken(uow, family[nth], clock)
    whole = family[0].instrument.key
    pieces = availability(uow.session, whole, BOTH).pieces
    assert [piece.span for piece in pieces] == [TimeSpan(NOON.end, LATER.end)]
    wish = SlotWish(timedelta(hours=1), BOTH, clock.now())
    (slot,) = earliest_slots(uow.session, [whole], wish, limit=5)
    assert slot.span.start == NOON.end


def test_maintenance_of_a_whole_closes_its_parts(uow: UnitOfWork, clock: FrozenClock) -> None:
    whole, station, detector = make_beamline(uow)
    closing = Closing(NOON, ClosureKind.MAINTENANCE)
    close(uow, whole.instrument.key, closing, actor=whole.manager, now=clock.now())
    for part in (station, detector):
        with pytest.raises(SlotTaken) as refused:
            taken(uow, part, clock)
        assert {conflict.kind for conflict in refused.value.conflicts} == {"maintenance"}


def test_maintenance_of_a_whole_waits_for_its_parts(uow: UnitOfWork, clock: FrozenClock) -> None:
    whole, _, detector = make_beamline(uow)
    taken(uow, detector, clock)
    closing = Closing(NOON, ClosureKind.MAINTENANCE)
    with pytest.raises(ClosureInTheWay):
        close(uow, whole.instrument.key, closing, actor=whole.manager, now=clock.now())


@pytest.mark.parametrize(("broken", "asked"), [(0, 2), (2, 0), (1, 0), (1, 2)])
def test_a_fault_closes_the_whole_family_until_it_is_lifted(
    uow: UnitOfWork, clock: FrozenClock, broken: int, asked: int
) -> None:
    family, memory = make_beamline(uow), Memory()
    mine, wish = family[asked], SlotWish(timedelta(hours=1), BOTH, clock.now())

    def earliest() -> object:
        found = earliest_slots(uow.session, [mine.instrument.key], wish, limit=1, memory=memory)
        return found[0].span.start

    assert earliest() == NOON.start
    closed = shut_broken(
        uow,
        family[broken].instrument.key,
        NOON,
        actor=mine.manager,
        now=clock.now(),
    )
    assert earliest() == NOON.end
    with pytest.raises(ReservationRefused) as refused:
        taken(uow, mine, clock)
    assert "opening.closed" in {violation.code for violation in refused.value.violations}
    lift(uow, closed.closure.key, actor=mine.manager, now=clock.now())
    assert earliest() == NOON.start
    taken(uow, mine, clock)


def test_a_fault_of_a_whole_names_each_booking_once(uow: UnitOfWork, clock: FrozenClock) -> None:
    whole, _, _ = make_beamline(uow)
    number = taken(uow, whole, clock)
    closed = shut_broken(
        uow,
        whole.instrument.key,
        BOTH,
        actor=whole.manager,
        now=clock.now(),
    )
    assert [hold.reservation_number for hold in closed.affected] == [number]


def put(uow: UnitOfWork, scene: Scene, whole: Instrument | None, clock: FrozenClock) -> None:
    changes = CardChanges(values={"part_of_id": whole.key if whole else None})
    edit(uow, scene.instrument.key, changes, actor=scene.manager, now=clock.now())


def test_parts_go_in_no_circle_and_to_no_other_lab(uow: UnitOfWork, clock: FrozenClock) -> None:
    whole, station, detector = make_beamline(uow)
    lone = replace(whole, instrument=make_instrument(uow, lab_id=whole.instrument.lab_id))
    for scene, under in ((whole, detector), (whole, whole), (lone, detector)):
        with pytest.raises(PartsContradict):
            put(uow, scene, under.instrument, clock)
    with pytest.raises(NotFound):
        put(uow, lone, make_instrument(uow), clock)
    put(uow, lone, station.instrument, clock)
    assert lone.instrument.part_of_id == station.instrument.key


@pytest.mark.parametrize("held", [0, 1])
def test_what_is_held_ahead_keeps_parts_as_they_are(
    uow: UnitOfWork, clock: FrozenClock, held: int
) -> None:
    whole, station, _ = make_beamline(uow)
    lone = make_instrument(uow, lab_id=whole.instrument.lab_id)
    number = taken(uow, (whole, station)[held], clock)
    with pytest.raises(PartsHeld):
        put(uow, station, None, clock)
    with pytest.raises(PartsHeld):
        put(uow, station, lone, clock)
    cancel(uow, number, actor=whole.member, now=clock.now())
    put(uow, station, None, clock)


def test_a_part_gets_no_place_that_its_held_whole_would_miss(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    whole, station, _ = make_beamline(uow)
    taken(uow, whole, clock)
    more = CardChanges(units=3)
    with pytest.raises(PartsHeld):
        edit(uow, station.instrument.key, more, actor=whole.manager, now=clock.now())


def test_a_search_that_remembers_learns_of_new_parts(uow: UnitOfWork, clock: FrozenClock) -> None:
    whole, _, _ = make_beamline(uow)
    lone = replace(whole, instrument=make_instrument(uow, lab_id=whole.instrument.lab_id))
    memory, wish = Memory(), SlotWish(timedelta(hours=1), BOTH, clock.now())

    def starts() -> list[object]:
        found = earliest_slots(uow.session, [whole.instrument.key], wish, limit=1, memory=memory)
        return [slot.span.start for slot in found]

    assert starts() == [NOON.start]
    put(uow, lone, whole.instrument, clock)
    taken(uow, lone, clock)
    assert starts() == [NOON.end]


@pytest.mark.parametrize("nth", [0, 1, 2])
def test_the_database_refuses_a_circle_too(uow: UnitOfWork, nth: int) -> None:
    family = make_beamline(uow)
    statement = sa.text("UPDATE instrument SET part_of_id = :whole WHERE id = :part")
    asked = {"part": family[0].instrument.key, "whole": family[nth].instrument.key}
    with pytest.raises(DatabaseError, match="no_circle_of_parts"):
        uow.session.execute(statement, asked)
