"""The same place at the same moment: who begins, who goes on, who comes next, who waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import pytest

from booking.kernel.timespan import TimeSpan
from booking.reservations.jobs import note_overruns
from booking.reservations.states import State
from tests.factories.accounts import bearer
from tests.factories.reservations import held_for, state_of
from tests.factories.waitlist import make_waiter, offer_to
from tests.races.arena import NOW, Arena, OpenArena, round_span, statuses
from tests.races.conftest import Court
from tests.support.crowd import Asking, all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]

ROUNDS = 3


def step(arena: Arena, number: str, deed: str) -> Asking:
    return arena.asking(f"/reservations/{number}/{deed}", None, arena.scene.member)


def after(span: TimeSpan, minutes: int = 60) -> TimeSpan:
    return TimeSpan(span.end, span.end + timedelta(minutes=minutes))


class Hands(Protocol):
    """What turns the clock of the court."""

    def __call__(self, now: datetime) -> None: ...


@pytest.fixture
def turn(court: Court) -> Hands:
    """Set the clock that the server reads."""

    def turned(now: datetime) -> None:
        court.clock.at(now.isoformat())

    return turned


def test_of_many_who_check_in_one_begins_the_use(open_arena: OpenArena, turn: Hands) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        turn(NOW)
        number = arena.book(round_span(n))
        turn(round_span(n).start)
        answers = arena.at_once(*(step(arena, number, "check-in") for _ in range(12)))
        assert statuses(answers) == {200: 1, 409: 11}
        assert arena.ask(step(arena, number, "check-out")).status == 200
    arena.assert_sound()


def test_the_time_before_a_booking_goes_to_an_early_start_or_to_a_new_booking(
    open_arena: OpenArena, turn: Hands
) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        turn(NOW)
        span = round_span(n)
        number = arena.book(span)
        turn(span.start - timedelta(minutes=25))
        rush = [
            arena.wish(TimeSpan(span.start - timedelta(minutes=20), span.start)) for _ in range(8)
        ]
        *others, begun = arena.at_once(*rush, step(arena, number, "check-in"))
        won = statuses(others)[201]
        assert (begun.status, won) in {(200, 0), (409, 1)}
        turn(span.start)
        if begun.status == 409:
            assert arena.ask(step(arena, number, "check-in")).status == 200
        assert arena.ask(step(arena, number, "check-out")).status == 200
    arena.assert_sound()


def test_an_overrun_and_the_next_check_in_are_never_both_there(
    open_arena: OpenArena, turn: Hands
) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        turn(NOW)
        span = round_span(n)
        first, second = arena.book(span), arena.book(after(span))
        turn(span.start)
        assert arena.ask(step(arena, first, "check-in")).status == 200
        turn(span.end)

        def sweep(moment: TimeSpan = span) -> int:
            with arena.write() as uow:
                return note_overruns(uow, moment.end)

        deeds: list[Callable[[], object]] = [
            sweep,
            *(partial(arena.ask, step(arena, second, "check-in")) for _ in range(4)),
            partial(arena.ask, step(arena, first, "check-out")),
            sweep,
        ]
        all_at_once(deeds)
        with arena.write() as uow:
            assert state_of(uow.session, first) is State.COMPLETED
            assert held_for(uow.session, second) == [after(span)]
        arena.ask(step(arena, second, "check-in"))
        assert arena.ask(step(arena, second, "check-out")).status == 200
    arena.assert_sound()


def test_freed_time_is_offered_or_held_for_the_overrun_and_never_both(
    open_arena: OpenArena, turn: Hands
) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        turn(NOW)
        span = round_span(n)
        first, second = arena.book(span), arena.book(after(span))
        turn(span.start)
        assert arena.ask(step(arena, first, "check-in")).status == 200
        with arena.write() as uow:
            waiter = make_waiter(uow, arena.scene, after(span), now=span.start)
            arena.keys[waiter.actor.id] = bearer(uow, waiter.actor, now=NOW)
        # Early enough for an offer to make sense; the job already finds the first running over.
        turn(span.end - timedelta(minutes=20))
        cancel = arena.asking(f"/reservations/{second}/cancellation", {}, arena.scene.member)

        def sweep(moment: TimeSpan = span) -> int:
            with arena.write() as uow:
                return note_overruns(uow, moment.end)

        deeds: list[Callable[[], object]] = [partial(arena.ask, cancel), sweep, sweep]
        all_at_once(deeds)
        with arena.write() as uow:
            offered = offer_to(uow.session, waiter)
            (held,) = held_for(uow.session, first)
        # Whoever had it first has it whole.
        assert (held.end > span.end) is (offered is None)
        assert arena.ask(step(arena, first, "check-out")).status == 200
    arena.assert_sound()
