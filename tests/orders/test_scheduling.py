"""The lab takes time for an order by the rules of booking; an order that ends gives it back."""

from datetime import datetime, timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import Forbidden, RulesBroken
from booking.kernel.timespan import TimeSpan
from booking.orders.actions.decide import (
    accept_quote,
    call_off_order,
    refuse_quote,
    withdraw_order,
)
from booking.orders.actions.quote import quote_order
from booking.orders.actions.schedule import schedule_order
from booking.orders.errors import OrderBeyondQuote
from booking.orders.jobs import lapse_quotes
from booking.orders.models import ServiceOrder
from booking.orders.queries.belongings import accepted_quote, bookings_of
from booking.orders.rules import Slot
from booking.orders.states import OrderState, QuoteState
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.states import State
from tests.factories.accounts import make_member
from tests.factories.orders import make_order, quote_told
from tests.factories.reservations import NOON, Scene, held_for, make_reservation, make_scene

# Two hours are quoted.
_HOUR = TimeSpan(NOON.start, NOON.start + timedelta(hours=1))
_LATER = TimeSpan(_HOUR.start + timedelta(days=1), _HOUR.end + timedelta(days=1))
_NEXT_WEEK = TimeSpan(_HOUR.start + timedelta(days=7), _HOUR.end + timedelta(days=7))


@pytest.fixture
def order(uow: UnitOfWork, scene: Scene, now: datetime) -> ServiceOrder:
    return make_order(uow, scene, OrderState.ORDERED, now=now)


def booked(
    uow: UnitOfWork,
    order: ServiceOrder,
    scene: Scene,
    now: datetime,
    *,
    span: TimeSpan = NOON,
) -> Reservation:
    return schedule_order(uow, order.number, Slot(span=span), actor=scene.manager, now=now)


def test_time_is_booked_in_the_name_of_whoever_asked(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    made = booked(uow, order, scene, now)
    assert (made.mode, made.holder_id, made.organisation_id, made.created_by) == (
        ServiceMode.ENTRUSTED,
        scene.member.id,
        scene.company.key,
        scene.manager.id,
    )
    assert order.number in made.purpose
    assert held_for(uow.session, made.number)


def test_as_many_bookings_as_needed(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    numbers = [booked(uow, order, scene, now, span=span).number for span in (_HOUR, _LATER)]
    assert [one.number for one in bookings_of(uow.session, order.key)] == numbers


def test_the_rules_of_booking_hold(uow: UnitOfWork, now: datetime) -> None:
    scene = make_scene(uow, policy={"longest_minutes": 60})
    order = make_order(uow, scene, OrderState.ORDERED, now=now)
    with pytest.raises(RulesBroken) as refused:
        booked(uow, order, scene, now)
    assert [one.code for one in refused.value.violations] == ["duration.too_long"]
    slot = Slot(span=NOON, override_reason="委托单需要两小时")
    made = schedule_order(uow, order.number, slot, actor=scene.manager, now=now)
    assert made.override_reason == "委托单需要两小时"


def test_time_that_is_taken_is_not_taken_again(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    make_reservation(uow, scene, now=now)
    with pytest.raises(SlotTaken):
        booked(uow, order, scene, now)


def test_the_company_does_not_schedule(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    with pytest.raises(Forbidden):
        schedule_order(uow, order.number, Slot(span=NOON), actor=scene.member, now=now)


def test_a_withdrawn_order_cancels_its_bookings(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    for span in (_HOUR, _LATER):
        booked(uow, order, scene, now, span=span)
    withdraw_order(uow, order.number, actor=scene.member, now=now)
    found = bookings_of(uow.session, order.key)
    assert [one.state for one in found] == [State.CANCELLED] * 2
    assert not any(held_for(uow.session, one.number) for one in found)


def test_what_is_in_use_stays_a_use(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    running = booked(uow, order, scene, now, span=_HOUR)
    booked(uow, order, scene, now, span=_LATER)
    check_in(uow, running.number, actor=scene.manager, now=NOON.start)
    call_off_order(uow, order.number, actor=scene.manager, now=NOON.start, reason="仪器故障")
    assert [one.state for one in bookings_of(uow.session, order.key)] == [
        State.IN_USE,
        State.CANCELLED,
    ]


def test_called_off_by_the_lab_nothing_is_charged(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    made = booked(uow, order, scene, now)
    late = made.starts_at - timedelta(minutes=1)
    call_off_order(uow, order.number, actor=scene.manager, now=late, reason="仪器故障")
    left = reservation_by_number(uow.session, made.number).reservation
    uow.session.refresh(left)
    assert (left.state, left.late, left.fee_fen) == (State.CANCELLED, False, 0)


def test_a_colleague_who_manages_nothing_does_not_withdraw(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    colleague = make_member(uow, scene.company.key)
    with pytest.raises(Forbidden):
        withdraw_order(uow, order.number, actor=colleague, now=now)
    withdraw_order(uow, order.number, actor=scene.admin, now=now)
    assert order.state is OrderState.WITHDRAWN


def test_more_than_the_company_accepted_is_not_booked(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    quote = accepted_quote(uow.session, order.key)
    assert quote is not None
    quote.total_fen = 160_000
    uow.session.flush()
    for span in (_HOUR, _LATER):
        booked(uow, order, scene, now, span=span)
    with pytest.raises(OrderBeyondQuote) as refused:
        booked(uow, order, scene, now, span=_NEXT_WEEK)
    assert refused.value.params == {"quoted_fen": 160_000, "booked_fen": 240_000}


def test_what_was_given_back_leaves_room_for_other_time(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    quote = accepted_quote(uow.session, order.key)
    assert quote is not None
    quote.total_fen = 160_000
    uow.session.flush()
    first = booked(uow, order, scene, now)
    cancel(uow, first.number, actor=scene.manager, now=now, reason="改日")
    booked(uow, order, scene, now, span=NOON)


def test_another_quote_that_is_accepted_makes_room(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    first = accepted_quote(uow.session, order.key)
    assert first is not None
    told = quote_told(now, minutes=480)
    more = quote_order(uow, order.number, told, actor=scene.manager, now=now)
    eight = TimeSpan(NOON.start, NOON.start + timedelta(hours=8))
    with pytest.raises(OrderBeyondQuote), uow.session.begin_nested():
        booked(uow, order, scene, now, span=eight)
    accept_quote(uow, order.number, more.key, actor=scene.member, now=now)
    booked(uow, order, scene, now, span=eight)
    assert (order.state, first.state, more.state) == (
        OrderState.ORDERED,
        QuoteState.REPLACED,
        QuoteState.ACCEPTED,
    )


def test_another_quote_that_is_refused_leaves_the_order_as_it_is(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    told = quote_told(now, minutes=480)
    more = quote_order(uow, order.number, told, actor=scene.manager, now=now)
    refuse_quote(uow, order.number, more.key, actor=scene.member, now=now)
    first = accepted_quote(uow.session, order.key)
    assert (order.state, first is not None and first.key != more.key) == (OrderState.ORDERED, True)


def test_another_quote_that_nobody_answers_runs_out_alone(
    uow: UnitOfWork, order: ServiceOrder, scene: Scene, now: datetime
) -> None:
    more = quote_order(uow, order.number, quote_told(now), actor=scene.manager, now=now)
    assert lapse_quotes(uow, now + timedelta(days=9)) == 1
    assert (order.state, more.state) == (OrderState.ORDERED, QuoteState.EXPIRED)
