"""Freed time that many want: the first in line has it, whoever else asks in the same moment."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.jobs import expire_offers
from booking.reservations.rules.waitlist import MOST_OFFERED
from booking.web.json import rfc3339
from tests.factories.accounts import bearer
from tests.factories.waitlist import Waiter, entry_state, make_waiter, offer_to, wait_wish
from tests.races.arena import NOW, Arena, OpenArena, round_span, statuses
from tests.support.crowd import all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]

ROUNDS = 3
TAKERS = 20


def two_in_line(arena: Arena, n: int) -> tuple[str, list[Waiter]]:
    """A booking, and two who wait for its time."""
    number = arena.book(round_span(n))
    with arena.write() as uow:
        line = [make_waiter(uow, arena.scene, round_span(n), now=NOW) for _ in range(2)]
        for one in line:
            arena.keys[one.actor.id] = bearer(uow, one.actor, now=NOW)
    return number, line


def test_nobody_snatches_what_the_first_in_line_is_offered(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        number, (first, second) = two_in_line(arena, n)
        span = round_span(n)
        other = arena.book(round_span(ROUNDS + 1))
        cancel = arena.asking(f"/reservations/{number}/cancellation", {}, arena.scene.member)
        move = arena.asking(
            f"/reservations/{other}/reschedule",
            {"starts_at": rfc3339(span.start), "ends_at": rfc3339(span.end)},
            arena.scene.member,
        )
        takers = [arena.wish(span) for _ in range(TAKERS)]
        answers = arena.at_once(*takers[:10], cancel, move, *takers[10:])
        assert statuses(answers) == {200: 1, 409: TAKERS + 1}
        arena.ask(arena.asking(f"/reservations/{other}/cancellation", {}, arena.scene.member))
        with arena.write() as uow:
            states = [entry_state(uow.session, one).value for one in (first, second)]
            offer = offer_to(uow.session, first)
        assert states == ["offered", "waiting"]
        assert offer is not None
        accept = arena.asking(f"/waitlist-offers/{offer.key}/acceptance", {}, first.actor)
        grab = [arena.wish(span) for _ in range(TAKERS)]
        assert statuses(arena.at_once(*grab, accept)) == {201: 1, 409: TAKERS}
        with arena.write() as uow:
            assert entry_state(uow.session, first).value == "served"
    arena.assert_sound()


def test_an_offer_is_accepted_or_goes_on_but_never_both(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        number, (first, second) = two_in_line(arena, n)
        arena.ask(arena.asking(f"/reservations/{number}/cancellation", {}, arena.scene.member))
        with arena.write() as uow:
            offer = offer_to(uow.session, first)
        assert offer is not None
        accept = arena.asking(f"/waitlist-offers/{offer.key}/acceptance", {}, first.actor)

        def sweep(late: timedelta = timedelta(minutes=30)) -> int:
            with arena.write() as uow:
                return expire_offers(uow, NOW + late)

        deeds: list[Callable[[], object]] = [partial(arena.ask, accept), sweep, sweep]
        all_at_once(deeds)
        with arena.write() as uow:
            states = [entry_state(uow.session, one).value for one in (first, second)]
        assert states in (["served", "waiting"], ["passed", "offered"])
    arena.assert_sound()


def test_nobody_is_offered_too_much_by_several_at_once(open_arena: OpenArena) -> None:
    arena = open_arena()
    numbers = [arena.book(round_span(n)) for n in range(6)]
    with arena.write() as uow:
        waits = [wait_wish(arena.scene, round_span(n)) for n in range(6)]
        line = [
            Waiter(
                arena.scene.admin,
                join_waitlist(uow, wish, actor=arena.scene.admin, now=NOW).key,
            )
            for wish in waits
        ]
    arena.at_once(
        *(
            arena.asking(f"/reservations/{number}/cancellation", {}, arena.scene.member)
            for number in numbers
        )
    )

    def offered() -> int:
        with arena.write() as uow:
            states = [entry_state(uow.session, one).value for one in line]
        return states.count("offered")

    assert 1 <= offered() <= MOST_OFFERED
    with arena.write() as uow:
        expire_offers(uow, NOW)
    assert offered() == MOST_OFFERED
    arena.assert_sound()
