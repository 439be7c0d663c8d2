"""The day sheet: every place of a lab's instruments on one timeline, and what comes next."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from booking.instruments.calendar.week import reach_of
from booking.instruments.models.calendar import ClosureKind
from booking.reservations.queries.day import ClosedTime, Place, closures_on, places_of_lab
from booking.reservations.queries.seen import Seen
from booking.reservations.states import Action, State
from booking.web.blocks import Block, BlockKind, hours_around
from booking.web.timeline import LineRow, Timeline, timeline
from booking.web.words import words

_KINDS: Final = {
    State.REQUESTED: BlockKind.REQUEST,
    State.CONFIRMED: BlockKind.NEXT,
    State.IN_USE: BlockKind.LIVE,
    State.COMPLETED: BlockKind.DONE,
    State.DISPUTED: BlockKind.DONE,
    State.SETTLED: BlockKind.DONE,
}


def day_of_lab(
    session: Session, lab_id: int, day: date, *, booked: Sequence[Seen], now: datetime
) -> Timeline:
    """The timeline of a lab's day; `booked` is what was read for the list beneath it."""
    return days_of_lab(session, lab_id, [day], booked=booked, now=now)


def days_of_lab(
    session: Session, lab_id: int, days: Sequence[date], *, booked: Sequence[Seen], now: datetime
) -> Timeline:
    """The same over several days, in three statements."""
    span = reach_of(days)
    closed = closures_on(session, lab_id, span, now=now)
    shown = [piece for seen in booked if (piece := seen.span.clipped(span))]
    rows = [
        LineRow(
            name=place.name,
            blocks=list(_blocks(place, booked, closed, now=now)),
            sub=_below(place),
            href=f"/instruments/{place.instrument_id}",
            key=place.instrument_id,
            book=f"/instruments/{place.instrument_id}",
        )
        for place in places_of_lab(session, lab_id)
    ]
    return timeline(days, rows, hours=hours_around(shown, at_least=(8, 19)), now=now)


def pressing_first(booked: Iterable[Seen], now: datetime) -> list[Seen]:
    """Who is in, who is late, who comes next; what is over does not wait for anybody."""
    waiting = [seen for seen in booked if seen.state in {State.IN_USE, State.CONFIRMED}]
    return sorted(waiting, key=lambda seen: (seen.starts_at > now, seen.starts_at))


def _blocks(
    place: Place, booked: Iterable[Seen], closed: Iterable[ClosedTime], *, now: datetime
) -> Iterator[Block]:
    for closure in closed:
        if closure.instrument_id in place.of:
            fault = closure.kind is ClosureKind.FAULT
            kind = BlockKind.FAULT if fault else BlockKind.MAINTENANCE
            yield Block(closure.span, kind, closure.reason)
    for seen in booked:
        here = seen.unit_id == place.unit_id or seen.instrument_id in place.wholes
        if here and seen.state in _KINDS:
            yield _block(seen, now)


def _block(seen: Seen, now: datetime) -> Block:
    href = f"/reservations/{seen.number}"
    moves = seen.number if seen.allows(Action.MOVE) else ""
    if seen.state is State.CONFIRMED and seen.starts_at < now:
        late = words("reservation.late_by", {"late": now - seen.starts_at})
        return Block(seen.span, BlockKind.LATE, f"{seen.organisation_name} · {late}", href, moves)
    text = f"{seen.organisation_name} · {words(seen.state)}"
    return Block(seen.span, _KINDS[seen.state], text, href, moves)


def _below(place: Place) -> str:
    if place.alone:
        return place.model
    return words("reservation.place", {"position": place.position})
