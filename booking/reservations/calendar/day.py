"""The day sheet: every place of a lab's instruments on one timeline, and what comes next."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from booking.instruments.calendar.week import reach_of
from booking.instruments.models.calendar import ClosureKind
from booking.reservations.queries.booked import Booked
from booking.reservations.queries.day import ClosedTime, Place, closures_on, places_of_lab
from booking.reservations.queries.seen import Seen
from booking.reservations.states import Action, State
from booking.web.blocks import Block, BlockKind, hours_around
from booking.web.filters import localised
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


OnLine = Seen | Booked


def day_of_lab(
    session: Session, lab_id: int, day: date, *, booked: Sequence[OnLine], now: datetime
) -> Timeline:
    """The timeline of a lab's day; `booked` is what was read for the list beneath it."""
    return days_of_lab(session, lab_id, [day], booked=booked, now=now)


def days_of_lab(
    session: Session, lab_id: int, days: Sequence[date], *, booked: Sequence[OnLine], now: datetime
) -> Timeline:
    """The same over several days, in three statements."""
    span = reach_of(days)
    closed = closures_on(session, lab_id, span, now=now)
    shown = [piece for seen in booked if (piece := seen.span.clipped(span))]
    drawn = _Drawn(booked, now)
    rows = [
        LineRow(
            name=localised(place.name, place.name_en),
            blocks=[*_closed(place, closed), *drawn.on(place)],
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


def _closed(place: Place, closed: Iterable[ClosedTime]) -> Iterator[Block]:
    for closure in closed:
        if closure.instrument_id in place.of:
            fault = closure.kind is ClosureKind.FAULT
            kind = BlockKind.FAULT if fault else BlockKind.MAINTENANCE
            yield Block(closure.span, kind, closure.reason)


class _Drawn:
    """The blocks of all bookings, made once, by place and by instrument."""

    def __init__(self, booked: Iterable[OnLine], now: datetime) -> None:
        self._said = {state: words(state) for state in _KINDS}
        self._by_unit: dict[int, list[Block]] = {}
        # What is on a whole shows on its parts as well, wherever on the whole it is.
        self._by_instrument: dict[int, list[Block]] = {}
        for one in booked:
            if one.state in _KINDS:
                block = self._block(one, now)
                self._by_unit.setdefault(one.unit_id, []).append(block)
                self._by_instrument.setdefault(one.instrument_id, []).append(block)

    def on(self, place: Place) -> Iterator[Block]:
        """What is shown on a place."""
        yield from self._by_unit.get(place.unit_id, ())
        for whole in place.wholes:
            yield from self._by_instrument.get(whole, ())

    def _block(self, one: OnLine, now: datetime) -> Block:
        href = f"/reservations/{one.number}"
        whose = localised(one.organisation_name, one.organisation_name_en)
        moves = one.number if one.allows(Action.MOVE) else ""
        if one.state is State.CONFIRMED and one.starts_at < now:
            late = words("reservation.late_by", {"late": now - one.starts_at})
            return Block(one.span, BlockKind.LATE, f"{whose} · {late}", href, moves)
        text = f"{whose} · {self._said[one.state]}"
        return Block(one.span, _KINDS[one.state], text, href, moves)


def _below(place: Place) -> str:
    if place.alone:
        return place.model
    return words("reservation.place", {"position": place.position})
