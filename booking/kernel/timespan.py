"""Time as a value: half-open, aware, UTC inside."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from booking.kernel.clock import LOCAL

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """`[start, end)`, never empty; adjacent spans do not overlap."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs aware moments")
        # In UTC before they are compared: two moments of one place are compared by what its clocks
        # show, and once a year these show an hour twice.
        if self.start.tzinfo is not UTC:
            object.__setattr__(self, "start", self.start.astimezone(UTC))
        if self.end.tzinfo is not UTC:
            object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.start >= self.end:
            raise ValueError("a span ends after it starts")

    @classmethod
    def of_local_day(cls, day: date) -> "TimeSpan":
        """The calendar day as the zone lives it."""
        return cls(local_midnight(day), local_midnight(day + _DAY))

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "TimeSpan") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: "TimeSpan") -> bool:
        return self.start <= other.start and other.end <= self.end

    def clipped(self, other: "TimeSpan") -> "TimeSpan | None":
        """What both share, or nothing."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return TimeSpan(start, end) if start < end else None

    def widened(self, before: timedelta, after: timedelta) -> "TimeSpan":
        return TimeSpan(self.start - before, self.end + after)

    def minus(self, others: Iterable["TimeSpan"]) -> tuple["TimeSpan", ...]:
        """The pieces of this span that none of the others covers, in order."""
        pieces, cursor = [], self.start
        for other in merged(others):
            if other.end <= cursor:
                continue
            if other.start >= self.end:
                break
            if other.start > cursor:
                pieces.append(TimeSpan(cursor, other.start))
            cursor = other.end
        if cursor < self.end:
            pieces.append(TimeSpan(cursor, self.end))
        return tuple(pieces)

    def by_local_day(self) -> Iterator[tuple[date, "TimeSpan"]]:
        """Cut at local midnights: each day touched with its share."""
        day = self.start.astimezone(LOCAL).date()
        while (whole := TimeSpan.of_local_day(day)).start < self.end:
            if piece := self.clipped(whole):
                yield day, piece
            day += _DAY


@lru_cache(maxsize=4096)
def local_midnight(day: date) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time.min, LOCAL).astimezone(UTC)


def merged(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """The same time as few, ordered, separate spans; touching ones become one."""
    out: list[TimeSpan] = []
    for span in sorted(spans):
        if out and span.start <= out[-1].end:
            out[-1] = TimeSpan(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)


def in_order(spans: Iterable[TimeSpan]) -> bool:
    """Whether no two of them share a moment."""
    return all(not a.overlaps(b) for a, b in pairwise(sorted(spans)))
