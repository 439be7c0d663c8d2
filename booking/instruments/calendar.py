"""The week of an instrument as its page shows it: closed, occupied, free; never by whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlmodel import Session

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
class WeekView:
    """A week ready to draw, and the terms it was drawn from."""

    days: tuple[date, ...]
    grid: WeekGrid
    terms: BookingTerms
    missing_years: tuple[int, ...]

    @property
    def before(self) -> date:
        return self.days[0] - _WEEK

    @property
    def after(self) -> date:
        return self.days[0] + _WEEK


def week_of(
    session: Session,
    instrument_id: int,
    day: date,
    *,
    now: datetime,
    selected: TimeSpan | None = None,
    insider: bool = False,
) -> WeekView:
    """The week around a day, in three statements; only insiders read why a closure closes."""
    days = days_of_week(day)
    span = TimeSpan(TimeSpan.of_local_day(days[0]).start, TimeSpan.of_local_day(days[-1]).end)
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
        *_taken(taken, span, now=now, insider=insider),
        *([Block(selected, BlockKind.SELECTED)] if selected else []),
    ]
    grid = week_grid(
        days,
        blocks,
        hours=hours_around(windows),
        now=now,
        step_minutes=max(15, min(terms.policy.grid_minutes, 60)),
        notes={one.day: decision_words(one) for one in unusual(terms.layers, days)},
    )
    return WeekView(days, grid, terms, terms.missing_years)


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


def _taken(
    taken: Mapping[int, Sequence[Held]], span: TimeSpan, *, now: datetime, insider: bool
) -> Iterator[Block]:
    if len(taken) == 1:
        (held,) = taken.values()
        for hold in held:
            kind = _KINDS.get(hold.kind, BlockKind.OCCUPIED)
            yield Block(hold.span, kind, hold.reason if insider else "")
        return
    for piece, used in _crowded(taken, span):
        if used == len(taken) or piece.end > now:
            yield _stretch(piece, used, len(taken))


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
