"""How one unit's time divides, to the second: calendar = closed + maintenance + fault + open,
open = used + booked but unused + idle.

Moments are cut to whole seconds before anything else, so that parts of parts add up exactly.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from itertools import pairwise

from booking.kernel.timespan import TimeSpan

Seconds = tuple[int, int]
Spans = tuple[TimeSpan, ...]


class Share(StrEnum):
    """What a second of an instrument's time was spent on."""

    CLOSED = "closed"
    MAINTENANCE = "maintenance"
    FAULT = "fault"
    USED = "used"
    BOOKED_UNUSED = "booked_unused"
    IDLE = "idle"


class Layer(StrEnum):
    """What is recorded about a unit's time; layers may lie over one another."""

    OPENING = "opening"
    CLOSURE = "closure"
    MAINTENANCE = "maintenance"
    FAULT = "fault"
    BOOKED = "booked"
    USED = "used"


@dataclass(frozen=True, slots=True)
class UnitTime:
    """All that is recorded about one unit; spans may overlap, touch or reach beyond the period."""

    opening: Spans = ()
    closures: Spans = ()
    maintenance: Spans = ()
    faults: Spans = ()
    booked: Spans = ()
    used: Spans = ()

    def layers(self) -> Iterator[tuple[Layer, Spans]]:
        return zip(Layer, (getattr(self, name) for name in self.__slots__), strict=True)


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Seconds of each share; what they add up to cannot disagree with them."""

    closed: int = 0
    maintenance: int = 0
    fault: int = 0
    used: int = 0
    booked_unused: int = 0
    idle: int = 0

    @property
    def open(self) -> int:
        return self.used + self.booked_unused + self.idle

    @property
    def calendar(self) -> int:
        return self.closed + self.maintenance + self.fault + self.open

    def __add__(self, other: "Waterfall") -> "Waterfall":
        return Waterfall(
            self.closed + other.closed,
            self.maintenance + other.maintenance,
            self.fault + other.fault,
            self.used + other.used,
            self.booked_unused + other.booked_unused,
            self.idle + other.idle,
        )


def share_of(on: frozenset[Layer]) -> Share:
    """Which share a moment belongs to, by what lies over it.

    A broken instrument is not used, whatever the session says. Use is a fact, so it opens closed
    time and shortens maintenance. Downtime counts only where the unit would have been open. A
    booking that staff placed outside opening hours opens them, unless the unit was taken away.
    """
    scheduled = Layer.OPENING in on and Layer.CLOSURE not in on
    if Layer.FAULT in on:
        return Share.FAULT if scheduled else Share.CLOSED
    if Layer.USED in on:
        return Share.USED
    if Layer.MAINTENANCE in on:
        return Share.MAINTENANCE if scheduled else Share.CLOSED
    if Layer.BOOKED in on and Layer.CLOSURE not in on:
        return Share.BOOKED_UNUSED
    return Share.IDLE if scheduled else Share.CLOSED


def waterfall(period: TimeSpan, unit: UnitTime) -> Waterfall:
    """Divide one unit's time within the period."""
    seconds = dict.fromkeys((share.value for share in Share), 0)
    for start, end, share in shares(period, unit):
        seconds[share.value] += end - start
    return Waterfall(**seconds)


def shares(period: TimeSpan, unit: UnitTime) -> Iterator[tuple[int, int, Share]]:
    """One unit's time within the period, piece by piece, as seconds since 1970."""
    first, last = whole_seconds(period)
    steps: dict[int, Counter[Layer]] = {first: Counter(), last: Counter()}
    for layer, spans in unit.layers():
        for start, end in _clipped(spans, first, last):
            steps.setdefault(start, Counter())[layer] += 1
            steps.setdefault(end, Counter())[layer] -= 1
    depth: Counter[Layer] = Counter()
    for moment, later in pairwise(sorted(steps)):
        depth.update(steps[moment])
        yield moment, later, share_of(frozenset(layer for layer in Layer if depth[layer] > 0))


def waterfall_of_units(period: TimeSpan, units: Iterable[UnitTime]) -> Waterfall:
    """An instrument of several units has several times the calendar."""
    return reduce(Waterfall.__add__, (waterfall(period, unit) for unit in units), Waterfall())


def effective_within(period: TimeSpan, use: TimeSpan, effective: int) -> int:
    """The part of a use's effective seconds that falls into the period.

    They carry no times of their own, so they are spread evenly over the use; whole seconds are
    taken from a running total, which makes the parts of all periods add up to the whole.
    """
    first, last = whole_seconds(period)
    start, end = whole_seconds(use)
    if start == end:
        return effective if first <= start < last else 0
    upto, before = (min(max(edge, start), end) - start for edge in (last, first))
    return effective * upto // (end - start) - effective * before // (end - start)


def whole_seconds(span: TimeSpan) -> Seconds:
    """Both ends as whole seconds since 1970, cut down."""
    return _epoch(span.start), _epoch(span.end)


def _epoch(moment: datetime) -> int:
    return int(moment.replace(microsecond=0).timestamp())


def _clipped(spans: Spans, first: int, last: int) -> Iterator[Seconds]:
    for span in spans:
        start, end = whole_seconds(span)
        start, end = max(start, first), min(end, last)
        if start < end:
            yield start, end
