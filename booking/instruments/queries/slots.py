"""The earliest free spans among many instruments: the one finder.

Best first: every candidate has a moment before which it cannot have a slot; those with the
earliest such moments are looked at in batches, and the search ends as soon as nobody left could
come before what was found.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from booking.instruments.queries.offers import (
    Duty,
    Offer,
    Offers,
    duty_of,
    offered_by,
    operators_of,
)
from booking.instruments.queries.remembered import Memory, Remembered, remembered
from booking.instruments.queries.taken import taken_on
from booking.instruments.rules.customer import SOMEBODY, Customer
from booking.instruments.rules.slots import (
    Seconds,
    earliest_starts,
    either,
    moment_of,
    seconds,
    without,
)
from booking.kernel.timespan import TimeSpan

_DAY: Final = 86_400
_FIRST_BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Slot:
    """Free time on an instrument."""

    instrument_id: int
    span: TimeSpan


@dataclass(frozen=True, slots=True)
class SlotWish:
    """A length, somewhere in a span, not before now; perhaps whatever the policies say.

    Without a mode, each instrument's usual one; where that needs an operator, one is on duty during
    the slot.
    """

    length: timedelta
    span: TimeSpan
    now: datetime
    by_policy: bool = True
    mode: str = ""
    customer: Customer = SOMEBODY
    per_instrument: int = 1


def earliest_slots(
    session: Session,
    ids: Sequence[int],
    wish: SlotWish,
    *,
    limit: int,
    memory: Memory | None = None,
) -> list[Slot]:
    """The earliest slots of the published ones, each `per_instrument` at most, earliest first.

    A slot is as long as was wished, in whole steps of the instrument's grid.
    """
    memory = memory or Memory()
    known = remembered(session, ids, memory)
    found = _Search(session, wish, memory=memory).run(known, limit)
    return [Slot(one, TimeSpan(moment_of(at), moment_of(end))) for at, one, end in found]


def free_throughout(
    session: Session, ids: Sequence[int], wish: SlotWish, *, memory: Memory | None = None
) -> list[int]:
    """Those of the instruments that are open and free for the wish's whole span."""
    whole = replace(wish, length=wish.span.length, by_policy=False, per_instrument=1)
    slots = earliest_slots(session, ids, whole, limit=max(len(ids), 1), memory=memory)
    return sorted(slot.instrument_id for slot in slots)


# Start, instrument, end.
_Found = tuple[int, int, int]


@dataclass(slots=True)
class _Candidate:
    """An instrument, its open windows under one policy, how many more slots, before when it has
    none, and what it offers under later policies."""

    known: Remembered
    offer: Offer
    windows: list[Seconds]
    bound: int
    more: int
    operators: tuple[int, ...] = ()
    later: Sequence[Offer] = ()

    @property
    def units(self) -> tuple[int, ...]:
        return (*self.known.units, *self.known.parts, *self.operators)

    @property
    def is_over(self) -> bool:
        return not self.more or self.bound >= self.offer.sought.before


