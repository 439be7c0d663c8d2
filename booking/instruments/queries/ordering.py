"""Orders of a list other than by how close the cards are to what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import SEARCH
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, earliest_slots
from booking.instruments.queries.subsidised import own_shares
from booking.instruments.rules.nearness import borders_between
from booking.instruments.rules.slots import moment_of, seconds
from booking.instruments.rules.subsidised import Scheme

_NEVER: Final = 2**62
_SHORTEST: Final = timedelta(hours=1)
# How far ahead the earliest free time is looked for.
WITHIN: Final = timedelta(days=14)


class Order(StrEnum):
    """By what a list is ordered."""

    RELEVANCE = "relevance"
    EARLIEST = "earliest"
    PRICE = "price"
    DISTANCE = "distance"
    AFTER_SUBSIDY = "after_subsidy"


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order; how long the earliest free time has to be; from which district."""

    order: Order
    length: timedelta = _SHORTEST
    near: str = ""
    # The programmes that pay, where the order is by what they leave to pay.
    schemes: tuple[Scheme, ...] = ()

    @property
    def is_relevance(self) -> bool:
        """Whether it is the order in which cards are found anyway."""
        return self.order is Order.RELEVANCE or (self.order is Order.DISTANCE and not self.near)

    def moment(self, key: int) -> datetime | None:
        """The moment that a key of this order stands for."""
        return moment_of(key) if self.order is Order.EARLIEST and key < _NEVER else None

    def own_share(self, key: int) -> int | None:
        """What is left to pay for an hour, in fen, where a key of this order says so."""
        return key if self.order is Order.AFTER_SUBSIDY and key < _NEVER else None


CLOSEST: Final = Ordering(Order.RELEVANCE)


def sort_keys(
    session: Session, ids: Sequence[int], ordering: Ordering, *, soon: SlotWish, memory: Memory
) -> Mapping[int, int]:
    """A number for each card, the lowest first: seconds, fen, or borders between."""
    if ordering.order is Order.EARLIEST:
        slots = earliest_slots(session, ids, soon, limit=max(len(ids), 1), memory=memory)
        return {
            **dict.fromkeys(ids, _NEVER),
            **{slot.instrument_id: seconds(slot.span.start) for slot in slots},
        }
    if ordering.order is Order.AFTER_SUBSIDY:
        return dict.fromkeys(ids, _NEVER) | dict(own_shares(session, ids, ordering.schemes))
    s = SEARCH.c
    filed = sa.select(s.instrument_id, s.hour_fen, s.district)
    rows = session.execute(filed.where(among(s.instrument_id, ids_parameter("ids"))), {"ids": ids})
    if ordering.order is Order.PRICE:
        return {one: _NEVER if fen is None else fen for one, fen, _ in rows}
    return {one: borders_between(ordering.near, district) for one, _, district in rows}
