"""Wholes and parts, and operators of several instruments, when everybody asks at once."""

from functools import partial

import pytest

from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.models.unit import UnitKind
from tests.factories.instruments import make_instrument
from tests.races.arena import NOW, ROUNDS, OpenArena, round_span, statuses
from tests.support.crowd import all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]


def test_a_whole_and_its_parts_never_overlap_nor_wait_in_a_circle(open_arena: OpenArena) -> None:
    arena = open_arena()
    whole = arena.scene.instrument
    with arena.write() as uow:
        part = make_instrument(uow, lab_id=whole.lab_id, units=2, part_of_id=whole.key)
        deeper = make_instrument(uow, lab_id=whole.lab_id, part_of_id=part.key)
    for n in range(ROUNDS):
        span = round_span(n)
        wishes = [arena.wish(span, on=one) for one in (whole, part, deeper, deeper)]
        answers = all_at_once([partial(arena.ask, wish) for wish in wishes * 3])
        assert set(statuses(answers)) == {201, 409}
        won = [
            wish.body for wish, one in zip(wishes * 3, answers, strict=True) if one.status == 201
        ]
        # Whoever has one of a family has its parts: nobody else has them, nor what it is part of.
        assert len(won) == 1
    arena.assert_sound()


def test_an_operator_of_two_instruments_is_at_one_of_them(open_arena: OpenArena) -> None:
    arena = open_arena()
    here = arena.scene.instrument
    with arena.write() as uow:
        there = make_instrument(uow, lab_id=here.lab_id, units=2)
        wanted = Helper(kind=UnitKind.OPERATOR, label="示例", instrument_ids=[here.key, there.key])
        shared = keep_helper(uow, here.lab_id, wanted, actor=arena.scene.manager, now=NOW).key
    for n in range(ROUNDS):
        span = round_span(n)
        answers = arena.at_once(
            *(arena.wish(span, on=one, operator_id=shared) for one in (here, there) * 4),
            *(arena.wish(span, on=there, mode="assisted") for _ in range(3)),
        )
        counted = statuses(answers)
        assert counted[201] == 1
        assert set(counted) <= {201, 409, 422}
    arena.assert_sound()
