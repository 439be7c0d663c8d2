"""An organisation was suspended: what it has ahead, or is offered, is given back at once, and costs
nothing. What was missed before stays missed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from booking.db.transactions import UnitOfWork
from booking.instruments.holds import release_bookings
from booking.reservations.actions.funding import free_prices
from booking.reservations.actions.lapse import miss
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.tell_of_all import all_fact, tell_of_all
from booking.reservations.actions.waiting_life import end_entry, end_offer, offered, waitlist_fact
from booking.reservations.events import BookingsEnded, ReservationCancelled, WaitlistLeft
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.queries.hindrance import kept_out
from booking.reservations.queries.loading import Loaded
from booking.reservations.queries.not_begun import not_begun_of
from booking.reservations.states import Action, EntryState, OfferState, State

SUSPENDED: Final = "the organisation was suspended"


def suspend_bookings(
    uow: UnitOfWork, organisation_id: int, *, actor_id: int | None, now: datetime
) -> None:
    """Nobody is let in from now on; who had not come before their grace passed has missed theirs,
    whether or not the clock has noted it yet."""
    found = not_begun_of(uow.session, organisation_id)
    late = [one for one in found if _is_over(one, now)]
    out = kept_out(uow.session, late, now)
    missed = [one for one in late if one.reservation.key not in out]
    for one in missed:
        miss(uow, one, now=now)
    gone = {one.reservation.key for one in missed}
    end_with_organisation(
        uow,
        [one for one in found if one.reservation.key not in gone],
        actor_id=actor_id,
        now=now,
    )


def end_with_organisation(
    uow: UnitOfWork,
    ahead: Sequence[Loaded],
    *,
    actor_id: int | None,
    now: datetime,
    cause: str = SUSPENDED,
) -> None:
    """For bookings of one organisation that are locked; each holder is told of theirs once."""
    if not ahead:
        return
    numbers = [one.reservation.number for one in ahead]
    told = [_ended(one, actor_id=actor_id, now=now, cause=cause) for one in ahead]
    uow.session.flush()
    release_bookings(uow, numbers)
    free_prices(uow, ahead[0].reservation.organisation_id, numbers, now=now)
    tell_of_all(uow, told, _of_each_holder(ahead, actor_id=actor_id, now=now, cause=cause))


def withdraw_offers(
    uow: UnitOfWork,
    offers: Sequence[tuple[WaitlistOffer, WaitlistEntry]],
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    """What is held for places that are locked goes on to the next in line; as when nobody answers,
    the place ends with it."""
    for offer, entry in offers:
        end_offer(uow, offer, OfferState.WITHDRAWN, now=now)
        changes = end_entry(entry, EntryState.LEFT, now=now)
        uow.session.flush()
        told = waitlist_fact(entry, offered(offer), now=now, actor_id=actor_id, changes=changes)
        uow.announce(WaitlistLeft(**told, cause=SUSPENDED))


def _is_over(booked: Loaded, now: datetime) -> bool:
    reservation = booked.reservation
    return reservation.state is State.CONFIRMED and reservation.missed_from <= now


def _ended(
    booked: Loaded, *, actor_id: int | None, now: datetime, cause: str
) -> ReservationCancelled:
    changes = enter(booked.reservation, Action.CANCEL, now=now, reason=cause)
    told = fact(booked, now=now, actor_id=actor_id, cause=cause, changes=changes)
    return ReservationCancelled(**told, late=False, fee_fen=0)


def _of_each_holder(
    ahead: Sequence[Loaded], *, actor_id: int | None, now: datetime, cause: str
) -> Iterator[BookingsEnded]:
    held: dict[int, list[Loaded]] = defaultdict(list)
    for one in ahead:
        held[one.reservation.holder_id].append(one)
    for theirs in held.values():
        yield BookingsEnded(**all_fact(theirs, now=now, actor_id=actor_id, cause=cause))
