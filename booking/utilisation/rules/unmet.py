"""Unmet demand: time that was asked for and not given, cut to a period and to the hours of a week.

Refused time counts in full where it lies. A place in a line wants so many minutes of a window:
they are spread evenly over it, and over the instruments that would have done.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.waterfall import whole_seconds
from booking.utilisation.rules.week import Hour

_HOUR: Final = 3600
_WEEK: Final = 7 * 24
# Local time is ahead of UTC by eight hours, and 1 January 1970 was a Thursday: so many hours into
# a week the count of seconds begins.
_BEGAN: Final = 3 * 24 + 8


class Unmet(StrEnum):
    """Why time was not given: the first three were refused, the last was waited for in vain."""

    OCCUPIED = "occupied"
    CLOSED = "closed"
    BROKEN = "broken"
    WAITED = "waited"


class Wanted(NamedTuple):
    """So many seconds, between two moments in whole seconds since 1970, that were wanted of an
    instrument; `record` is the id of the refusal, or of the choice of who waited.

    A year of a zone has tens of thousands of them: hence plain numbers.
    """

    record: int
    instrument_id: int
    start: int
    end: int
    seconds: int
    why: Unmet


@dataclass(frozen=True, slots=True)
class Adds:
    """Wishes that add something, and how many seconds each adds, in the same order.

    Two lists, because a pair for each would keep the garbage collector busy.
    """

    wanted: list[Wanted] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.wanted)

    def __iter__(self) -> Iterator[tuple[Wanted, int]]:
        return zip(self.wanted, self.seconds, strict=True)


# Seconds in each hour of the week, Monday's first being 0.
Hours = Counter[int]


def hour_of(number: int) -> Hour:
    """The weekday and hour of an hour of the week."""
    return divmod(number, 24)


def number_of(hour: Hour) -> int:
    """An hour of the week, counted from Monday's first."""
    return hour[0] * 24 + hour[1]


def within(period: TimeSpan, wanted: Iterable[Wanted], *, hour: Hour | None = None) -> Adds:
    """What each wish has within the period, or in one hour of its weeks, where it has anything;
    what is asked of two periods, or of every hour, adds up to the whole."""
    first, last = whole_seconds(period)
    only = None if hour is None else number_of(hour)
    adds = Adds()
    for one in wanted:
        seconds = (
            _before(one, last) - _before(one, first)
            if only is None
            else sum(some for at, some in pieces(first, last, one) if at == only)
        )
        if seconds:
            adds.wanted.append(one)
            adds.seconds.append(seconds)
    return adds


def lost_hours(period: TimeSpan, wanted: Iterable[Wanted]) -> Mapping[Unmet, Hours]:
    """All of it within the period, by reason and hour of the week.

    Of a span that is wanted in full only the hours at its ends need looking at: how often all of an
    hour was wanted follows from how many such spans had begun and not yet ended.
    """
    first, last = whole_seconds(period)
    found: dict[Unmet, tuple[Hours, Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
    for one in wanted:
        hours, begun = found[one.why]
        at, until = max(one.start, first), min(one.end, last)
        opens, closes = at // _HOUR, until // _HOUR
        if one.seconds != one.end - one.start or opens >= closes:
            for number, seconds in pieces(first, last, one):
                hours[number] += seconds
            continue
        hours[(opens + _BEGAN) % _WEEK] += (opens + 1) * _HOUR - at
        hours[(closes + _BEGAN) % _WEEK] += until - closes * _HOUR
        begun[opens + 1] += 1
        begun[closes] -= 1
    return {why: hours + _whole_hours(begun) for why, (hours, begun) in found.items()}


def _whole_hours(steps: Counter[int]) -> Hours:
    """From how many spans more or fewer there are in an hour than before it, seconds by hour."""
    found: Hours = Counter()
    running, edges = 0, sorted(steps)
    for hour, following in pairwise(edges):
        running += steps[hour]
        for one in range(hour, following):
            found[(one + _BEGAN) % _WEEK] += running * _HOUR
    return found


def pieces(first: int, last: int, wanted: Wanted) -> Iterator[tuple[int, int]]:
    """What of a wish lies between two moments, by hours of the week; whole seconds are taken from
    a running total."""
    at, until = max(wanted.start, first), min(wanted.end, last)
    given, hour = _before(wanted, at), at // _HOUR
    while at < until:
        hour += 1
        at = min(until, hour * _HOUR)
        upto = _before(wanted, at)
        yield (hour - 1 + _BEGAN) % _WEEK, upto - given
        given = upto


def _before(wanted: Wanted, moment: int) -> int:
    """How many of its seconds are wanted before a moment."""
    _, _, start, end, seconds, _ = wanted
    if moment <= start:
        return 0
    return seconds if moment >= end else seconds * (moment - start) // (end - start)


def fair_share(seconds: int, place: int, among: int) -> int:
    """What falls to one of several instruments that would have done; `place` counts from 0."""
    return seconds // among + (1 if place < seconds % among else 0)


@dataclass(frozen=True, slots=True)
class Sum:
    """Seconds by reason."""

    occupied: int = 0
    closed: int = 0
    broken: int = 0
    waited: int = 0

    @property
    def refused(self) -> int:
        return self.occupied + self.closed + self.broken

    @property
    def all(self) -> int:
        return self.refused + self.waited

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            self.occupied + other.occupied,
            self.closed + other.closed,
            self.broken + other.broken,
            self.waited + other.waited,
        )


def sum_of(parts: Iterable[tuple[Unmet, int]]) -> Sum:
    """Add seconds up by their reason."""
    found: Counter[str] = Counter()
    for why, seconds in parts:
        found[why.value] += seconds
    return Sum(**found)
