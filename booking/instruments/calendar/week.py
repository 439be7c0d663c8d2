"""The week of an instrument as its page shows it: closed, occupied, free; never by whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Protocol

from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.queries.holds import OCCUPIED, Held, taken_between
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.layers import Decision, unusual
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.web.blocks import Block, BlockKind, hours_around
from booking.web.i18n import gettext
from booking.web.week import WeekGrid, closed_blocks, days_of_week, past_blocks, week_grid
from booking.web.words import words

_WEEK: Final = timedelta(days=7)
_KINDS: Final = {
    OCCUPIED: BlockKind.OCCUPIED,
    "maintenance": BlockKind.MAINTENANCE,
    "fault": BlockKind.FAULT,
    "other": BlockKind.CLOSED,
}


@dataclass(frozen=True, slots=True)
class OwnTime:
    """A booking that the reader may know: when, whose, and whether it may be moved now."""

    instrument_id: int
    number: str
    span: TimeSpan
    text: str
    asked: bool = False
    movable: bool = False

    @property
    def block(self) -> Block:
        kind = BlockKind.REQUEST if self.asked else BlockKind.MINE
        href = f"/reservations/{self.number}"
        return Block(self.span, kind, self.text, href, self.number if self.movable else "")


class BookingSource(Protocol):
    """Knows whose time it is that is taken; bookings belong to another room."""

    def known(
        self, session: Session, actor: Actor | None, ids: Sequence[int], *, span: TimeSpan
    ) -> Sequence[OwnTime]: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader is shown besides what everybody sees; insiders read why a closure closes."""

    selected: TimeSpan | None = None
    insider: bool = False
    own: Sequence[OwnTime] = ()


NOTHING: Final = Shown()


@dataclass(frozen=True, slots=True)
class WeekView:
    """A week ready to draw, and the terms it was drawn from."""

    days: tuple[date, ...]
    grid: WeekGrid
    terms: BookingTerms
    missing_years: tuple[int, ...]
    blocks: tuple[Block, ...]
    taken: Mapping[int, Sequence[Held]]

    @property
    def before(self) -> date:
        return self.days[0] - _WEEK

    @property
    def after(self) -> date:
        return self.days[0] + _WEEK


def week_of(
    session: Session, instrument_id: int, day: date, *, now: datetime, shown: Shown = NOTHING
) -> WeekView:
    """The week around a day, in three statements."""
    return days_of(session, instrument_id, days_of_week(day), now=now, shown=shown)


def week_around(day: date) -> TimeSpan:
    """From Monday to Sunday."""
    return reach_of(days_of_week(day))


def reach_of(days: Sequence[date]) -> TimeSpan:
    """From the first midnight to the last."""
    return TimeSpan(TimeSpan.of_local_day(days[0]).start, TimeSpan.of_local_day(days[-1]).end)


def days_of(
    session: Session,
    instrument_id: int,
    days: Sequence[date],
    *,
    now: datetime,
    shown: Shown = NOTHING,
) -> WeekView:
    """Any days that follow each other, in three statements."""
    span = reach_of(days)
    # What holds now is what is shown of this week, also if it began on its Wednesday.
    terms = booking_terms(
        session,
        instrument_id,
        span,
        valid_at=now if span.start <= now < span.end else None,
        now=now,
    )
    taken = taken_between(session, instrument_id, span)
    windows = terms.open_windows
    blocks = [
        *closed_blocks(days, windows),
        *past_blocks(windows, now),
        *_faults(terms, span),
        *taken_blocks(taken, span, now=now, shown=shown),
        *(own.block for own in shown.own),
        *([Block(shown.selected, BlockKind.SELECTED)] if shown.selected else []),
    ]
    grid = week_grid(
        days,
        blocks,
        hours=hours_around([*windows, *(own.span for own in shown.own)]),
        now=now,
        step_minutes=step_of(terms.policy.grid_minutes),
        notes={one.day: decision_words(one) for one in unusual(terms.layers, days)},
    )
    return WeekView(tuple(days), grid, terms, terms.missing_years, tuple(blocks), taken)


def step_of(grid_minutes: int) -> int:
    """The minutes by which a calendar is walked: a quarter of an hour at least."""
    return max(15, min(grid_minutes, 60))


def decision_words(decision: Decision) -> str:
    """Who decides about a day, in words: `法定节假日 国庆节`."""
    return " ".join(part for part in (words(decision.decider), decision.words) if part)


def days_ahead(
    session: Session, instrument_id: int, first: date, *, number: int = 14
) -> Sequence[Decision]:
    """Who decides about each of the coming days, and what is open on them."""
    until = first + timedelta(days=number - 1)
    span = TimeSpan(TimeSpan.of_local_day(first).start, TimeSpan.of_local_day(until).end)
    layers = booking_terms(session, instrument_id, span).layers
    return [layers.decision(first + timedelta(days=n)) for n in range(number)]


def today(now: datetime) -> date:
    """The local day of a moment."""
    return local(now).date()


def _faults(terms: BookingTerms, span: TimeSpan) -> Iterator[Block]:
    clipped = (fault.clipped(span) for fault in terms.faults)
    return (Block(fault, BlockKind.FAULT) for fault in clipped if fault)


def taken_blocks(
    taken: Mapping[int, Sequence[Held]], span: TimeSpan, *, now: datetime, shown: Shown = NOTHING
) -> Iterator[Block]:
    """What is taken, without what the reader's own bookings say themselves."""
    if len(taken) == 1:
        own = {one.number: one.span for one in shown.own}
        (held,) = taken.values()
        for hold in held:
            kind = _KINDS.get(hold.kind, BlockKind.OCCUPIED)
            inside = own.get(hold.reservation_number or "")
            # What is left are the buffers around it.
            for piece in hold.span.minus([inside] if inside else []):
                yield Block(piece, kind, hold.reason if shown.insider else "")
        return
    for piece, used in _crowded(taken, span):
        if used == len(taken) or piece.end > now:
            yield _stretch(piece, used, len(taken))


def full_time(taken: Mapping[int, Sequence[Held]], span: TimeSpan) -> list[TimeSpan]:
    """When every place is taken."""
    return [piece for piece, used in _crowded(taken, span) if used == len(taken)]


def _stretch(piece: TimeSpan, used: int, places: int) -> Block:
    if used == places:
        return Block(piece, BlockKind.OCCUPIED)
    text = gettext("%(free)s of %(places)s free") % {"free": places - used, "places": places}
    return Block(piece, BlockKind.FREE, text)


def _crowded(taken: Mapping[int, Sequence[Held]], span: TimeSpan) -> Iterator[tuple[TimeSpan, int]]:
    """Stretches in which some places are taken, and how many."""
    spans = [[hold.span for hold in held] for held in taken.values()]
    edges = sorted({edge for held in spans for one in held for edge in (one.start, one.end)})
    for start, end in pairwise(edges):
        piece = TimeSpan(start, end)
        used = sum(any(one.overlaps(piece) for one in held) for held in spans)
        if used and piece.overlaps(span):
            yield piece, used
