"""Get in line for time that is taken, and leave it again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.terms import ServiceMode, usual_mode
from booking.kernel.errors import NotFound
from booking.reservations.actions.offer_time import free_already
from booking.reservations.actions.reserve import booker_of
from booking.reservations.actions.taking import Ask, allow, judge_by
from booking.reservations.actions.waiting_life import (
    end_entry,
    end_offer,
    offered,
    waitlist_fact,
    window_of,
)
from booking.reservations.errors import (
    EntryOver,
    HelperNotThere,
    LengthNotInWindow,
    TimeIsFree,
    TooManyWaiting,
    WaitingAlready,
    WaitingOver,
)
from booking.reservations.events import WaitlistExpired, WaitlistJoined, WaitlistLeft
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry
from booking.reservations.queries.places import places_of
from booking.reservations.queries.standing import Asker
from booking.reservations.queries.units import Helpers, helpers_of
from booking.reservations.queries.waitlist import (
    Waiting,
    entry_for_update,
    instrument_of,
    open_offer_of,
)
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.rules.booking import WAITING_FOR_SPAN_RULES, WAITING_RULES
from booking.reservations.rules.waitlist import WaitWish, wanted_in
from booking.reservations.rules.wish import Wish
from booking.reservations.states import IN_LINE, EntryState, OfferState

# Of one person; more than anybody can use, and few enough for one page.
MOST_WAITING: Final = 20
LONGEST_WINDOW: Final = timedelta(days=31)
# No entry has this id.
_NONE_YET: Final = 0


def join_waitlist(uow: UnitOfWork, wish: WaitWish, *, actor: Actor, now: datetime) -> WaitlistEntry:
    """Wait for a span, or for some time of a window on one of a few instruments.

    What the rules refuse for certain is refused at once; what is free is booked, not waited for.
    """
    session = uow.session
    _possible(wish, now)
    ids = tuple(dict.fromkeys(wish.instrument_ids))
    helper_ids = tuple(dict.fromkeys(wish.helper_ids))
    holder_id, organisation_id = booker_of(session, _as_wish(wish, ids[0]), actor)
    asker = Asker(organisation_id, holder_id)
    mode = _mode_on(uow, ids[0], wish, asker=asker, actor=actor, now=now)
    # The usual one of the first is waited for on the others too.
    there = replace(wish, mode=mode)
    for one in ids[1:]:
        _mode_on(uow, one, there, asker=asker, actor=actor, now=now)
    _new_in_line(uow, wish, holder_id)
    waiting = Waiting(
        entry_id=_NONE_YET,
        holder_id=holder_id,
        organisation_id=organisation_id,
        mode=mode,
        window=wish.window,
        minutes=wish.minutes,
        joined_at=now,
        instrument_ids=ids,
        samples=wish.samples,
        consumables=wish.consumables,
        helper_ids=helper_ids,
    )
    if (free := free_already(uow, waiting, now=now)) is not None:
        raise TimeIsFree(*free)
    entry = WaitlistEntry(
        holder_id=holder_id,
        organisation_id=organisation_id,
        starts_at=wish.window.start,
        ends_at=wish.window.end,
        minutes=wish.minutes,
        last_start_at=wish.window.end - wish.length,
        mode=mode,
        purpose=wish.purpose,
        samples=wish.samples,
        consumables=dict(wish.consumables),
        helper_ids=list(helper_ids),
        joined_at=now,
    )
    session.add(entry)
    session.flush()
    session.add_all(WaitlistChoice(entry_id=entry.key, instrument_id=one) for one in ids)
    session.flush()
    told = waitlist_fact(
        entry,
        (ids[0], wish.window),
        now=now,
        actor_id=actor.id,
        changes={"state": (None, entry.state.value)},
    )
    uow.announce(WaitlistJoined(**told))
    return entry


def leave_waitlist(
    uow: UnitOfWork, entry_id: int, *, holder_id: int, actor_id: int | None, now: datetime
) -> WaitlistEntry:
    """Give one's place up; what is offered goes on to the next."""
    entry = entry_for_update(uow.session, entry_id, holder_id)
    if entry.state not in IN_LINE:
        raise EntryOver
    offer = open_offer_of(uow.session, entry_id)
    if offer is not None:
        end_offer(uow, offer, OfferState.DECLINED, now=now)
    changes = end_entry(entry, EntryState.LEFT, now=now)
    uow.session.flush()
    told = waitlist_fact(
        entry,
        offered(offer) if offer else (instrument_of(uow.session, entry_id), window_of(entry)),
        now=now,
        actor_id=actor_id,
        changes=changes,
    )
    uow.announce(WaitlistLeft(**told))
    return entry


def expire_entry(uow: UnitOfWork, entry: WaitlistEntry, *, now: datetime) -> None:
    """The time began, and nothing had become free."""
    changes = end_entry(entry, EntryState.EXPIRED, now=now)
    uow.session.flush()
    told = waitlist_fact(
        entry,
        (instrument_of(uow.session, entry.key), window_of(entry)),
        now=now,
        actor_id=None,
        changes=changes,
    )
    uow.announce(WaitlistExpired(**told))


def _possible(wish: WaitWish, now: datetime) -> None:
    if not wish.length <= wish.window.length <= LONGEST_WINDOW:
        raise LengthNotInWindow(days=LONGEST_WINDOW.days)
    if wish.window.end - wish.length <= now:
        raise WaitingOver


def _new_in_line(uow: UnitOfWork, wish: WaitWish, holder_id: int) -> None:
    places = places_of(uow.session, holder_id)
    if len(places) >= MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)
    wanted = set(wish.instrument_ids)
    for place in places:
        if place.window == wish.window and wanted.intersection(
            one for one, *_ in place.instruments
        ):
            raise WaitingAlready


def _mode_on(
    uow: UnitOfWork,
    instrument_id: int,
    wish: WaitWish,
    *,
    asker: Asker,
    actor: Actor,
    now: datetime,
) -> ServiceMode:
    """Which mode is waited for there; refuses what the rules would never let pass."""
    span = wish.window if wish.is_one_span else wanted_in(wish.window, wish.length, now=now)
    terms = booking_terms(uow.session, instrument_id, span, around=LOOK_AHEAD, now=now)
    must_be_known(terms, actor)
    mode = wish.mode.value if wish.mode else usual_mode(terms.service_modes)
    helpers = _helpers_on(uow.session, instrument_id, wish)
    ask = Ask(
        instrument_id=instrument_id,
        span=span,
        mode=mode,
        organisation_id=asker.organisation_id,
        holder_id=asker.holder_id,
        operators=helpers.operators,
        samples=wish.samples,
        consumables=wish.consumables,
    )
    judged = judge_by(uow.session, ask, terms, now=now)
    rules = WAITING_FOR_SPAN_RULES if wish.is_one_span else WAITING_RULES
    allow(uow.session, judged, actor=actor, rules=rules)
    # Refuses what has no price there: nobody could book it later either.
    judged.quote(wish.samples, wish.consumables)
    return ServiceMode(mode)


def _helpers_on(session: Session, instrument_id: int, wish: WaitWish) -> Helpers:
    """Who and what of it is offered there; the first instrument is the one where it was chosen."""
    try:
        return helpers_of(session, instrument_id, wish.helper_ids)
    except NotFound:
        if instrument_id == wish.instrument_ids[0]:
            raise
        raise HelperNotThere(instrument_id=instrument_id) from None


def _as_wish(wish: WaitWish, instrument_id: int) -> Wish:
    return Wish(
        instrument_id=instrument_id,
        span=wish.window,
        purpose=wish.purpose,
        organisation_id=wish.organisation_id,
    )
