"""A day over many things: one row each, hours to the right.

line = timeline(day, rows, hours=Hours(8, 20), now=now)      {{ ui.timeline(line, label=…) }}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.web.blocks import Block, Hours, Slot, placed


@dataclass(frozen=True, slots=True)
class LineRow:
    """A thing and what happens to it that day."""

    name: str
    blocks: Sequence[Block]
    sub: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row ready to draw."""

    name: str
    sub: str
    href: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A timeline ready to draw."""

    day: date
    hours: Hours
    rows: tuple[PlacedRow, ...]
    now_place: int | None


def timeline(day: date, rows: Sequence[LineRow], *, hours: Hours, now: datetime) -> Timeline:
    """Put each row's blocks in their places."""
    shown = hours.on(day)
    drawn = tuple(PlacedRow(r.name, r.sub, r.href, placed(r.blocks, shown)) for r in rows)
    return Timeline(day, hours, drawn, hours.place_of(now, day))
