"""The lab takes time on the instrument for an order, through the one door to time."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.rules.terms import ServiceMode
from booking.orders.actions.life import enter, fact
from booking.orders.actions.rights import locked_for, must_decide
from booking.orders.events import OrderScheduled
from booking.orders.models import OrderBooking
from booking.orders.rules import Slot
from booking.orders.states import OrderStep
from booking.reservations.actions.reserve import reserve
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.wish import Wish

_LONGEST_PURPOSE = 200


def schedule_order(
    uow: UnitOfWork, number: str, slot: Slot, *, actor: Actor, now: datetime
) -> Reservation:
    """Book it in the name of whoever asked; every rule of booking holds. As often as needed."""
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
    changes = {"booking": (None, booked.number)}
    uow.announce(OrderScheduled(**fact(order, now=now, actor=actor, changes=changes)))
    return booked
