"""Whoever holds bookings leaves: a colleague holds them from now on."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.life import fact, touch
from booking.reservations.errors import SuccessorMissing
from booking.reservations.events import ReservationHandedOver
from booking.reservations.queries.departures import held_ahead_for_update


def hand_over(
    uow: UnitOfWork,
    holder_id: int,
    organisation_id: int,
    *,
    successor_id: int | None,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Times, prices and terms stay as they were booked; only the holder is another.

    No rule is asked: whoever leaves must not be kept by a colleague's quota or missing training.
    The successor is told, and gives back or hands on what they may not use.
    """
    booked = held_ahead_for_update(uow.session, holder_id, organisation_id, now=now)
    if booked and successor_id is None:
        raise SuccessorMissing(bookings=len(booked))
    for one in booked:
        one.reservation.holder_id = successor_id or holder_id
        touch(one.reservation, now)
    uow.session.flush()
    for one in booked:
        told = fact(
            one,
            now=now,
            actor_id=actor_id,
            changes={"holder": (f"user:{holder_id}", f"user:{successor_id}")},
            on_behalf_of="" if actor_id == holder_id else f"user:{holder_id}",
        )
        uow.announce(ReservationHandedOver(**told, former_id=holder_id))
