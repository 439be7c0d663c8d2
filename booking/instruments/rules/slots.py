"""The first slot of a length among many instruments, in whole seconds since 1970.

The same arithmetic as `availability.py` on plain integers: a search over thousands of instruments
has no time for objects. A property test holds the two together.
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

    def on_or_after(self, second: int) -> int:
        """The next line; where a day ends, counting restarts."""
        into_day = (second + self.shift) % _DAY
        past = into_day % self.step
        return second + min(self.step - past, _DAY - into_day) if past else second


def earliest_start(
    windows: Sequence[Seconds],
    held: Sequence[Seconds],
    *,
    length: int,
    grid: Grid,
    not_before: int,
) -> int | None:
    """The first start on the grid with room for `length`; `held` is in order, buffers included."""
    last, at, free_from = len(held), 0, not_before
    for opens, closes in windows:
        start = max(opens, free_from)
        while start + length <= closes:
            start = grid.on_or_after(start)
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
