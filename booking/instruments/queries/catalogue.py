"""The catalogue: what is found, page by page, perhaps only what is free at some time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.search import FoundCard, Wanted, cards, find_ids
from booking.instruments.queries.slots import Slot, SlotWish, earliest_slots, free_throughout
from booking.kernel.timespan import TimeSpan

# How many instruments one slot search looks at.
CANDIDATES: Final = 2000
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks, when, and what the application remembers for them."""

    actor: Actor | None
    now: datetime
    memory: Memory


def find_cards(
    session: Session,
    wanted: Wanted,
    *,
    asking: Asking,
    free: TimeSpan | None = None,
    after_id: int = 0,
    limit: int = 50,
) -> Sequence[FoundCard]:
    """The cards found after one, in order; with `free`, only those free for that whole time."""
    if free is None:
        ids = find_ids(session, wanted, actor=asking.actor, after_id=after_id, limit=limit)
        return cards(session, ids, at=asking.now)
    found: list[int] = []
    while len(found) < limit:
        ids = find_ids(session, wanted, actor=asking.actor, after_id=after_id, limit=_AT_ONCE)
        found += free_throughout(session, ids, free, now=asking.now, memory=asking.memory)
        if len(ids) < _AT_ONCE:
            break
        after_id = ids[-1]
    return cards(session, found[:limit], at=asking.now)


def find_slots(
    session: Session, wanted: Wanted, wish: SlotWish, *, limit: int, memory: Memory
) -> Sequence[Slot]:
    """The earliest slot of each instrument found, earliest first."""
    ids = find_ids(session, wanted, actor=None, limit=CANDIDATES)
    return earliest_slots(session, ids, wish, limit=limit, memory=memory)
