"""Series that cross each other, and single bookings between them: nobody waits in a circle."""

from datetime import timedelta

import pytest

from booking.kernel.timespan import TimeSpan
from booking.web.json import rfc3339
from tests.factories.reservations import NOON
from tests.races.arena import ROUNDS, Arena, OpenArena
from tests.support.crowd import Asking

pytestmark = [pytest.mark.race, pytest.mark.slow]


def series(arena: Arena, span: TimeSpan, rule: str, **more: object) -> Asking:
    body = {
        "instrument_id": arena.scene.instrument.key,
        "starts_at": rfc3339(span.start),
        "ends_at": rfc3339(span.end),
        "purpose": "断口形貌",
        "rrule": rule,
        **more,
    }
    return arena.asking("/reservation-series", body, arena.scene.member)


def hours(n: int, length: int = 1) -> TimeSpan:
    start = NOON.start + timedelta(hours=n)
    return TimeSpan(start, start + timedelta(hours=length))


def test_of_two_series_that_cross_one_is_booked(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        span = hours(n)
        # They meet on the first day and the third.
        answers = arena.at_once(
            series(arena, span, "FREQ=DAILY;COUNT=3"),
            series(arena, span, "FREQ=DAILY;INTERVAL=2;COUNT=3"),
        )
        assert sorted(answer.status for answer in answers) == [201, 409]
    arena.assert_sound()


def test_of_two_that_take_what_is_free_both_get_what_the_other_does_not(
    open_arena: OpenArena,
) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        span = hours(n)
        rules = ("FREQ=DAILY;COUNT=3", "FREQ=DAILY;INTERVAL=2;COUNT=3", "FREQ=DAILY;COUNT=2")
        answers = arena.at_once(
            *(series(arena, span, rule, on_conflict="skip") for rule in rules),
            arena.wish(hours(24 + n)),
        )
        assert {answer.status for answer in answers} <= {201, 409}
        booked = sum(len(answer.body.get("booked", ())) for answer in answers)
        # Each of the first three days is taken once, whoever gets it, and so is the fifth.
        single = sum(1 for answer in answers[3:] if answer.status == 201)
        assert booked + single == 4
    arena.assert_sound()


def test_quotas_hold_between_series(open_arena: OpenArena) -> None:
    limit = {"per": "organisation", "measure": "count", "period": "open", "limit": 4}
    arena = open_arena(quotas=[limit])
    answers = arena.at_once(
        *(series(arena, hours(n), "FREQ=DAILY;COUNT=3", on_conflict="skip") for n in range(4))
    )
    booked = sum(len(answer.body.get("booked", ())) for answer in answers)
    assert booked == 4
    assert {answer.status for answer in answers} <= {201, 422}
    arena.assert_sound()
