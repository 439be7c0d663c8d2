"""The earliest free slots among many instruments.

Best first: every candidate has a moment before which it cannot have a slot; those with the
earliest such moments are looked at in batches, and the search ends as soon as nobody left could
come before what was found.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.expressions import instant, seconds_between
from booking.db.lists import among, ids_parameter
from booking.db.types import UtcDateTime
from booking.instruments.models.tables import HOLD, UNIT
from booking.instruments.queries.remembered import Memory, Remembered, SlotPolicy, remembered
from booking.instruments.queries.statutory import calendar_between
from booking.instruments.rules.opening import Hours, Schedule, StatutoryCalendar
from booking.instruments.rules.slots import (
    Seconds,
    earliest_start,
    moment_of,
    on_grid,
    seconds,
    windows_in_seconds,
    without,
)
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan

_EPOCH: Final = moment_of(0)
_DAY: Final = 86_400
_FIRST_BATCH: Final = 128


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
    known = remembered(session, ids, {} if memory is None else memory)
    days = _days(wish.span)
    search = _Search(session, wish, calendar_between(session, *days))
    found = search.run(known, limit)
    length = wish.length
    return [Slot(one, TimeSpan(moment_of(at), moment_of(at) + length)) for at, one in found]


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


@dataclass(slots=True)
class _Candidate:
    """An instrument, its open windows, and the moment before which it has no slot."""

    known: Remembered
    policy: SlotPolicy
    windows: list[Seconds]
    bound: int


@dataclass(slots=True)
class _Search:
    session: Session
    wish: SlotWish
    calendar: StatutoryCalendar
    _windows: dict[tuple[object, ...], list[Seconds]] = field(default_factory=dict)

    def run(self, known: Sequence[Remembered], limit: int) -> list[Seconds]:
        """(start, instrument) pairs, the earliest ones; ties go to the lower id."""
        queue = [(c.bound, c.known.instrument_id, c) for c in self._candidates(known)]
        heapq.heapify(queue)
        found: list[Seconds] = []
        size = max(_FIRST_BATCH, 2 * limit)
        while queue and not self._settled(found, limit, queue[0][:2]):
            batch = [heapq.heappop(queue)[2] for _ in range(min(size, len(queue)))]
            for candidate, start in self._look(batch):
                if start is not None:
                    found.append((start, candidate.known.instrument_id))
                elif candidate.bound < seconds(self.wish.span.end):
                    entry = (candidate.bound, candidate.known.instrument_id, candidate)
                    heapq.heappush(queue, entry)
            found = heapq.nsmallest(limit, found)
            size *= 2
        return found

    @staticmethod
    def _settled(found: Sequence[Seconds], limit: int, following: Seconds) -> bool:
        return len(found) == limit and found[-1] < following

    def _candidates(self, known: Sequence[Remembered]) -> Iterator[_Candidate]:
        length = int(self.wish.length.total_seconds())
        start, now = seconds(self.wish.span.start), seconds(self.wish.now)
        for one in known:
            policy = one.policy_at(max(start, now))
            if not self.wish.by_policy:
                policy = replace(policy, grid=1, shortest=0, longest=length, notice=0)
            if not (one.units and policy.shortest <= length <= policy.longest):
                continue
            windows = self._open(one, policy)
            earliest = max(start, now + policy.notice)
            bound = _first_possible(windows, earliest, length=length, grid=policy.grid)
            if bound is not None:
                yield _Candidate(one, policy, windows, bound)

    def _open(self, one: Remembered, policy: SlotPolicy) -> list[Seconds]:
        """The open windows; instruments with the same hours share the reckoning."""
        key = (one.week, one.days, policy.follows_calendar)
        if key not in self._windows:
            calendar = self.calendar if policy.follows_calendar else None
            schedule = Schedule(_week(one), _exceptions(one), calendar)
            self._windows[key] = windows_in_seconds(schedule, self.wish.span)
        windows = self._windows[key]
        return without(windows, one.faults) if one.faults else windows

    def _look(self, batch: Sequence[_Candidate]) -> Iterator[tuple[_Candidate, int | None]]:
        """Look a day far, then further: whether each candidate has a slot until there."""
        length = int(self.wish.length.total_seconds())
        first = min(c.bound for c in batch)
        until = max(c.bound for c in batch) + _DAY
        reach = max(c.policy.before + c.policy.after for c in batch)
        units = [unit for c in batch for unit in c.known.units]
        held = self._held(units, first - reach, until + length + reach)
        for candidate in batch:
            starts = [
                start
                for unit in candidate.known.units
                if (start := self._start(candidate, held.get(unit, ()), until)) is not None
            ]
            if starts:
                yield candidate, min(starts)
                continue
            later = _first_possible(
                candidate.windows, until, length=length, grid=candidate.policy.grid
            )
            candidate.bound = seconds(self.wish.span.end) if later is None else later
            yield candidate, None

    def _start(self, candidate: _Candidate, held: Sequence[Seconds], until: int) -> int | None:
        policy = candidate.policy
        start = earliest_start(
            candidate.windows,
            [(s - policy.after, e + policy.before) for s, e in held],
            length=int(self.wish.length.total_seconds()),
            grid=policy.grid,
            not_before=candidate.bound,
        )
        return start if start is not None and start < until else None

    def _held(self, units: Sequence[int], first: int, until: int) -> dict[int, list[Seconds]]:
        rows = self.session.execute(
            _HELD,
            {"units": units, "span_from": moment_of(first), "span_to": moment_of(until)},
        )
        held: dict[int, list[Seconds]] = {}
        for unit_id, start, end in rows:
            held.setdefault(unit_id, []).append((start, end))
        return held


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
    windows: Sequence[Seconds], earliest: int, *, length: int, grid: int
) -> int | None:
    for opens, closes in windows:
        if closes - length >= earliest:
            start = on_grid(max(opens, earliest), grid)
            if start + length <= closes:
                return start
    return None


def _week(one: Remembered) -> dict[int, tuple[Hours, ...]]:
    week: dict[int, tuple[Hours, ...]] = {}
    for weekday, hours in one.week:
        week[weekday] = (*week.get(weekday, ()), hours)
    return week


def _exceptions(one: Remembered) -> dict[date, tuple[Hours, ...]]:
    days: dict[date, tuple[Hours, ...]] = {}
    for day, hours in one.days:
        days[day] = days.get(day, ()) if hours is None else (*days.get(day, ()), hours)
    return days


def _days(span: TimeSpan) -> tuple[date, date]:
    return local(span.start).date(), local(span.end).date()
