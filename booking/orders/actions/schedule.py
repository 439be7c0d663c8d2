"""The lab takes time on the instrument for an order, through the one door to time."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.rules.terms import ServiceMode
from booking.orders.actions.life import enter, fact
from booking.orders.actions.rights import locked_for, must_decide
from booking.orders.errors import OrderBeyondQuote
from booking.orders.events import OrderScheduled
from booking.orders.models import OrderBooking, ServiceOrder
from booking.orders.queries.belongings import accepted_quote, bookings_of
from booking.orders.rules import Slot
from booking.orders.states import OrderStep
from booking.reservations.actions.reserve import reserve
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.wish import Wish

_LONGEST_PURPOSE = 200


def schedule_order(
    uow: UnitOfWork, number: str, slot: Slot, *, actor: Actor, now: datetime
) -> Reservation:
    """Book it in the name of whoever asked; every rule of booking holds. As often as needed, and
    for no more in all than the company accepted."""
    locked = locked_for(uow.session, number, actor)
    must_decide(actor, locked)
    order = locked.order
    enter(order, OrderStep.SCHEDULE, now=now)
    wish = Wish(
        instrument_id=order.instrument_id,
        span=slot.span,
        purpose=f"{order.number} {' '.join(order.wishes.split())}"[:_LONGEST_PURPOSE],
        mode=ServiceMode.ENTRUSTED,
        samples=slot.samples,
        organisation_id=order.organisation_id,
        on_behalf_of=order.asked_by,
        override_reason=slot.override_reason,
    )
    booked = reserve(uow, wish, actor=actor, now=now)
    uow.session.add(OrderBooking(order_id=order.key, reservation_id=booked.key))
    uow.session.flush()
    _must_be_quoted(uow, order)
    changes = {"booking": (None, booked.number)}
    uow.announce(OrderScheduled(**fact(order, now=now, actor=actor, changes=changes)))
    return booked


def _must_be_quoted(uow: UnitOfWork, order: ServiceOrder) -> None:
    """OrderBeyondQuote when the bookings that stand cost more than the quote that holds."""
    quote = accepted_quote(uow.session, order.key)
    quoted = quote.total_fen if quote else 0
    booked = sum(one.price_fen for one in bookings_of(uow.session, order.key) if one.stands)
    if booked > quoted:
        raise OrderBeyondQuote(quoted_fen=quoted, booked_fen=booked)
