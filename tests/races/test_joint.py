"""Joint bookings that want the same instruments in another order: nobody waits in a circle."""

from datetime import timedelta

import pytest

from booking.kernel.timespan import TimeSpan
from booking.web.json import rfc3339
from tests.factories.instruments import make_instrument
from tests.factories.reservations import NOON
from tests.races.arena import ROUNDS, Arena, OpenArena
from tests.support.crowd import Asking

pytestmark = [pytest.mark.race, pytest.mark.slow]


def joint(arena: Arena, *steps: tuple[int, TimeSpan]) -> Asking:
    body = {
        "purpose": "断口形貌",
        "steps": [
            {
                "instrument_id": instrument,
                "starts_at": rfc3339(span.start),
                "ends_at": rfc3339(span.end),
            }
            for instrument, span in steps
        ],
    }
    return arena.asking("/joint-bookings", body, arena.scene.member)


def hour(n: int) -> TimeSpan:
    start = NOON.start + timedelta(hours=n)
    return TimeSpan(start, start + timedelta(hours=1))


def test_of_two_that_take_the_same_in_turned_order_one_gets_all(open_arena: OpenArena) -> None:
    arena = open_arena()
    with arena.write() as uow:
        other = make_instrument(uow).key
    here = arena.scene.instrument.key
    for n in range(ROUNDS):
        span = hour(n % 5 + 24 * (n // 5))
        answers = arena.at_once(
            joint(arena, (here, span), (other, span)),
            joint(arena, (other, span), (here, span)),
        )
        assert sorted(answer.status for answer in answers) == [201, 409]
    arena.assert_sound()
