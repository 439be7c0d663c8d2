"""The earliest free slots among many instruments.

Best first: every candidate has a moment before which it cannot have a slot; those with the
earliest such moments are looked at in batches, and the search ends as soon as nobody left could
come before what was found.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.expressions import instant, seconds_between
from booking.db.lists import among, ids_parameter
from booking.db.types import UtcDateTime
from booking.instruments.models.tables import HOLD, UNIT
from booking.instruments.queries.layers import zone_days
from booking.instruments.queries.remembered import Memory, Remembered, Shape, SlotPolicy, remembered
from booking.instruments.queries.statutory import calendar_between
from booking.instruments.rules.layers import DaySaid, nearest
from booking.instruments.rules.learned import Opened
from booking.instruments.rules.opening import Schedule, StatutoryCalendar, days_reaching
from booking.instruments.rules.slots import (
    Grid,
    Seconds,
    earliest_start,
    moment_of,
    seconds,
    windows_in_seconds,
    without,
)
from booking.kernel.timespan import TimeSpan

_EPOCH: Final = moment_of(0)
_DAY: Final = 86_400
_FIRST_BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Slot:
    """Free time on an instrument."""

    instrument_id: int
    span: TimeSpan


@dataclass(frozen=True, slots=True)
class SlotWish:
    """A length, somewhere in a span, not before now; perhaps whatever the policies say."""

    length: timedelta
    span: TimeSpan
    now: datetime
    by_policy: bool = True


def earliest_slots(
    session: Session,
    ids: Sequence[int],
    wish: SlotWish,
    *,
    limit: int,
    memory: Memory | None = None,
) -> list[Slot]:
    """The earliest slot of each published instrument that has one, earliest first."""
    memory = memory or Memory()
    known = remembered(session, ids, memory)
    asked = days_reaching(wish.span)
    search = _Search(
        session,
        wish,
        calendar=calendar_between(session, asked[0], asked[-1]),
        zone=zone_days(session, asked[0], asked[-1]),
        memory=memory,
    )
    found = search.run(known, limit)
    return [Slot(one, TimeSpan(moment_of(at), moment_of(at) + wish.length)) for at, one in found]


def free_throughout(
    session: Session,
    ids: Sequence[int],
    span: TimeSpan,
    *,
    now: datetime,
    memory: Memory | None = None,
) -> list[int]:
    """Those of the instruments that are open and have a place free for the whole span."""
    wish = SlotWish(span.length, span, now, by_policy=False)
    slots = earliest_slots(session, ids, wish, limit=max(len(ids), 1), memory=memory)
    return sorted(slot.instrument_id for slot in slots)


@dataclass(frozen=True, slots=True)
class _Offer:
    """What instruments of one shape offer: when they are open, on which grid, from when on."""

    policy: SlotPolicy
    grid: Grid
    windows: list[Seconds]
    opened: Opened
    earliest: int
    bound: int


@dataclass(slots=True)
class _Candidate:
    """An instrument, its open windows, and the moment before which it has no slot."""

    known: Remembered
    offer: _Offer
    windows: list[Seconds]
    bound: int


class _Search:
    """One search: what is wished, and what the instruments of each shape offer."""

    def __init__(
        self,
        session: Session,
        wish: SlotWish,
        *,
        calendar: StatutoryCalendar,
        zone: Mapping[date, DaySaid],
        memory: Memory,
    ) -> None:
        self._session = session
        self._memory = memory
        self._wish = wish
        self._calendar = calendar
        self._zone = {day: said.windows for day, said in zone.items()}
        self._length = int(wish.length.total_seconds())
        self._start, self._end = seconds(wish.span.start), seconds(wish.span.end)
        self._now = seconds(wish.now)
        self._offers: dict[Shape, _Offer | None] = {}
        self._unlearnings = memory.prepare(session, self._start)

    def run(self, known: Sequence[Remembered], limit: int) -> list[Seconds]:
        """(start, instrument) pairs, the earliest ones; ties go to the lower id."""
        queue = [(c.bound, c.known.instrument_id, c) for c in self._candidates(known)]
        heapq.heapify(queue)
        found: list[Seconds] = []
        size = max(_FIRST_BATCH, 2 * limit)
        while queue and not _settled(found, limit, queue[0][:2]):
            for candidate, start in self._look(_next_batch(queue, size)):
                one = candidate.known.instrument_id
                if start is not None:
                    found.append((start, one))
                elif candidate.bound < self._end:
                    heapq.heappush(queue, (candidate.bound, one, candidate))
            found = heapq.nsmallest(limit, found)
            size *= 2
        return found

    def _candidates(self, known: Sequence[Remembered]) -> Iterator[_Candidate]:
        offers, taken = self._offers, self._memory.learned.taken
        for one in known:
            shape = one.shape
            if shape not in offers:
                offers[shape] = self._offer(shape)
            offer = offers[shape]
            if offer is None or not one.units:
                continue
            windows = without(offer.windows, one.faults) if one.faults else offer.windows
            candidate = _Candidate(one, offer, windows, offer.bound)
            if one.faults or any(unit in taken for unit in one.units):
                self._move(candidate, offer.earliest)
            if candidate.bound < self._end:
                yield candidate

    def _move(self, candidate: _Candidate, since: int) -> None:
        """Let a candidate wait for the first moment from which on it may have a slot."""
        possible = self._memory.learned.earliest(
            candidate.known.units, candidate.offer.opened, length=self._length, since=since
        )
        candidate.bound = self._end if possible is None else possible

    def _offer(self, shape: Shape) -> _Offer | None:
        """What a shape offers; None when it has nothing of this length."""
        policy = shape.policy_at(max(self._start, self._now))
        if not self._wish.by_policy:
            policy = replace(policy, grid=1, shortest=0, longest=self._length, notice=0)
        if not policy.shortest <= self._length <= policy.longest:
            return None
        calendar = self._calendar if policy.follows_calendar else None
        days = nearest(dict(shape.days), self._zone)
        schedule = Schedule(dict(shape.week), days, calendar)
        windows = windows_in_seconds(schedule, self._wish.span)
        grid = Grid.at(self._wish.span.start, policy.grid)
        earliest = max(self._start, self._now + policy.notice)
        bound = _first_possible(windows, earliest, length=self._length, grid=grid)
        if bound is None:
            return None
        opened = self._memory.learned.opened(windows)
        return _Offer(policy, grid, windows, opened, earliest, bound)

    def _look(self, batch: Sequence[_Candidate]) -> Iterator[tuple[_Candidate, int | None]]:
        """Look a day further than the batch begins: whether each has a slot until there."""
        first, until = batch[0].bound, batch[-1].bound + _DAY
        reach = max(c.offer.policy.before + c.offer.policy.after for c in batch)
        units = [unit for c in batch for unit in (*c.known.units, *c.known.parts)]
        held = self._held(units, first - reach, until + self._length + reach)
        self._memory.learn(held, unlearnings=self._unlearnings)
        for candidate in batch:
            parts = [piece for unit in candidate.known.parts for piece in held.get(unit, ())]
            starts = [
                start
                for unit in candidate.known.units
                if (start := self._first(candidate, _both(held.get(unit, ()), parts))) is not None
            ]
            start = min(starts, default=until)
            if start < until:
                yield candidate, start
                continue
            self._move(candidate, until)
            yield candidate, None

    def _first(self, candidate: _Candidate, held: Sequence[Seconds]) -> int | None:
        policy = candidate.offer.policy
        if policy.before or policy.after:
            held = [(start - policy.after, end + policy.before) for start, end in held]
        return earliest_start(
            candidate.windows,
            held,
            length=self._length,
            grid=candidate.offer.grid,
            not_before=candidate.bound,
        )

    def _held(self, units: Sequence[int], first: int, until: int) -> dict[int, list[Seconds]]:
        asked = {"units": units, "span_from": moment_of(first), "span_to": moment_of(until)}
        held: dict[int, list[Seconds]] = {}
        for unit_id, start, end in self._session.execute(_HELD, asked).all():
            if unit_id in held:
                held[unit_id].append((start, end))
            else:
                held[unit_id] = [(start, end)]
        return held


def _both(held: Sequence[Seconds], parts: list[Seconds]) -> Sequence[Seconds]:
    """What is held on a place or on any part, in order."""
    return sorted([*held, *parts]) if parts else held


def _next_batch(queue: list[tuple[int, int, _Candidate]], size: int) -> list[_Candidate]:
    """The next so many, as far as they wait for the same day."""
    latest = queue[0][0] + _DAY
    batch: list[_Candidate] = []
    while queue and len(batch) < size and queue[0][0] <= latest:
        batch.append(heapq.heappop(queue)[2])
    return batch


def _settled(found: Sequence[Seconds], limit: int, following: Seconds) -> bool:
    return len(found) == limit and found[-1] < following


_FROM: Final = sa.bindparam("span_from", type_=UtcDateTime())
_TO: Final = sa.bindparam("span_to", type_=UtcDateTime())
_EARLIER: Final = HOLD.alias("earlier")
# As in `holds.py`: one step back finds the only hold that can reach into the span.
_REACHING_BACK: Final = (
    sa.select(sa.func.max(_EARLIER.c.starts_at))
    .where(_EARLIER.c.unit_id == UNIT.c.id, _EARLIER.c.starts_at <= _FROM)
    .correlate(UNIT)
    .scalar_subquery()
)
_HELD: Final = (
    sa.select(
        UNIT.c.id,
        seconds_between(instant(_EPOCH), HOLD.c.starts_at),
        seconds_between(instant(_EPOCH), HOLD.c.ends_at),
    )
    .select_from(UNIT.join(HOLD, HOLD.c.unit_id == UNIT.c.id))
    .where(
        among(UNIT.c.id, ids_parameter("units")),
        HOLD.c.starts_at < _TO,
        HOLD.c.starts_at >= sa.func.coalesce(_REACHING_BACK, _FROM, type_=UtcDateTime()),
    )
    .order_by(UNIT.c.id, HOLD.c.starts_at)
)


def _first_possible(
    windows: Sequence[Seconds], earliest: int, *, length: int, grid: Grid
) -> int | None:
    return earliest_start(windows, (), length=length, grid=grid, not_before=earliest)
