"""Orders that several decide about in the same moment: one decision holds, nothing is left over."""

from collections.abc import Iterator

import pytest

from booking.orders.models import OrderQuote
from booking.orders.queries.belongings import bookings_of
from booking.orders.queries.orders import order_row
from booking.orders.states import OrderState, QuoteState
from booking.reservations.states import State
from booking.web.json import rfc3339
from tests.factories.orders import make_order
from tests.factories.reservations import held_for
from tests.orders.deeds import standing
from tests.races.arena import NOW, Arena, OpenArena, round_span, statuses
from tests.support.crowd import Asking

pytestmark = [pytest.mark.race, pytest.mark.slow]

ROUNDS = 5


def steps_of(arena: Arena, number: str, *told: dict[str, object]) -> Iterator[Asking]:
    """What both people of the company say of an order, each of them all of it."""
    for who in (arena.scene.member, arena.scene.admin):
        for step in told:
            yield arena.asking(f"/orders/{number}/steps", step, who)


def test_a_quote_is_accepted_once_whoever_presses(open_arena: OpenArena) -> None:
    arena = open_arena()
    for _ in range(ROUNDS):
        with arena.write() as uow:
            order = make_order(uow, arena.scene, OrderState.QUOTED, now=NOW)
            number = order.number
            quote = standing(uow, order)
        accept: dict[str, object] = {"choice": "accept_quote", "quote_id": quote}
        refuse: dict[str, object] = {"choice": "refuse_quote", "quote_id": quote}
        answers = arena.at_once(*steps_of(arena, number, accept, accept, refuse))
        assert statuses(answers) == {200: 1, 409: 5}
        with arena.write() as uow:
            state = order_row(uow.session, number).state
            decided = uow.session.get_one(OrderQuote, quote).state
        assert (state, decided) in {
            (OrderState.ORDERED, QuoteState.ACCEPTED),
            (OrderState.REFUSED, QuoteState.DECLINED),
        }


def test_what_is_scheduled_while_the_company_withdraws_is_cancelled_or_never_booked(
    open_arena: OpenArena,
) -> None:
    arena = open_arena()
    for n in range(ROUNDS):
        with arena.write() as uow:
            order = make_order(uow, arena.scene, OrderState.ORDERED, now=NOW)
            number, key = order.number, order.key
        span = round_span(n)
        slot = {"starts_at": rfc3339(span.start), "ends_at": rfc3339(span.end)}
        schedule = arena.asking(f"/orders/{number}/bookings", slot, arena.scene.manager)
        withdraw = steps_of(arena, number, {"choice": "withdraw"})
        answers = arena.at_once(schedule, *withdraw, schedule)
        assert set(statuses(answers)) <= {200, 201, 409}
        assert statuses(answers)[200] == 1
        with arena.write() as uow:
            booked = bookings_of(uow.session, key)
            assert order_row(uow.session, number).state is OrderState.WITHDRAWN
            assert all(one.state is State.CANCELLED for one in booked)
            assert not any(held_for(uow.session, one.number) for one in booked)
    arena.assert_sound()
