"""The hours of a week: how each weekday's every hour was spent, summed over a period."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.waterfall import Share, UnitTime, Waterfall, shares

_HOUR: Final = 3600
# Local time is ahead of UTC by eight hours, and 1 January 1970 was a Thursday.
_AHEAD: Final = 8 * _HOUR
_THURSDAY: Final = 3

# Monday is 0; hours are local, from 0 to 23.
Hour = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Week:
    """Seconds by hour of the week and share; all of them together are the calendar time."""

    seconds: Mapping[tuple[Hour, Share], int] = field(default_factory=dict)

    def at(self, weekday: int, hour: int) -> Waterfall:
        """How one hour of the week was spent."""
        found = {share.value: self.seconds.get(((weekday, hour), share), 0) for share in Share}
        return Waterfall(**found)

    def __add__(self, other: "Week") -> "Week":
        return Week(Counter(self.seconds) + Counter(other.seconds))


def week_of(period: TimeSpan, units: Iterable[UnitTime]) -> Week:
    """The time of some units, cut at every local hour."""
    seconds: Counter[tuple[Hour, Share]] = Counter()
    for unit in units:
        for start, end, share in shares(period, unit):
            for hour, length in by_hour(start, end):
                seconds[hour, share] += length
    return Week(seconds)


def by_hour(start: int, end: int) -> Iterator[tuple[Hour, int]]:
    """A piece of time cut at every local hour: which hour of the week, and how many seconds."""
    while start < end:
        hours = (start + _AHEAD) // _HOUR
        until = min(end, (hours + 1) * _HOUR - _AHEAD)
        yield ((hours // 24 + _THURSDAY) % 7, hours % 24), until - start
        start = until
