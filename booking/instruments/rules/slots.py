"""Free spans of a length on an instrument, in whole seconds since 1970: the one place that decides.

A span is free when one place is, where the mode needs one an operator too, both at a booking's
distance from what is held. Plain integers: a search over thousands of instruments has no time for
objects. A property test compares it with a walk from minute to minute.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from booking.instruments.rules.opening import DAY_MINUTES, Schedule, days_reaching
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan, local_midnight

Seconds = tuple[int, int]
_DAY: Final = DAY_MINUTES * 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(moment: datetime) -> int:
    """An instant as whole seconds since 1970."""
    elapsed = moment - _EPOCH
    return elapsed.days * 86_400 + elapsed.seconds


def moment_of(second: int) -> datetime:
    """The instant again."""
    return datetime.fromtimestamp(second, UTC)


def windows_in_seconds(schedule: Schedule, span: TimeSpan) -> list[Seconds]:
    """The open windows of a span in order; touching ones are one."""
    start, end = seconds(span.start), seconds(span.end)
    windows: list[Seconds] = []
    for day in days_reaching(span):
        midnight = seconds(local_midnight(day))
        for hours in sorted(schedule.on(day), key=lambda h: h.opens):
            opens = max(midnight + 60 * hours.opens, start)
            closes = min(midnight + 60 * hours.closes, end)
            if windows and opens <= windows[-1][1]:
                windows[-1] = (windows[-1][0], max(windows[-1][1], closes))
            elif opens < closes:
                windows.append((opens, closes))
    return windows


def without(windows: Sequence[Seconds], closed: Iterable[Seconds]) -> list[Seconds]:
    """The windows, less some closed stretches in order."""
    left = list(windows)
    for start, end in closed:
        left = [piece for window in left for piece in _cut(window, start, end)]
    return left


def common(windows: Sequence[Seconds], others: Sequence[Seconds]) -> list[Seconds]:
    """The time in both; each is in order and does not touch itself."""
    shared: list[Seconds] = []
    mine = theirs = 0
    while mine < len(windows) and theirs < len(others):
        (opens, closes), (begins, ends) = windows[mine], others[theirs]
        if max(opens, begins) < min(closes, ends):
            shared.append((max(opens, begins), min(closes, ends)))
        if closes < ends:
            mine += 1
        else:
            theirs += 1
    return shared


def either(spans: Iterable[Seconds]) -> list[Seconds]:
    """The time in any of them, in order; touching ones are one."""
    joined: list[Seconds] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines `step` seconds apart, counted from local midnight; the zone's offset is `shift`."""

    step: int
    shift: int

    @classmethod
    def at(cls, moment: datetime, step: int) -> "Grid":
        # The zone has had one offset since 1991, so one look at the clock serves a whole search.
        offset = local(moment).utcoffset()
        return cls(step, int(offset.total_seconds()) if offset else 0)

    def whole(self, length: int) -> int:
        """The length in whole steps, at least as long."""
        return -(-length // self.step) * self.step

    def on_or_after(self, second: int) -> int:
        """The next line; where a day ends, counting restarts."""
        into_day = (second + self.shift) % _DAY
        past = into_day % self.step
        return second + min(self.step - past, _DAY - into_day) if past else second

    def start(self, second: int, length: int) -> int | None:
        """The next line from which a length of whole steps ends on a line; None: from no line."""
        line = self.on_or_after(second)
        if not _DAY % self.step:
            return line
        # Lines do not meet over midnight; what none of a day's lines can, none can.
        for _ in range(_DAY // self.step + 1):
            if not (line + length + self.shift) % _DAY % self.step:
                return line
            line = self.on_or_after(line + 1)
        return None


@dataclass(frozen=True, slots=True)
class Operator:
    """Who serves: when they are taken, in order, and when they are on duty (None: always).

    Duty has to cover what is booked; what is held keeps its distance like a place's.
    """

    held: Sequence[Seconds] = ()
    on_duty: Sequence[Seconds] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An instrument's open windows, what is held on each place, the operators where one is needed.

    Holds are in order, those of parts among them; `before` and `after` is what a booking holds
    beside itself.
    """

    windows: Sequence[Seconds]
    places: Sequence[Sequence[Seconds]]
    operators: Sequence[Operator] | None = None
    before: int = 0
    after: int = 0

    def lots(self) -> Iterator[tuple[Sequence[Seconds], Sequence[Seconds]]]:
        """What may be taken together: its windows, and what to stay clear of in them."""
        for held in self.places:
            if self.operators is None:
                yield self.windows, self._kept_from(held)
                continue
            for one in self.operators:
                windows = self.windows if one.on_duty is None else common(self.windows, one.on_duty)
                yield windows, self._kept_from(sorted([*held, *one.held]) if one.held else held)

    def stretches(self) -> Iterator[Seconds]:
        """The free time of each lot."""
        for windows, away in self.lots():
            yield from without(windows, away)

    def _kept_from(self, held: Sequence[Seconds]) -> Sequence[Seconds]:
        if not (self.before or self.after):
            return held
        return [(start - self.after, end + self.before) for start, end in held]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A length in whole steps of a grid; it begins not before one moment, and before another."""

    length: int
    grid: Grid
    not_before: int
    before: int


def earliest_starts(offered: Offered, sought: Sought, *, most: int = 1) -> list[int]:
    """Where the earliest spans begin, none over another; in order."""
    lots = list(offered.lots())
    found: list[int] = []
    since = sought.not_before
    while len(found) < most and since < sought.before:
        starts = [
            start
            for windows, away in lots
            if (start := _earliest(windows, away, sought, since=since)) is not None
        ]
        if not starts:
            break
        found.append(min(starts))
        since = found[-1] + sought.length
    return found


def earliest_opening(windows: Sequence[Seconds], sought: Sought) -> int | None:
    """Where a span could begin if nothing were held."""
    return _earliest(windows, (), sought, since=sought.not_before)


def _earliest(
    windows: Sequence[Seconds], held: Sequence[Seconds], sought: Sought, *, since: int
) -> int | None:
    """The first start with room for the length; `held` is in order, buffers included."""
    length, before, grid = sought.length, sought.before, sought.grid
    last, at, free_from = len(held), 0, since
    for opens, closes in windows:
        start = max(opens, free_from)
        while start + length <= closes:
            line = grid.start(start, length)
            if line is None or line >= before:
                return None
            start = line
            # What ends before is behind for good.
            while at < last and held[at][1] <= start:
                at += 1
            if start + length > closes:
                break
            if at == last or held[at][0] >= start + length:
                return start
            at, start = _past_the_crowd(held, at, length)
            free_from = start
    return None


def _past_the_crowd(held: Sequence[Seconds], at: int, length: int) -> tuple[int, int]:
    """The end of the first hold after which the next one leaves room."""
    last = len(held)
    end = held[at][1]
    at += 1
    while at < last and held[at][0] - end < length:
        end = max(end, held[at][1])
        at += 1
    return at, end


def _cut(window: Seconds, start: int, end: int) -> Iterator[Seconds]:
    opens, closes = window
    if end <= opens or start >= closes:
        yield window
        return
    if opens < start:
        yield opens, start
    if end < closes:
        yield end, closes
