"""Unmet demand: time that was asked for and not given, cut to a period and to the hours of a week.

Refused time counts in full where it lies. A place in a line wants so many minutes of a window:
they are spread evenly over it, and over the instruments that would have done.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.waterfall import whole_seconds
from booking.utilisation.rules.week import Hour, by_hour


class Unmet(StrEnum):
    """Why time was not given: the first three were refused, the last was waited for in vain."""

    OCCUPIED = "occupied"
    CLOSED = "closed"
    BROKEN = "broken"
    WAITED = "waited"


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many seconds of a span that somebody wanted of an instrument."""

    instrument_id: int
    span: TimeSpan
    seconds: int
    why: Unmet


# Seconds by instrument, hour of the week and reason.
Lost = Counter[tuple[int, Hour, Unmet]]


def lost_hours(period: TimeSpan, wanted: Iterable[Wanted]) -> Lost:
    """All of it that lies within the period; what is asked of two periods adds up to the whole."""
    found: Lost = Counter()
    for one in wanted:
        for hour, seconds in pieces(period, one):
            found[one.instrument_id, hour, one.why] += seconds
    return found


def pieces(period: TimeSpan, wanted: Wanted) -> Iterator[tuple[Hour, int]]:
    """One wish by hours of the week; whole seconds are taken from a running total."""
    shared = wanted.span.clipped(period)
    if shared is None:
        return
    first, last = whole_seconds(wanted.span)
    start, end = whole_seconds(shared)
    length = last - first
    for hour, seconds in by_hour(start, end) if length else ():
        before, start = start - first, start + seconds
        yield hour, wanted.seconds * (start - first) // length - wanted.seconds * before // length


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


def sum_of(parts: Iterable[tuple[Unmet, int]]) -> Sum:
    """Add seconds up by their reason."""
    found: Counter[str] = Counter()
    for why, seconds in parts:
        found[why.value] += seconds
    return Sum(**found)
