"""Blocks of time on a page, placed by quarters of an hour; positions become CSS classes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from booking.kernel.timespan import TimeSpan, local_midnight
from booking.web.formats import hours_of_day, utc
from booking.web.words import words

QUARTER: Final = timedelta(minutes=15)
# Only as many stand beside each other as still can be read.
_MOST_LANES: Final = 3
_UNDERNEATH: Final = frozenset({"closed", "past", "free", "selected"})


class BlockKind(StrEnum):
    """What a block says; also its CSS class."""

    FREE = "free"
    OCCUPIED = "occupied"
    MINE = "mine"
    REQUEST = "request"
    MAINTENANCE = "maintenance"
    FAULT = "fault"
    CLOSED = "closed"
    PAST = "past"
    SELECTED = "selected"
    # On a day sheet:
    DONE = "done"
    LIVE = "live"
    NEXT = "next"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Block:
    """Time to show: what it is, what it says, where it leads; `moves` is what may be moved."""

    span: TimeSpan
    kind: BlockKind | str
    text: str = ""
    href: str = ""
    moves: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A block in its place: `p{place} s{size}`, perhaps in a lane beside others."""

    span: TimeSpan
    kind: BlockKind
    text: str
    href: str
    place: int
    size: int
    lane: str = ""
    moves: str = ""

    @property
    def classes(self) -> str:
        return f"slot {self.kind} p{self.place} s{self.size} {self.lane}".rstrip()

    @property
    def says(self) -> str:
        """Its text, or what its kind is called."""
        return self.text or words(self.kind)

    @property
    def begins(self) -> str:
        return utc(self.span.start)

    @property
    def ends(self) -> str:
        return utc(self.span.end)

    @property
    def hours(self) -> str:
        return hours_of_day(self.span)


@dataclass(frozen=True, slots=True)
class Hours:
    """The part of a day that is shown, in whole local hours."""

    first: int = 8
    last: int = 20

    @property
    def quarters(self) -> int:
        return 4 * (self.last - self.first)

    @property
    def marks(self) -> tuple[tuple[int, str], ...]:
        """Each full hour with its place."""
        return tuple((4 * (h - self.first), f"{h:02d}:00") for h in range(self.first, self.last))

    def on(self, day: date) -> TimeSpan:
        """The shown part of that day."""
        midnight = local_midnight(day)
        return TimeSpan(midnight + self.first * _HOUR, midnight + self.last * _HOUR)

    def place_of(self, moment: datetime, day: date) -> int | None:
        """Where a moment stands on that day; None outside the shown hours."""
        shown = self.on(day)
        return (moment - shown.start) // QUARTER if shown.start <= moment < shown.end else None


_HOUR: Final = timedelta(hours=1)


def hours_around(spans: Iterable[TimeSpan], *, at_least: tuple[int, int] = (9, 18)) -> Hours:
    """Whole hours that show every one of these spans, each within its day."""
    first, last = at_least
    for span in set(spans):
        for day, piece in span.by_local_day():
            start = (piece.start - local_midnight(day)) // _HOUR
            end = -((local_midnight(day) - piece.end) // _HOUR)
            first, last = min(first, start), max(last, end)
    return Hours(first, last)


def placed(blocks: Iterable[Block], shown: TimeSpan) -> tuple[Slot, ...]:
    """The blocks that touch the shown time, clipped to it; overlapping ones in lanes."""
    slots = [slot for block in blocks if (slot := _slot(block, shown)) is not None]
    under = [slot for slot in slots if slot.kind in _UNDERNEATH]
    above = sorted(
        (s for s in slots if s.kind not in _UNDERNEATH), key=lambda s: (s.place, -s.size)
    )
    return (*under, *_in_lanes(above))


def _slot(block: Block, shown: TimeSpan) -> Slot | None:
    start, end = max(block.span.start, shown.start), min(block.span.end, shown.end)
    if start >= end:
        return None
    place = (start - shown.start) // QUARTER
    until = -((shown.start - end) // QUARTER)
    return Slot(
        block.span,
        BlockKind(block.kind),
        block.text,
        block.href,
        place,
        max(until - place, 1),
        moves=block.moves,
    )


def _in_lanes(slots: Sequence[Slot]) -> list[Slot]:
    out: list[Slot] = []
    group: list[Slot] = []
    for slot in slots:
        if group and slot.place >= max(s.place + s.size for s in group):
            out += _beside(group)
            group = []
        group.append(slot)
    return out + _beside(group)


def _beside(group: Sequence[Slot]) -> list[Slot]:
    """Each in the first lane that is free where it starts."""
    ends: list[int] = []
    lanes = []
    for slot in group:
        lane = next((i for i, end in enumerate(ends) if end <= slot.place), len(ends))
        ends[lane : lane + 1] = [slot.place + slot.size]
        lanes.append(lane)
    width = min(len(ends), _MOST_LANES)
    if width < 2:
        return list(group)
    return [
        replace(slot, lane=f"lane-{min(lane, width - 1)}-{width}")
        for slot, lane in zip(group, lanes, strict=True)
    ]
