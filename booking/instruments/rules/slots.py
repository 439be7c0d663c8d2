"""The first slot of a length among many instruments, in whole seconds since 1970.

The same arithmetic as `availability.py` on plain integers: a search over thousands of instruments
has no time for objects. A property test holds the two together.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from booking.instruments.rules.opening import DAY_MINUTES, Schedule, local_days
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
    for day in local_days(span):
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


def earliest_start(
    windows: Sequence[Seconds],
    held: Sequence[Seconds],
    *,
    length: int,
    grid: int,
    not_before: int,
) -> int | None:
    """The first start on the grid with room for `length`; `held` is in order, buffers included."""
    for opens, closes in windows:
        start = on_grid(max(opens, not_before), grid)
        at = bisect_left(held, (start, start))
        at = max(at - 1, 0)
        while start + length <= closes:
            while at < len(held) and held[at][1] <= start:
                at += 1
            if at == len(held) or held[at][0] >= start + length:
                return start
            start = on_grid(held[at][1], grid)
    return None


def on_grid(second: int, grid: int) -> int:
    """The next line of a grid counted from local midnight; where a day ends, counting restarts."""
    if grid <= 60 and second % 60 == 0:
        return second
    offset = local(moment_of(second)).utcoffset()
    shift = int(offset.total_seconds()) if offset else 0
    into_day = (second + shift) % _DAY
    past = into_day % grid
    if not past:
        return second
    return second + min(grid - past, _DAY - into_day)


def _cut(window: Seconds, start: int, end: int) -> Iterator[Seconds]:
    opens, closes = window
    if end <= opens or start >= closes:
        yield window
        return
    if opens < start:
        yield opens, start
    if end < closes:
        yield end, closes
