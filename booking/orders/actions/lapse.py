"""What the clock does to orders: quotes run out, silence accepts reports."""

from datetime import date, datetime
from typing import Final

from booking.db.transactions import UnitOfWork
from booking.orders.actions.life import enter, fact
from booking.orders.events import QuoteExpired, ReportAccepted
from booking.orders.models import ServiceOrder
from booking.orders.queries.belongings import standing_quote
from booking.orders.queries.orders import (
    order_for_update,
    quoted_until_before,
    reported_until_before,
)
from booking.orders.states import OrderState, OrderStep, QuoteState, after

_AT_ONCE: Final = 500
SILENCE: Final = "nobody objected in time"


def lapse_quotes(uow: UnitOfWork, *, today: date, now: datetime) -> int:
    """End the quotes whose last day is over; how many."""
    done = 0
    for number in quoted_until_before(uow.session, today, limit=_AT_ONCE):
        order = order_for_update(uow.session, number).order
        quote = standing_quote(uow.session, order.key)
        # Whoever held it may have decided, or quoted anew.
        if not _may_lapse(order) or quote is None or quote.valid_until >= today:
            continue
        changes = enter(order, OrderStep.LAPSE, now=now)
        quote.state, quote.decided_at = QuoteState.EXPIRED, now
        uow.session.flush()
        uow.announce(QuoteExpired(**fact(order, now=now, actor=None, changes=changes)))
        done += 1
    return done


def _may_lapse(order: ServiceOrder) -> bool:
    return after(order.state, OrderStep.LAPSE) is not None


def accept_silent(uow: UnitOfWork, *, today: date, now: datetime) -> int:
    """Accept the reports to which nobody objected in time; how many."""
    done = 0
    for number in reported_until_before(uow.session, today, limit=_AT_ONCE):
        order = order_for_update(uow.session, number).order
        if order.state is not OrderState.REPORTED or (order.accept_by or today) >= today:
            continue
        changes = enter(order, OrderStep.ACCEPT_REPORT, now=now)
        uow.session.flush()
        told = fact(order, now=now, actor=None, changes=changes, cause=SILENCE)
        uow.announce(ReportAccepted(**told))
        done += 1
    return done
