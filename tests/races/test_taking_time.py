"""Many ask for the same time at the same moment: one gets it, the others are told what is free.

PostgreSQL serves from four processes, SQLite from one with forty threads.
"""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from booking.instruments.actions.close import Closing, close
from booking.instruments.errors import ClosureInTheWay, SlotTaken
from booking.instruments.models.calendar import ClosureKind
from booking.kernel.timespan import TimeSpan
from booking.reservations.jobs import expire_requests
from booking.web.json import rfc3339
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON
from tests.races.arena import NOW, ROUNDS, Arena, OpenArena, round_span, statuses
from tests.races.conftest import Court
from tests.support.crowd import Asking, all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]

CROWD = 200


def five_minutes(n: int) -> timedelta:
    return timedelta(minutes=5 * n)


def test_of_two_hundred_overlapping_wishes_one_is_granted(open_arena: OpenArena) -> None:
    arena = open_arena()
    # All of them share 13:00–13:05; no two need be the same.
    spans = [
        TimeSpan(
            NOON.start + five_minutes(n % 12),
            NOON.start + timedelta(hours=1) + five_minutes(n % 9 + 1),
        )
        for n in range(CROWD)
    ]
    answers = arena.at_once(*(arena.wish(span) for span in spans))
    assert statuses(answers) == {201: 1, 409: CROWD - 1}
    refused = [answer.body for answer in answers if answer.status == 409]
    assert {problem["code"] for problem in refused} == {"reservation.slot_taken"}
    assert all(problem["alternatives"] and problem["conflicts"] for problem in refused)
    arena.assert_sound()


def test_a_wish_and_a_move_never_get_the_same_time(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        wanted = round_span(n)
        number = arena.book(TimeSpan(wanted.end, wanted.end + timedelta(minutes=30)))
        body = {"starts_at": rfc3339(wanted.start), "ends_at": rfc3339(wanted.end)}
        move = arena.asking(f"/reservations/{number}/reschedule", body, arena.scene.member)
        answers = arena.at_once(move, *(arena.wish(wanted) for _ in range(6)))
        won = [answer for answer in answers if answer.status in {200, 201}]
        assert len(won) == 1
        assert {a.status for a in answers} - {200, 201} == {409}
    arena.assert_sound()


def test_two_bookings_that_swap_their_times_do_not_hang(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        first, second = round_span(2 * n), round_span(2 * n + 1)
        numbers = arena.book(first), arena.book(second)
        moves = [
            arena.asking(
                f"/reservations/{number}/reschedule",
                {"starts_at": rfc3339(to.start), "ends_at": rfc3339(to.end)},
                arena.scene.member,
            )
            for number, to in zip(numbers, (second, first), strict=True)
        ]
        assert {answer.status for answer in arena.at_once(*moves)} <= {200, 409}
    arena.assert_sound()


def test_a_wish_and_a_closure_never_get_the_same_time(open_arena: OpenArena) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        span = round_span(n)
        closing = Closing(span, ClosureKind.MAINTENANCE, "更换灯丝")
        wish = partial(_status, arena, arena.wish(span))
        outcome = Counter(all_at_once([partial(_shut, arena, closing), *[wish] * 5]))
        assert outcome == {201: 1, 409: 5}
    arena.assert_sound()


def test_an_approval_keeps_the_time_that_the_request_held(open_arena: OpenArena) -> None:
    arena = open_arena(approval="always", approval_hours=400)
    for n in range(ROUNDS):
        span = round_span(n)
        number = arena.book(span)
        approval = arena.asking(f"/reservations/{number}/approval", {}, arena.scene.manager)
        answers = arena.at_once(approval, *(arena.wish(span) for _ in range(5)))
        assert answers[0].status == 200
        assert statuses(answers[1:]) == {409: 5}
    arena.assert_sound()


@pytest.mark.parametrize("rival", ["rejection", "cancellation"])
def test_an_approval_and_its_opposite_do_not_both_win(open_arena: OpenArena, rival: str) -> None:
    arena = open_arena(approval="always", approval_hours=400)
    manager, member = arena.scene.manager, arena.scene.member
    for n in range(ROUNDS):
        path = f"/reservations/{arena.book(round_span(n))}"
        opponent = manager if rival == "rejection" else member
        approved, undone = arena.at_once(
            arena.asking(f"{path}/approval", {}, manager),
            arena.asking(f"{path}/{rival}", {"reason": "样品不合适"}, opponent),
        )
        # What was approved first can still be cancelled, but not rejected.
        allowed = {(200, 409), (409, 200)} | ({(200, 200)} if rival == "cancellation" else set())
        assert (approved.status, undone.status) in allowed
    arena.assert_sound()


def test_an_approval_and_the_clock_do_not_both_win(open_arena: OpenArena) -> None:
    arena = open_arena(approval="always", approval_hours=1)
    for n in range(ROUNDS):
        number = arena.book(round_span(n))
        approval = arena.asking(f"/reservations/{number}/approval", {}, arena.scene.manager)
        outcome = all_at_once([partial(_status, arena, approval), partial(_sweep, arena)])
        assert sorted(outcome) == [200, 409]
    arena.assert_sound()


def test_two_who_check_in_at_once_make_one_use(open_arena: OpenArena, court: Court) -> None:
    arena = open_arena()
    number = arena.book(NOON)
    court.clock.at("2026-11-24T12:00+08:00")
    path = f"/reservations/{number}/check-in"
    answers = arena.at_once(
        *(arena.asking(path, None, who) for who in (arena.scene.member, arena.scene.manager) * 4)
    )
    assert statuses(answers) == {200: 1, 409: 7}
    arena.assert_sound()


def test_a_request_sent_eight_times_at_once_books_once(open_arena: OpenArena) -> None:
    arena = open_arena()
    asking = arena.wish(between("11-24 12:00", "14:00"))
    keyed = Asking(asking.path, asking.body, {**asking.headers, "Idempotency-Key": "once"})
    answers = arena.at_once(*[keyed] * 8)
    assert statuses(answers) == {201: 8}
    assert len({answer.body["number"] for answer in answers}) == 1


def test_a_quota_holds_when_everybody_asks_at_once(open_arena: OpenArena) -> None:
    quota = {"per": "organisation", "measure": "count", "period": "day", "limit": 3}
    arena = open_arena(quotas=[quota])
    spans = [
        TimeSpan(NOON.start + five_minutes(n), NOON.start + five_minutes(n + 1)) for n in range(12)
    ]
    answers = arena.at_once(*(arena.wish(span) for span in spans))
    assert statuses(answers) == {201: 3, 422: 9}
    arena.assert_sound()


def _status(arena: Arena, asking: Asking) -> int:
    return arena.ask(asking).status


def _shut(arena: Arena, closing: Closing) -> int:
    try:
        with arena.write() as uow:
            close(uow, arena.scene.instrument.key, closing, actor=arena.scene.manager, now=NOW)
    except (ClosureInTheWay, SlotTaken):
        return 409
    return 201


def _sweep(arena: Arena) -> int:
    with arena.write() as uow:
        return 200 if expire_requests(uow, NOW + timedelta(hours=2)) else 409
