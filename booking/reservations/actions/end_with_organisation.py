"""An organisation was suspended: what it had ahead is given back at once, and costs nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from booking.db.transactions import UnitOfWork
from booking.instruments.holds import release_bookings
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.tell_of_all import all_fact, tell_of_all
from booking.reservations.events import BookingsEnded, ReservationCancelled
from booking.reservations.queries.loading import Loaded
from booking.reservations.states import Action

SUSPENDED: Final = "the organisation was suspended"


def end_with_organisation(
    uow: UnitOfWork, ahead: Sequence[Loaded], *, actor_id: int | None, now: datetime
) -> None:
    """For bookings of one organisation that are locked; each holder is told of theirs once."""
    told = [_ended(one, actor_id=actor_id, now=now) for one in ahead]
    uow.session.flush()
    release_bookings(uow, [one.reservation.number for one in ahead])
    tell_of_all(uow, told, _of_each_holder(ahead, actor_id=actor_id, now=now))


def _ended(booked: Loaded, *, actor_id: int | None, now: datetime) -> ReservationCancelled:
    changes = enter(booked.reservation, Action.CANCEL, now=now, reason=SUSPENDED)
    told = fact(booked, now=now, actor_id=actor_id, cause=SUSPENDED, changes=changes)
    return ReservationCancelled(**told, late=False, fee_fen=0)


def _of_each_holder(
    ahead: Sequence[Loaded], *, actor_id: int | None, now: datetime
) -> Iterator[BookingsEnded]:
    held: dict[int, list[Loaded]] = defaultdict(list)
    for one in ahead:
        held[one.reservation.holder_id].append(one)
    for theirs in held.values():
        yield BookingsEnded(**all_fact(theirs, now=now, actor_id=actor_id, cause=SUSPENDED))
