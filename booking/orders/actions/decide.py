"""Steps that one side takes alone: decline, accept or refuse a quote, withdraw, call off, close."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.orders.actions.life import demand_reason, demand_step, enter, fact
from booking.orders.actions.rights import locked_for, must_buy, must_decide, must_own
from booking.orders.errors import QuoteNotStanding, QuoteOver
from booking.orders.events import (
    OrderCalledOff,
    OrderDeclined,
    OrderWithdrawn,
    QuoteAccepted,
    QuoteRefused,
)
from booking.orders.models import OrderQuote, ServiceOrder
from booking.orders.queries.belongings import accepted_quote, bookings_of, standing_quote
from booking.orders.states import OrderStep, QuoteState
from booking.reservations.actions.cancel import cancel


def decline_order(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str
) -> ServiceOrder:
    """The lab does not do it, and says why; a quote that stands is gone with it."""
    locked = locked_for(uow.session, number, actor)
    must_decide(actor, locked)
    order, reason = locked.order, demand_reason(reason)
    changes = enter(order, OrderStep.DECLINE, now=now, reason=reason)
    _end_quote(uow, order, QuoteState.REPLACED, actor=actor, now=now)
    told = fact(order, now=now, actor=actor, changes=changes, cause=reason)
    uow.announce(OrderDeclined(**told))
    return order


def accept_quote(
    uow: UnitOfWork, number: str, quote_id: int, *, actor: Actor, now: datetime
) -> ServiceOrder:
    """The company orders on the terms of this very quote; one that held is replaced by it."""
    locked = locked_for(uow.session, number, actor)
    must_buy(actor, locked)
    order = locked.order
    demand_step(order, OrderStep.ACCEPT_QUOTE)
    quote = _named(uow, order, quote_id)
    if quote.valid_until < local(now).date():
        raise QuoteOver(until=quote.valid_until)
    changes = enter(order, OrderStep.ACCEPT_QUOTE, now=now)
    before = accepted_quote(uow.session, order.key)
    if before is not None:
        before.state = QuoteState.REPLACED
        uow.session.flush()
    _end(quote, QuoteState.ACCEPTED, actor=actor, now=now)
    uow.session.flush()
    changes["total_fen"] = (before.total_fen if before else None, quote.total_fen)
    uow.announce(QuoteAccepted(**fact(order, now=now, actor=actor, changes=changes)))
    return order


def refuse_quote(
    uow: UnitOfWork, number: str, quote_id: int, *, actor: Actor, now: datetime, reason: str = ""
) -> ServiceOrder:
    """The company does not order, or stays with what it ordered; it need not say why."""
    locked = locked_for(uow.session, number, actor)
    must_buy(actor, locked)
    order = locked.order
    demand_step(order, OrderStep.REFUSE_QUOTE)
    quote = _named(uow, order, quote_id)
    changes = enter(order, OrderStep.REFUSE_QUOTE, now=now, reason=reason.strip())
    _end(quote, QuoteState.DECLINED, actor=actor, now=now)
    uow.session.flush()
    told = fact(order, now=now, actor=actor, changes=changes, cause=reason.strip())
    uow.announce(QuoteRefused(**told))
    return order


def withdraw_order(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str = ""
) -> ServiceOrder:
    """By the company, until the report; its bookings are cancelled under their own terms."""
    locked = locked_for(uow.session, number, actor)
    must_own(actor, locked)
    order, reason = locked.order, reason.strip()
    changes = enter(order, OrderStep.WITHDRAW, now=now, reason=reason)
    _end_quote(uow, order, QuoteState.DECLINED, actor=actor, now=now)
    _cancel_bookings(uow, order, actor=actor, now=now, reason=reason)
    told = fact(order, now=now, actor=actor, changes=changes, cause=reason)
    uow.announce(OrderWithdrawn(**told))
    return order


def call_off_order(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str
) -> ServiceOrder:
    """By the lab, with a reason; its bookings are cancelled without a fee."""
    locked = locked_for(uow.session, number, actor)
    must_decide(actor, locked)
    order, reason = locked.order, demand_reason(reason)
    changes = enter(order, OrderStep.CALL_OFF, now=now, reason=reason)
    _end_quote(uow, order, QuoteState.REPLACED, actor=actor, now=now)
    _cancel_bookings(uow, order, actor=actor, now=now, reason=reason)
    told = fact(order, now=now, actor=actor, changes=changes, cause=reason)
    uow.announce(OrderCalledOff(**told))
    return order


def _cancel_bookings(
    uow: UnitOfWork, order: ServiceOrder, *, actor: Actor, now: datetime, reason: str
) -> None:
    """Those that have not begun; what is in use is used and charged like any other use."""
    uow.session.flush()
    for booking in bookings_of(uow.session, order.key):
        if booking.may_be_cancelled(now):
            cancel(uow, booking.number, actor=actor, now=now, reason=reason)


def _named(uow: UnitOfWork, order: ServiceOrder, quote_id: int) -> OrderQuote:
    quote = standing_quote(uow.session, order.key)
    if quote is None or quote.id != quote_id:
        raise QuoteNotStanding
    return quote


def _end_quote(
    uow: UnitOfWork, order: ServiceOrder, state: QuoteState, *, actor: Actor, now: datetime
) -> None:
    quote = standing_quote(uow.session, order.key)
    if quote is not None:
        _end(quote, state, actor=actor, now=now)
    uow.session.flush()


def _end(quote: OrderQuote, state: QuoteState, *, actor: Actor, now: datetime) -> None:
    quote.state, quote.decided_at, quote.decided_by = state, now, actor.known_id
