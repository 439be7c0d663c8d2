"""The catalogue: what is found, page by page, perhaps only what is free at some time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.queries.found import FoundCard, cards
from booking.instruments.queries.ordering import CLOSEST, WITHIN, Ordering, sort_keys
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.search import START, Found, Place, Wanted, find, find_ids
from booking.instruments.queries.slots import Slot, SlotWish, earliest_slots, free_throughout
from booking.instruments.rules.customer import SOMEBODY, Customer
from booking.kernel.timespan import TimeSpan

# How many instruments one slot search looks at.
CANDIDATES: Final = 2000
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks, when, what the application remembers for them, in which order they want it."""

    actor: Actor | None
    now: datetime
    memory: Memory
    ordering: Ordering = CLOSEST
    customer: Customer = SOMEBODY


@dataclass(frozen=True, slots=True)
class Listed:
    """A found card and its place in the list; its earliest free time, or what programmes leave to
    pay for an hour, where that was asked."""

    card: FoundCard
    place: Place
    earliest: datetime | None = None
    own_share_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Found cards in order, and what was looked for instead of what was typed (see `Found`)."""

    items: Sequence[Listed]
    words: str | None = None
    loosely: bool = False


def find_cards(
    session: Session,
    wanted: Wanted,
    *,
    asking: Asking,
    free: TimeSpan | None = None,
    after: Place = START,
    limit: int = 50,
) -> Listing:
    """The cards found after a place, in order; with `free`, only those free for all that time."""
    if not asking.ordering.is_relevance:
        return _ordered(session, wanted, asking, free=free, after=after, limit=limit)
    wish = _wish(wanted, free, asking=asking) if free else None
    at_once = _AT_ONCE if free else limit
    found = find(session, wanted, actor=asking.actor, after=after, limit=at_once)
    places = list(_free(session, found, wish, asking=asking))
    while free and len(places) < limit and len(found.places) == at_once:
        after = found.places[-1]
        found = find(session, wanted, actor=asking.actor, after=after, limit=at_once)
        places += _free(session, found, wish, asking=asking)
    places = places[:limit]
    shown = {card.id: card for card in cards(session, [p.id for p in places], at=asking.now)}
    items = [Listed(shown[place.id], place) for place in places if place.id in shown]
    return Listing(items, found.words, found.loosely)


def _ordered(
    session: Session,
    wanted: Wanted,
    asking: Asking,
    *,
    free: TimeSpan | None,
    after: Place,
    limit: int,
) -> Listing:
    """The closest `CANDIDATES` of the cards found, in another order than by how close they are."""
    ordering = asking.ordering
    found = find(session, wanted, actor=asking.actor, limit=CANDIDATES)
    wish = _wish(wanted, free, asking=asking) if free else None
    ids = [place.id for place in _free(session, found, wish, asking=asking)]
    span = TimeSpan(asking.now, asking.now + WITHIN)
    soon = _wish(wanted, span, asking=asking)
    keys = sort_keys(session, ids, ordering, soon=soon, memory=asking.memory)
    places = sorted(Place(keys[one], one) for one in ids)
    places = [place for place in places if place > after][:limit]
    shown = {card.id: card for card in cards(session, [p.id for p in places], at=asking.now)}
    items = [
        Listed(shown[place.id], place, ordering.moment(place.rank), ordering.own_share(place.rank))
        for place in places
        if place.id in shown
    ]
    return Listing(items, found.words, found.loosely)


def _wish(wanted: Wanted, span: TimeSpan, *, asking: Asking) -> SlotWish:
    length, now = asking.ordering.length, asking.now
    return SlotWish(length, span, now, mode=wanted.mode, customer=asking.customer)


def _free(
    session: Session, found: Found, wish: SlotWish | None, *, asking: Asking
) -> Sequence[Place]:
    if wish is None:
        return found.places
    kept = set(free_throughout(session, found.ids, wish, memory=asking.memory))
    return [place for place in found.places if place.id in kept]


def find_slots(
    session: Session, wanted: Wanted, wish: SlotWish, *, limit: int, memory: Memory
) -> Sequence[Slot]:
    """The earliest slots on the instruments found, in the wanted mode, earliest first."""
    ids = find_ids(session, wanted, actor=None, limit=CANDIDATES)
    asked = replace(wish, mode=wanted.mode)
    return earliest_slots(session, ids, asked, limit=limit, memory=memory)
