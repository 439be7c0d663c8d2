"""What stands behind a figure of an instrument: bookings, closures, and days without either."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from booking.kernel.timespan import TimeSpan
from booking.utilisation.queries.behind import BookingNamed, bookings_named, closures_named
from booking.utilisation.queries.recorded import records_of
from booking.utilisation.report.pooled import Asked
from booking.utilisation.rules.attributing import (
    Behind,
    Figure,
    OfBooking,
    OfClosure,
    OfDay,
    behind,
)
from booking.utilisation.rules.months import MonthRecord
from booking.utilisation.rules.pieces import Piece, counted_pieces
from booking.utilisation.rules.week import Hour


@dataclass(frozen=True, slots=True)
class Listed:
    """A record and what it adds to the figure."""

    of: Behind
    adds: int
    booking: BookingNamed | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """All records behind a figure, in their order; together they are the figure."""

    figure: Figure
    listed: Sequence[Listed]

    @property
    def total(self) -> int:
        return sum(one.adds for one in self.listed)


def records_behind(
    session: Session,
    asked: Asked,
    instrument_id: int,
    *,
    figure: Figure,
    now: datetime,
    hour: Hour | None = None,
) -> Records:
    """What stands behind a figure of an instrument that the reader was shown."""
    found = pieces_recorded(session, asked, instrument_id, now=now)
    adds: Counter[Behind] = Counter()
    for piece, record in found:
        adds.update(behind(figure, piece.part.span, record, hour=hour))
    ids = {one.reservation_id for one in adds if isinstance(one, OfBooking)}
    named = bookings_named(session, ids) if ids else {}
    reasons = _reasons(session, instrument_id, found, adds=adds)
    listed = [
        Listed(
            one,
            number,
            named.get(one.reservation_id) if isinstance(one, OfBooking) else None,
            reasons.get(one, ""),
        )
        for one, number in adds.items()
    ]
    return Records(figure, sorted(listed, key=_when))


def pieces_recorded(
    session: Session, asked: Asked, instrument_id: int, *, now: datetime
) -> list[tuple[Piece, MonthRecord]]:
    """The record of an instrument in each month that has begun."""
    pieces = counted_pieces(asked.period, now)
    found = records_of(session, [piece.month for piece in pieces], [instrument_id])
    return [(piece, found[instrument_id, piece.month.code]) for piece in pieces]


def _reasons(
    session: Session,
    instrument_id: int,
    found: Sequence[tuple[Piece, MonthRecord]],
    *,
    adds: Mapping[Behind, int],
) -> Mapping[Behind, str]:
    if not any(isinstance(one, OfClosure) for one in adds):
        return {}
    whole = TimeSpan(found[0][0].month.span.start, found[-1][0].month.span.end)
    return {
        OfClosure(one.kind, one.span): one.reason
        for one in closures_named(session, instrument_id, whole)
    }


def _when(listed: Listed) -> tuple[str, int]:
    match listed.of:
        case OfDay(day):
            return day.isoformat(), 0
        case OfClosure(_, span):
            return span.start.isoformat(), 1
        case OfBooking(key):
            start = listed.booking.starts_at.isoformat() if listed.booking else ""
            return start, key
