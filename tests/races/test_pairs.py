"""Each way of taking time against each other, for the same time of the same instrument.

The import of a sheet is not among them: it writes no bookings, closures or holds (see `ways`).
"""

from collections.abc import Iterator
from functools import partial
from itertools import combinations_with_replacement, product

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from booking.checking.time import PROOFS
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.instruments.models.hold import SlotHold
from booking.instruments.models.unit import Unit
from booking.kernel.errors import BookingError
from booking.web.retrying import is_passing
from booking.wiring import REACTIONS
from tests.factories.accounts import bearer
from tests.factories.reservations import Scene, make_scene
from tests.races.arena import Arena, Write
from tests.races.conftest import Court
from tests.races.ways import (
    API,
    DONE,
    NOW,
    POLICY,
    SPAN,
    WAYS,
    Deed,
    Way,
    asked,
    made_ready,
    tried,
)
from tests.support.crowd import all_at_once
from tests.support.overtaking import overtaken

pytestmark = [pytest.mark.race, pytest.mark.slow]

PAIRS = list(combinations_with_replacement((API, *WAYS), 2))
IN_TURN = list(product(WAYS, WAYS))


def named(ways: tuple[Way, Way]) -> str:
    return f"{ways[0].name}-{ways[1].name}"


def places_for(one: Way, other: Way) -> int:
    """Who both hold something before the race cannot hold it on one place."""
    return 2 if one.has and one.has == other.has else 1


def assert_won(ways: tuple[Way, Way], said: list[str]) -> None:
    """Whoever holds the time has it; else one of the two; a fault asks nobody."""
    one, other = ways
    won = [code == DONE for code in said]
    names = [way.name for way in ways]
    if names.count("fault") == 1:
        assert won[names.index("fault")], said
    elif names == ["swap", "swap"]:
        # Both are asked of the same neighbour, who has one booking to give.
        assert sum(won) == 1, said
    elif {*names} == {"swap", "hand_over_all"} and not all(won):
        # The booking asked for was handed on first: its former holder cannot give it away.
        assert said[names.index("swap")] == "forbidden", said
        assert won[names.index("hand_over_all")], said
    elif places_for(one, other) == 2:
        assert won == [True, True], said
    elif "span" in {one.has, other.has}:
        assert won == [one.has == "span", other.has == "span"], said
    elif {one.has, other.has} == {"before", "after"}:
        # What is before it is in use, so nobody can begin before it ends.
        assert won == [one.has == "before", other.has == "before"], said
    else:
        assert sum(won) == 1, said


def assert_held_once(session: Session, scene: Scene) -> None:
    """No place is held by two, and whatever holds time has a reason to."""
    assert [(proof.name, row) for proof in PROOFS for row in proof.find(session)] == []
    held = session.execute(
        sa.select(col(SlotHold.unit_id), sa.func.count())
        .join(Unit, col(Unit.id) == col(SlotHold.unit_id))
        .where(
            col(Unit.instrument_id) == scene.instrument.key,
            col(SlotHold.starts_at) < SPAN.end,
            col(SlotHold.ends_at) > SPAN.start,
        )
        .group_by(col(SlotHold.unit_id))
    ).all()
    assert held
    assert all(count == 1 for _, count in held)


def in_turn(engine: Engine, write: Write, deeds: list[Deed]) -> list[str]:
    """What both are told when the second begins before the first is committed."""
    said = [DONE]

    def first(uow: UnitOfWork) -> None:
        try:
            with uow.session.begin_nested():
                deeds[0](uow)
        except BookingError as refused:
            said[0] = refused.code

    try:
        overtaken(engine, first, deeds[1])
    except BookingError as refused:
        return [*said, refused.code]
    except DBAPIError as error:
        if not is_passing(error):
            raise
        return [*said, tried(write, deeds[1])]
    return [*said, DONE]


@pytest.fixture(scope="module")
def arena(court: Court) -> Iterator[Arena]:
    """People of one lab and one company; every pair gets an instrument of its own."""
    write = partial(unit_of_work, court.engine, REACTIONS)
    court.clock.at(NOW.isoformat())
    with write() as uow:
        scene = make_scene(uow, policy=dict(POLICY))
        keys = {scene.member.id: bearer(uow, scene.member, now=NOW)}
    made = Arena(scene, court.server, keys, write)
    yield made
    made.assert_sound()


@pytest.mark.parametrize("ways", PAIRS, ids=named)
def test_of_two_at_once_one_has_it(arena: Arena, ways: tuple[Way, Way]) -> None:
    scene, deeds = made_ready(arena, ways, places=places_for(*ways))
    rivals = [
        partial(asked, arena, scene) if way is API else partial(tried, arena.write, deed)
        for way, deed in zip(ways, deeds, strict=True)
    ]
    said = all_at_once(rivals)
    assert_won(ways, said)
    with arena.write() as uow:
        assert_held_once(uow.session, scene)


@pytest.mark.parametrize("ways", IN_TURN, ids=named)
def test_who_comes_while_the_first_is_not_done_waits_and_is_answered(
    arena: Arena, court: Court, ways: tuple[Way, Way]
) -> None:
    scene, deeds = made_ready(arena, ways, places=places_for(*ways))
    assert_won(ways, in_turn(court.engine, arena.write, deeds))
    with arena.write() as uow:
        assert_held_once(uow.session, scene)
