"""What is asked of those who have booked, answered by many at once: once, and without waiting in
a ring."""

import pytest

from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.queries.loading import reservation_by_number
from booking.web.json import rfc3339
from tests.factories.accounts import bearer
from tests.factories.asks import Neighbour, make_neighbour, proposal_state, swap_state
from tests.factories.waitlist import make_waiter
from tests.races.arena import NOW, Arena, OpenArena, round_span, statuses

pytestmark = [pytest.mark.race, pytest.mark.slow]

ROUNDS = 8


def neighbour(arena: Arena, span: TimeSpan) -> Neighbour:
    """Somebody of another company, with a key."""
    with arena.write() as uow:
        made = make_neighbour(uow, arena.scene, span, now=NOW)
        arena.keys[made.actor.id] = bearer(uow, made.actor, now=NOW)
    return made


def proposed(arena: Arena, number: str, span: TimeSpan) -> int:
    wanted = Proposed(span=span, reason="保养")
    with arena.write() as uow:
        return propose_time(uow, number, wanted, actor=arena.scene.manager, now=NOW).key


def swap_of(arena: Arena, number: str, wanted: TimeSpan) -> int:
    with arena.write() as uow:
        return ask_swap(uow, number, wanted, actor=arena.scene.member, now=NOW).key


def spans(arena: Arena, *numbers: str) -> list[TimeSpan]:
    with arena.write() as uow:
        return [reservation_by_number(uow.session, one).span for one in numbers]


def body(span: TimeSpan) -> dict[str, str]:
    return {"starts_at": rfc3339(span.start), "ends_at": rfc3339(span.end)}


def test_a_proposal_is_accepted_once_or_the_booking_is_cancelled(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(0, 2 * ROUNDS, 2):
        number = arena.book(round_span(n))
        key = proposed(arena, number, round_span(n + 1))
        accept = arena.asking(f"/proposals/{key}/acceptance", {}, arena.scene.member)
        cancel = arena.asking(f"/reservations/{number}/cancellation", {}, arena.scene.admin)
        grab = [arena.wish(round_span(n + 1)) for _ in range(4)]
        answers = arena.at_once(accept, accept, accept, cancel, *grab)
        assert set(statuses(answers)) <= {200, 201, 409}
        assert sum(one.status == 200 for one in answers[:3]) <= 1
        assert answers[3].status == 200
        with arena.write() as uow:
            assert proposal_state(uow.session, key).value in {"accepted", "withdrawn"}
    arena.assert_sound()


def test_proposals_and_offers_to_those_in_line_never_hold_the_same_time(
    open_arena: OpenArena,
) -> None:
    arena = open_arena()
    for n in range(0, 2 * ROUNDS, 2):
        number, other = arena.book(round_span(n)), arena.book(round_span(n + 1))
        with arena.write() as uow:
            make_waiter(uow, arena.scene, round_span(n + 1), now=NOW)
        wanted = {**body(round_span(n + 1)), "reason": "保养"}
        propose = arena.asking(f"/reservations/{number}/proposals", wanted, arena.scene.manager)
        cancel = arena.asking(f"/reservations/{other}/cancellation", {}, arena.scene.member)
        answers = arena.at_once(cancel, propose, propose)
        assert answers[0].status == 200
        assert set(statuses(answers[1:])) <= {201, 409}
    arena.assert_sound()


def test_two_opposite_exchanges_at_once_happen_once(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(0, 2 * ROUNDS, 2):
        mine, theirs = round_span(n), round_span(n + 1)
        number, other = arena.book(mine), neighbour(arena, theirs)
        ours = arena.asking(f"/reservations/{number}/swaps", body(theirs), arena.scene.member)
        back = arena.asking(f"/reservations/{other.number}/swaps", body(mine), other.actor)
        asked = arena.at_once(ours, back)
        assert statuses(asked) == {201: 2}
        keys = [int(answer.body["id"]) for answer in asked]
        answers = arena.at_once(
            arena.asking(f"/swaps/{keys[0]}/acceptance", {}, other.actor),
            arena.asking(f"/swaps/{keys[1]}/acceptance", {}, arena.scene.member),
        )
        assert statuses(answers) == {200: 1, 409: 1}
        assert spans(arena, number, other.number) == [theirs, mine]
        with arena.write() as uow:
            states = {swap_state(uow.session, key).value for key in keys}
        assert states == {"accepted", "withdrawn"}
    arena.assert_sound()


def test_an_exchange_against_moves_of_either_side(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(0, 3 * ROUNDS, 3):
        mine, theirs, free = (round_span(n + more) for more in range(3))
        number, other = arena.book(mine), neighbour(arena, theirs)
        key = swap_of(arena, number, theirs)
        answers = arena.at_once(
            arena.asking(f"/swaps/{key}/acceptance", {}, other.actor),
            arena.asking(f"/reservations/{number}/reschedule", body(free), arena.scene.member),
            arena.asking(f"/reservations/{other.number}/reschedule", body(free), other.actor),
        )
        assert set(statuses(answers)) <= {200, 409}
        assert any(answer.status == 200 for answer in answers)
    arena.assert_sound()


def test_an_extension_and_a_new_booking_never_share_time(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(0, 2 * ROUNDS, 2):
        span = round_span(n)
        number = arena.book(span)
        longer = TimeSpan(span.start, span.end + (span.length / 4))
        rest = TimeSpan(span.end, longer.end)
        extend = arena.asking(
            f"/reservations/{number}/reschedule", body(longer), arena.scene.member
        )
        answers = arena.at_once(extend, arena.wish(rest), arena.wish(rest))
        assert sum(answer.status in {200, 201} for answer in answers) == 1
    arena.assert_sound()