class _Search:
    """One search: what is wished, and what the instruments of each shape offer."""

    def __init__(self, session: Session, wish: SlotWish, *, memory: Memory) -> None:
        self._session = session
        self._memory = memory
        self._wish = wish
        self._now = seconds(wish.now)
        self._end = seconds(wish.span.end)
        self._unlearnings = memory.prepare(session, seconds(wish.span.start))
        self._duty: Duty = {}
        self._served_by: dict[tuple[int, tuple[int, ...]], Offer | None] = {}
        self._offers = Offers(
            session,
            length=wish.length,
            span=wish.span,
            by_policy=wish.by_policy,
            learned=memory.learned,
        )

    def run(self, known: Sequence[Remembered], limit: int) -> list[_Found]:
        """The earliest ones; ties go to the lower id."""
        serving = (unit for one in known for unit in operators_of(one, self._wish.mode))
        self._duty = duty_of(self._session, serving, self._wish.span)
        queue = [(c.bound, c.known.instrument_id, c) for c in self._candidates(known)]
        heapq.heapify(queue)
        found: list[_Found] = []
        size = max(_FIRST_BATCH, 2 * limit // self._wish.per_instrument)
        while queue and not _settled(found, limit, queue[0][:2]):
            batch = _next_batch(queue, size)
            found += self._look(batch)
            for candidate in batch:
                if not candidate.is_over:
                    one = candidate.known.instrument_id
                    heapq.heappush(queue, (candidate.bound, one, candidate))
            found = heapq.nsmallest(limit, found)
            size *= 2
        return found

    def _candidates(self, known: Sequence[Remembered]) -> Iterator[_Candidate]:
        taken, now, most = self._memory.learned.taken, self._now, self._wish.per_instrument
        customer, mode = self._wish.customer, self._wish.mode
        for one in known:
            operators = operators_of(one, mode)
            every = self._offers.of(one.shape, customer.class_at(one.provider_id), now)
            offers = [left for offer in every if (left := self._served(offer, operators))]
            if not offers or not one.units:
                continue
            offer, *later = offers
            broken = one.broken(now)
            windows = without(offer.windows, broken) if broken else offer.windows
            candidate = _Candidate(one, offer, windows, offer.bound, most, operators, later)
            if broken or any(unit in taken for unit in (*one.units, *operators)):
                self._move(candidate, offer.sought.not_before)
            if not candidate.is_over:
                yield candidate

    def _served(self, offer: Offer, operators: tuple[int, ...]) -> Offer | None:
        """The offer while any of the operators is on duty; None when nothing of it is left."""
        if not operators or any(unit not in self._duty for unit in operators):
            return offer
        key = (id(offer), operators)
        if key not in self._served_by:
            on_duty = either(span for unit in operators for span in self._duty[unit])
            self._served_by[key] = self._offers.within(offer, on_duty)
        return self._served_by[key]

    def _move(self, candidate: _Candidate, since: int) -> None:
        """Let a candidate wait for the first moment from which on it may have a slot, under the
        policy in force then."""
        self._bound(candidate, since)
        while candidate.later and candidate.bound >= candidate.offer.sought.before:
            candidate.offer, *candidate.later = candidate.later
            candidate.windows = without(candidate.offer.windows, candidate.known.broken(self._now))
            self._bound(candidate, since)

    def _bound(self, candidate: _Candidate, since: int) -> None:
        sought = candidate.offer.sought
        possible = self._memory.learned.earliest(
            candidate.known.units,
            candidate.offer.opened,
            length=sought.length,
            since=max(since, sought.not_before),
            serving=candidate.operators,
        )
        candidate.bound = self._end if possible is None else possible

    def _look(self, batch: Sequence[_Candidate]) -> Iterator[_Found]:
        """Look a day further than the batch begins; each waits for what comes after it."""
        first, until = batch[0].bound, batch[-1].bound + _DAY
        reach = max(c.offer.policy.before + c.offer.policy.after for c in batch)
        longest = max(c.offer.sought.length for c in batch)
        units = list({unit for c in batch for unit in c.units})
        held = taken_on(self._session, units, first=first - reach, until=until + longest + reach)
        self._memory.learn(held, unlearnings=self._unlearnings)
        for candidate in batch:
            sought = candidate.offer.sought
            within = replace(sought, not_before=candidate.bound, before=min(until, sought.before))
            offered = offered_by(
                candidate.known,
                candidate.offer.policy,
                candidate.windows,
                held=held,
                operators=candidate.operators,
                duty=self._duty,
            )
            starts = earliest_starts(offered, within, most=candidate.more)
            for start in starts:
                yield start, candidate.known.instrument_id, start + sought.length
            candidate.more -= len(starts)
            if candidate.more:
                after = starts[-1] + sought.length if starts else within.before
                self._move(candidate, max(within.before, after))


def _next_batch(queue: list[tuple[int, int, _Candidate]], size: int) -> list[_Candidate]:
    """The next so many, as far as they wait for the same day."""
    latest = queue[0][0] + _DAY
    batch: list[_Candidate] = []
    while queue and len(batch) < size and queue[0][0] <= latest:
        batch.append(heapq.heappop(queue)[2])
    return batch


def _settled(found: Sequence[_Found], limit: int, following: tuple[int, int]) -> bool:
    return len(found) == limit and found[-1][:2] < following
