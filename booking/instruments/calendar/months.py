"""A month of an instrument day by day, and an agenda: what is free and what is taken, as lists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from booking.instruments.calendar.week import (
    NOTHING,
    Shown,
    WeekView,
    days_of,
    decision_words,
    full_time,
    reach_of,
    today,
)
from booking.instruments.rules.layers import unusual
from booking.kernel.timespan import TimeSpan, merged
from booking.web.blocks import Block, BlockKind

_DAY: Final = timedelta(days=1)
AGENDA_DAYS: Final = 14


class DayState(StrEnum):
    """What a day of a month has for somebody who wants time; also its CSS class."""

    FREE = "free"
    FULL = "full"
    CLOSED = "closed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of a month."""

    day: date
    state: DayState
    free: timedelta
    note: str
    is_today: bool
    # How many bookings that the reader may know touch it.
    own: int


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month in weeks from Monday; days of other months are None."""

    first: date
    weeks: tuple[tuple[DayCell | None, ...], ...]
    missing_years: tuple[int, ...]

    @property
    def before(self) -> date:
        return (self.first - _DAY).replace(day=1)

    @property
    def after(self) -> date:
        return _next_month(self.first)


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """What happens on a day, in order; nothing where it is closed."""

    day: date
    note: str
    is_today: bool
    lines: tuple[Block, ...]


def month_of(
    session: Session, instrument_id: int, day: date, *, now: datetime, shown: Shown = NOTHING
) -> MonthView:
    """The month of a day, in as many statements as a week."""
    first = day.replace(day=1)
    days = _days(first, (_next_month(first) - first).days)
    view = days_of(session, instrument_id, days, now=now, shown=shown)
    free = _free(view, now)
    notes = {one.day: decision_words(one) for one in unusual(view.terms.layers, days)}
    cells: list[DayCell | None] = [
        _cell(one, view, free, now=now, shown=shown, note=notes.get(one, "")) for one in days
    ]
    padded = [None] * first.weekday() + cells
    padded += [None] * (-len(padded) % 7)
    weeks = tuple(tuple(padded[at : at + 7]) for at in range(0, len(padded), 7))
    return MonthView(first, weeks, view.missing_years)


def agenda_of(
    session: Session, instrument_id: int, day: date, *, now: datetime, shown: Shown = NOTHING
) -> Sequence[AgendaDay]:
    """Two weeks from a day on: what is taken and what is still free, in order."""
    days = _days(day, AGENDA_DAYS)
    view = days_of(session, instrument_id, days, now=now, shown=shown)
    free = [Block(piece, BlockKind.FREE) for piece in _free(view, now)]
    told = [block for block in view.blocks if block.kind not in _BACKGROUND]
    notes = {one.day: decision_words(one) for one in unusual(view.terms.layers, days)}
    return [
        AgendaDay(one, notes.get(one, ""), one == today(now), tuple(_lines([*told, *free], on=one)))
        for one in days
    ]


_BACKGROUND: Final = frozenset(
    {BlockKind.CLOSED, BlockKind.PAST, BlockKind.SELECTED, BlockKind.FREE}
)


def _lines(blocks: Sequence[Block], *, on: date) -> Iterator[Block]:
    span = TimeSpan.of_local_day(on)
    touching = ((piece, block) for block in blocks if (piece := block.span.clipped(span)))
    for piece, block in sorted(touching, key=lambda pair: pair[0]):
        yield Block(piece, block.kind, block.text, block.href)


def _cell(
    day: date,
    view: WeekView,
    free: Sequence[TimeSpan],
    *,
    now: datetime,
    shown: Shown,
    note: str,
) -> DayCell:
    span = TimeSpan.of_local_day(day)
    pieces = (piece for one in free if (piece := one.clipped(span)))
    left = sum((piece.length for piece in pieces), timedelta())
    is_open = any(window.overlaps(span) for window in view.terms.open_windows)
    own = sum(one.span.overlaps(span) for one in shown.own)
    is_over = span.end <= now
    return DayCell(
        day, _state(left, is_open=is_open, is_over=is_over), left, note, day == today(now), own
    )


def _state(left: timedelta, *, is_open: bool, is_over: bool) -> DayState:
    if is_over:
        return DayState.OVER
    if not is_open:
        return DayState.CLOSED
    return DayState.FREE if left else DayState.FULL


def _free(view: WeekView, now: datetime) -> list[TimeSpan]:
    """The open time from now on in which a place is left."""
    ahead = [
        TimeSpan(max(window.start, now), window.end)
        for window in view.terms.open_windows
        if window.end > now
    ]
    full = merged(full_time(view.taken, reach_of(view.days)))
    return [piece for window in ahead for piece in window.minus(full)]


def _days(first: date, number: int) -> tuple[date, ...]:
    return tuple(first + n * _DAY for n in range(number))


def _next_month(first: date) -> date:
    return (first + 31 * _DAY).replace(day=1)
