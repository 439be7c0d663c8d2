"""Whoever holds bookings leaves: a colleague holds them from now on."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.agreeing import Changed, ask_again
from booking.reservations.actions.life import fact, touch
from booking.reservations.actions.taking import Ask, judge
from booking.reservations.errors import SuccessorMissing
from booking.reservations.events import ReservationHandedOver
from booking.reservations.queries.departures import held_ahead_for_update
from booking.reservations.queries.loading import Loaded
from booking.reservations.rules.training import trained
from booking.reservations.states import State


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

    Nothing is refused: whoever leaves must not be kept by a colleague's quota. But who is not
    trained on an instrument does not operate it alone before the lab has agreed.
    """
    booked = held_ahead_for_update(uow.session, holder_id, organisation_id, now=now)
    if booked and successor_id is None:
        raise SuccessorMissing(bookings=len(booked))
    changed = []
    for one in booked:
        one.reservation.holder_id = successor_id or holder_id
        touch(one.reservation, now)
        changed.append((one, _asked_again(uow, one, now=now)))
    uow.session.flush()
    for one, asked in changed:
        told = fact(
            one,
            now=now,
            actor_id=actor_id,
            changes={"holder": (f"user:{holder_id}", f"user:{successor_id}"), **asked},
            on_behalf_of="" if actor_id == holder_id else f"user:{holder_id}",
        )
        uow.announce(ReservationHandedOver(**told, former_id=holder_id, waits=bool(asked)))


def _asked_again(uow: UnitOfWork, booked: Loaded, *, now: datetime) -> Changed:
    """What changes when the lab has to decide about the successor; a request waits anyhow."""
    reservation = booked.reservation
    if reservation.state is not State.CONFIRMED or booked.span.start <= now:
        return {}
    judged = judge(uow.session, Ask.again(reservation), now=now, lock=False)
    return ask_again(booked, judged, now=now) if judged.broken([trained]) else {}
