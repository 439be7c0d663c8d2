"""The days of a period: how each was spent."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.waterfall import UnitTime, Waterfall, shares

_DAY_SECONDS: Final = 86_400
# Local time is ahead of UTC by eight hours.
_AHEAD: Final = 8 * 3600
_EPOCH: Final = date(1970, 1, 1)


class Spent(NamedTuple):
    """How many seconds of a day were used, of how many that were open."""

    used: int
    open: int


def days_of(period: TimeSpan, units: Iterable[UnitTime]) -> Mapping[date, Waterfall]:
    """The time of some units, cut at every local midnight."""
    seconds: dict[date, Counter[str]] = defaultdict(Counter)
    for unit in units:
        for start, end, share in shares(period, unit):
            for day, length in by_day(start, end):
                seconds[day][share.value] += length
    return {day: Waterfall(**found) for day, found in seconds.items()}


def by_day(start: int, end: int) -> Iterator[tuple[date, int]]:
    """A span of seconds since 1970 as local days and what lies in each."""
    while start < end:
        number = (start + _AHEAD) // _DAY_SECONDS
        until = min(end, (number + 1) * _DAY_SECONDS - _AHEAD)
        yield _EPOCH + timedelta(days=number), until - start
        start = until
