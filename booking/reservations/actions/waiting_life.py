"""Ending a place in line or an offer, and telling of it."""

from datetime import datetime
from typing import TypedDict

from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, release_holds
from booking.kernel.events import Changes
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.states import EntryState, OfferState


class WaitlistFact(TypedDict):
    """What every fact about waiting tells."""

    at: datetime
    subject: str
    actor_id: int | None
    changes: Changes
    entry_id: int
    instrument_id: int
    organisation_id: int
    holder_id: int
    span: TimeSpan


def end_entry(
    entry: WaitlistEntry, state: EntryState, *, now: datetime
) -> dict[str, tuple[object, object]]:
    """The entry leaves the line; what changed."""
    before, entry.state, entry.ended_at = entry.state, state, now
    return {"state": (before.value, state.value)}


def end_offer(uow: UnitOfWork, offer: WaitlistOffer, state: OfferState, *, now: datetime) -> None:
    """What an offer held is given back; whoever is next is found when the fact is announced."""
    offer.state, offer.ended_at = state, now
    uow.session.flush()
    release_holds(uow, HoldReason.offer(offer.key))


def window_of(entry: WaitlistEntry) -> TimeSpan:
    return TimeSpan(entry.starts_at, entry.ends_at)


def offered(offer: WaitlistOffer) -> tuple[int, TimeSpan]:
    """Which instrument, and when."""
    return offer.instrument_id, offered_span(offer)


def offered_span(offer: WaitlistOffer) -> TimeSpan:
    return TimeSpan(offer.starts_at, offer.ends_at)


def waitlist_fact(
    entry: WaitlistEntry,
    what: tuple[int, TimeSpan],
    *,
    now: datetime,
    actor_id: int | None,
    changes: Changes,
) -> WaitlistFact:
    """What is told about a place in line and the time on an instrument that it is about."""
    instrument_id, span = what
    return WaitlistFact(
        at=now,
        subject=f"waitlist:{entry.key}",
        actor_id=actor_id,
        changes=changes,
        entry_id=entry.key,
        instrument_id=instrument_id,
        organisation_id=entry.organisation_id,
        holder_id=entry.holder_id,
        span=span,
    )
