"""Answer an offer of freed time: take it over without a gap, decline it, or let it lapse."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, queue_for_units, release_holds
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.waiting_life import (
    end_entry,
    end_offer,
    offered,
    offered_span,
    waitlist_fact,
)
from booking.reservations.errors import OfferOver
from booking.reservations.events import OfferLapsed, OfferRefused, OfferTaken
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.queries.standing import standing_of
from booking.reservations.queries.waitlist import offer_for_update, units_of_offer
from booking.reservations.rules.wish import Wish
from booking.reservations.states import EntryState, OfferState


def accept_offer(uow: UnitOfWork, offer_id: int, *, actor: Actor, now: datetime) -> Reservation:
    """Book what is offered, by every rule as it is now; a refusal leaves the offer as it is."""
    offer, entry = _open(uow, offer_id, actor=actor, now=now)
    # Whoever counts an organisation's bookings is waited for before any unit is.
    standing_of(
        uow.session,
        entry.organisation_id,
        holder_id=entry.holder_id,
        instrument_id=offer.instrument_id,
        lock=True,
        now=now,
    )
    units = units_of_offer(uow.session, offer.key)
    queue_for_units(uow, units)
    release_holds(uow, HoldReason.offer(offer.key))
    # Answered before it is counted: what was held for the answer does not count beside the booking.
    offer.state, offer.ended_at = OfferState.ACCEPTED, now
    uow.session.flush()
    made = reserve(uow, _wish(entry, offer), actor=actor, now=now, rather_on=units)
    offer.reservation_id = made.key
    changes = end_entry(entry, EntryState.SERVED, now=now)
    changes |= {"reservation": (None, made.number)}
    uow.session.flush()
    told = waitlist_fact(
        entry,
        offered(offer),
        now=now,
        actor_id=actor.id,
        changes=changes,
    )
    uow.announce(OfferTaken(**told))
    return made


def decline_offer(uow: UnitOfWork, offer_id: int, *, actor: Actor, now: datetime) -> None:
    """Say no: the time goes on to the next in line, and one's own place is given up."""
    offer, entry = _open(uow, offer_id, actor=actor, now=now)
    end_offer(uow, offer, OfferState.DECLINED, now=now)
    changes = end_entry(entry, EntryState.PASSED, now=now)
    uow.session.flush()
    told = waitlist_fact(
        entry,
        offered(offer),
        now=now,
        actor_id=actor.id,
        changes=changes,
    )
    uow.announce(OfferRefused(**told))


def lapse_offer(
    uow: UnitOfWork, offer: WaitlistOffer, entry: WaitlistEntry, *, now: datetime
) -> None:
    """Nobody answered: as if declined."""
    end_offer(uow, offer, OfferState.LAPSED, now=now)
    changes = end_entry(entry, EntryState.PASSED, now=now)
    uow.session.flush()
    told = waitlist_fact(
        entry,
        offered(offer),
        now=now,
        actor_id=None,
        changes=changes,
    )
    uow.announce(OfferLapsed(**told))


def _open(
    uow: UnitOfWork, offer_id: int, *, actor: Actor, now: datetime
) -> tuple[WaitlistOffer, WaitlistEntry]:
    offer, entry = offer_for_update(uow.session, offer_id, actor.id)
    if offer.state is not OfferState.OPEN or now >= offer.lapses_at:
        raise OfferOver
    return offer, entry


def _wish(entry: WaitlistEntry, offer: WaitlistOffer) -> Wish:
    return Wish(
        instrument_id=offer.instrument_id,
        span=offered_span(offer),
        mode=entry.mode,
        purpose=entry.purpose,
        samples=entry.samples,
        consumables=entry.consumables,
        helper_ids=tuple(entry.helper_ids),
        organisation_id=entry.organisation_id,
    )
