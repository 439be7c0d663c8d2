"""The same refused request sent many times at once is noted once; every answer is the refusal."""

import pytest
import sqlalchemy as sa

from booking.reservations.models.refusal import Refusal
from tests.factories.reservations import NOON
from tests.races.arena import OpenArena, statuses

pytestmark = [pytest.mark.race, pytest.mark.slow]

CROWD = 24


def test_many_times_at_once_is_noted_once(open_arena: OpenArena) -> None:
    arena = open_arena()
    arena.book(NOON)
    answers = arena.at_once(*(arena.wish(NOON) for _ in range(CROWD)))
    assert statuses(answers) == {409: CROWD}
    with arena.write() as uow:
        (row,) = uow.session.execute(sa.select(Refusal)).scalars()
        assert row.codes == ["reservation.slot_taken"]
    arena.assert_sound()
