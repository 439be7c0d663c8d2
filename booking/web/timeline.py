"""Days over many things: one row each, hours to the right, the days one after the other.

line = timeline([day], rows, hours=Hours(8, 20), now=now)    {{ ui.timeline(line, label=…) }}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.web.blocks import Block, Hours, Slot, placed


@dataclass(frozen=True, slots=True)
class LineRow:
    """A thing and what happens to it; `book` is where a span of it that is chosen leads, and time
    is chosen in steps of so many minutes."""

    name: str
    blocks: Sequence[Block]
    sub: str = ""
    href: str = ""
    key: int = 0
    book: str = ""
    step_minutes: int = 30
    without: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """A row's day."""

    day: date
    slots: tuple[Slot, ...]
    now_place: int | None


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row ready to draw; `row.key` is the thing's number."""

    row: LineRow
    tracks: tuple[Track, ...]

    @property
    def href(self) -> str:
        return self.row.href

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(slot for track in self.tracks for slot in track.slots)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A timeline ready to draw."""

    days: tuple[date, ...]
    hours: Hours
    rows: tuple[PlacedRow, ...]

    @property
    def keys(self) -> str:
        """The numbers of all things, each once."""
        return ",".join(dict.fromkeys(str(placed.row.key) for placed in self.rows))


def timeline(
    days: Sequence[date], rows: Sequence[LineRow], *, hours: Hours, now: datetime
) -> Timeline:
    """Put each row's blocks in their places, day by day."""
    shown = [(day, hours.on(day), hours.place_of(now, day)) for day in days]
    drawn = tuple(
        PlacedRow(row, tuple(Track(day, placed(row.blocks, span), at) for day, span, at in shown))
        for row in rows
    )
    return Timeline(tuple(days), hours, drawn)
