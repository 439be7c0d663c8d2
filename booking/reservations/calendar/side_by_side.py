"""Instruments side by side for whoever looks for time: free, taken, closed; names only where the
reader may know them. As many statements for many as for one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.calendar.week import (
    BookingSource,
    OwnTime,
    Shown,
    reach_of,
    step_of,
    taken_blocks,
)
from booking.instruments.queries.compared import Compared, compared
from booking.instruments.queries.holds import Held, held_on
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.stretches import Asking, FreeTime, free_time
from booking.instruments.states import InstrumentState
from booking.kernel.timespan import TimeSpan, merged
from booking.web.blocks import Block, BlockKind, hours_around
from booking.web.i18n import language
from booking.web.timeline import LineRow, Timeline, timeline

_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Sources:
    """Whose bookings the reader may know, and what the application remembers of instruments."""

    bookings: BookingSource
    memory: Memory


def side_by_side(
    session: Session,
    ids: Sequence[int],
    days: Sequence[date],
    *,
    visitor: Actor | None,
    sources: Sources,
    now: datetime,
) -> Timeline:
    """The timeline of the instruments that the reader may know, in the order asked."""
    span = reach_of(days)
    cards = compared(session, ids, visitor)
    known = [card.id for card in cards]
    asking = Asking(now, "")
    free = free_time(session, known, span, asking=asking, memory=sources.memory) if known else []
    held: dict[int, list[Held]] = {unit: [] for card in cards for unit in card.unit_ids}
    for _, hold in held_on(session, list(held), span):
        held[hold.unit_id].append(hold)
    own = sources.bookings.known(session, visitor, known, span=span)
    rows = [
        _row(
            card,
            span,
            free=[one for one in free if one.instrument_id == card.id],
            taken={unit: held[unit] for unit in card.unit_ids},
            own=[one for one in own if one.instrument_id == card.id],
            now=now,
        )
        for card in cards
    ]
    opened = [stretch for one in free for stretch in one.stretches]
    hours = hours_around([*opened, *(one.span for one in own)], at_least=(8, 19))
    return timeline(days, rows, hours=hours, now=now)


def _row(
    card: Compared,
    span: TimeSpan,
    *,
    free: Sequence[FreeTime],
    taken: Mapping[int, Sequence[Held]],
    own: Sequence[OwnTime],
    now: datetime,
) -> LineRow:
    path = f"/instruments/{card.id}"
    held = [hold for each in taken.values() for hold in each]
    shown = Shown(own=own)
    step = free[0].policy.grid // _SECONDS if free else 30
    return LineRow(
        name=card.name_en if language() == "en" and card.name_en else card.name,
        sub=" · ".join(part for part in (card.lab_name, card.model) if part),
        blocks=[
            *_closed(span, free, held=held, own=own),
            *_past(span, now),
            *taken_blocks(taken, span, now=now, shown=shown),
            *(one.block for one in own),
        ],
        href=path,
        key=card.id,
        book=path if card.state is InstrumentState.PUBLISHED else "",
        step_minutes=step_of(step),
    )


def _closed(
    span: TimeSpan, free: Iterable[FreeTime], *, held: Iterable[Held], own: Iterable[OwnTime]
) -> Iterator[Block]:
    """What is neither free nor taken."""
    known = merged(
        [
            *(stretch for one in free for stretch in one.stretches),
            *(hold.span for hold in held),
            *(one.span for one in own),
        ]
    )
    return (Block(piece, BlockKind.CLOSED) for piece in span.minus(known))


def _past(span: TimeSpan, now: datetime) -> list[Block]:
    over = TimeSpan(span.start, min(span.end, now)) if span.start < now else None
    return [Block(over, BlockKind.PAST)] if over else []
