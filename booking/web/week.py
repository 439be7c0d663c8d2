"""The week calendar: days side by side, blocks in them, free time to pick from.

grid = week_grid(days_of_week(day), blocks, hours=Hours(8, 20), now=now, step_minutes=30)
{{ ui.week_calendar(grid, label=_("Week calendar"), pick="#booking-form") }}
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.web.blocks import Block, BlockKind, Hours, Slot, placed


@dataclass(frozen=True, slots=True)
class DayColumn:
    """One day of the grid."""

    day: date
    note: str
    is_today: bool
    now_place: int | None
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """A calendar ready to draw."""

    days: tuple[DayColumn, ...]
    hours: Hours
    step_minutes: int


def days_of_week(day: date) -> tuple[date, ...]:
    """Monday to Sunday around a day."""
    monday = day - timedelta(days=day.weekday())
    return tuple(monday + timedelta(days=i) for i in range(7))


def week_grid(
    days: Sequence[date],
    blocks: Iterable[Block],
    *,
    hours: Hours,
    now: datetime,
    step_minutes: int = 30,
    notes: dict[date, str] | None = None,
) -> WeekGrid:
    """Put the blocks in their places; `notes` stand under a day's name (a holiday, say)."""
    everything = list(blocks)
    today = local(now).date()
    columns = tuple(
        DayColumn(
            day,
            (notes or {}).get(day, ""),
            day == today,
            hours.place_of(now, day),
            placed(everything, hours.on(day)),
        )
        for day in days
    )
    return WeekGrid(columns, hours, step_minutes)


def past_blocks(open_windows: Iterable[TimeSpan], now: datetime) -> list[Block]:
    """Opening hours that nobody can book any more."""
    return [
        Block(TimeSpan(window.start, min(window.end, now)), BlockKind.PAST)
        for window in open_windows
        if window.start < now
    ]


def closed_blocks(days: Iterable[date], open_windows: Iterable[TimeSpan]) -> list[Block]:
    """What is left of each day outside the opening hours."""
    windows = list(open_windows)
    return [
        Block(piece, BlockKind.CLOSED)
        for day in days
        for piece in TimeSpan.of_local_day(day).minus(windows)
    ]
