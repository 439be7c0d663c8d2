"""The lab says what it would do it for, reckoned by the price list, and by when."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.rules.pricing import Quote, price
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.clock import LOCAL, local
from booking.kernel.timespan import TimeSpan
from booking.orders.actions.life import demand_step, enter, fact
from booking.orders.actions.rights import locked_for, must_decide
from booking.orders.errors import OrderNoPrice, OrderNotSensible
from booking.orders.events import OrderQuoted
from booking.orders.models import OrderQuote, ServiceOrder
from booking.orders.queries.belongings import standing_quote
from booking.orders.rules import QuoteTold, lines_of, quote_violations
from booking.orders.states import OrderStep, QuoteState
from booking.reservations.actions.taking import Ask, judge

_MORNING = time(9, 0)
_MINUTE = timedelta(minutes=1)


def quote_order(
    uow: UnitOfWork, number: str, told: QuoteTold, *, actor: Actor, now: datetime
) -> OrderQuote:
    """A quote that stands is replaced by it."""
    locked = locked_for(uow.session, number, actor)
    must_decide(actor, locked)
    order = locked.order
    demand_step(order, OrderStep.QUOTE)
    if broken := tuple(quote_violations(told, today=local(now).date())):
        raise OrderNotSensible(broken)
    tariff_id, listed = priced(uow.session, order, told, now=now)
    changes = enter(order, OrderStep.QUOTE, now=now)
    before = standing_quote(uow.session, order.key)
    if before is not None:
        before.state, before.decided_at = QuoteState.REPLACED, now
        uow.session.flush()
    lines = lines_of(told, listed.lines if listed else ())
    quote = OrderQuote(
        order_id=order.key,
        lines=[line.kept() for line in lines],
        total_fen=sum(line.amount_fen for line in lines),
        tariff_id=tariff_id,
        customer_class=listed.customer_class if listed else "",
        note=told.note,
        valid_until=told.valid_until,
        promised_day=told.promised_day,
        quoted_by=actor.id,
        quoted_at=now,
    )
    uow.session.add(quote)
    uow.session.flush()
    changes["total_fen"] = (before.total_fen if before else None, quote.total_fen)
    uow.announce(OrderQuoted(**fact(order, now=now, actor=actor, changes=changes)))
    return quote


def priced(
    session: Session, order: ServiceOrder, told: QuoteTold, *, now: datetime
) -> tuple[int | None, Quote | None]:
    """The price list's lines for this company today, and which list it was.

    Nobody knows yet at which hours the lab will work, so no hour counts as dear or cheap.
    """
    if not told.by_price_list:
        return None, None
    morning = datetime.combine(local(now).date(), _MORNING, LOCAL)
    span = TimeSpan(morning, morning + max(told.minutes, 1) * _MINUTE)
    ask = Ask(
        instrument_id=order.instrument_id,
        span=span,
        mode=ServiceMode.ENTRUSTED.value,
        organisation_id=order.organisation_id,
        holder_id=order.asked_by,
    )
    judged = judge(session, ask, now=now, lock=False)
    tariff = judged.terms.tariff
    if tariff is None:
        raise OrderNoPrice
    listed = price(
        span,
        replace(tariff, peak=()),
        judged.price_class,
        samples=told.samples,
        staff_minutes=told.staff_minutes,
    )
    if not told.minutes:
        listed = replace(listed, lines=listed.lines[1:])
    return tariff.tariff_id, listed
