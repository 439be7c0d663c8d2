"""From a figure to the records behind it: what each of them adds, so that the parts are the whole.

Time without a record, idle or outside opening hours, is told by the day.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.days import by_day
from booking.utilisation.rules.months import BookingRecord, MonthRecord
from booking.utilisation.rules.waterfall import (
    Share,
    effective_within,
    shares,
    whole_seconds,
)
from booking.utilisation.rules.week import Hour, by_hour


class Figure(StrEnum):
    """A figure that can be followed to its records."""

    CLOSED = "closed"
    MAINTENANCE = "maintenance"
    FAULT = "fault"
    USED = "used"
    BOOKED_UNUSED = "booked_unused"
    IDLE = "idle"
    EFFECTIVE = "effective"
    EXTERNAL = "external"
    RESERVATIONS = "reservations"
    MISSED = "missed"
    USES = "uses"
    SAMPLES = "samples"
    FAULTS = "faults"
    INCOME = "income"


class Unit(StrEnum):
    """In what a figure is counted."""

    SECONDS = "seconds"
    NUMBER = "number"
    FEN = "fen"


@dataclass(frozen=True, slots=True)
class OfBooking:
    """A booking with its use."""

    reservation_id: int


@dataclass(frozen=True, slots=True)
class OfClosure:
    """Maintenance, a fault or another closure, by its span."""

    kind: str
    span: TimeSpan


@dataclass(frozen=True, slots=True)
class OfDay:
    """A day's time of which nothing is recorded."""

    day: date


Behind = OfBooking | OfClosure | OfDay
_TIME: Final = frozenset(share.value for share in Share)


def unit_of(figure: Figure) -> Unit:
    """Hours, money, or how many."""
    if figure is Figure.INCOME:
        return Unit.FEN
    timed = figure.value in _TIME or figure in {Figure.EFFECTIVE, Figure.EXTERNAL}
    return Unit.SECONDS if timed else Unit.NUMBER


def is_time(figure: Figure) -> bool:
    """Whether it is a share of the calendar, and so has parts in every hour of the week."""
    return figure.value in _TIME


def behind(
    figure: Figure, span: TimeSpan, record: MonthRecord, *, hour: Hour | None = None
) -> Mapping[Behind, int]:
    """What stands behind a figure of some days, and what each adds; of a share of time perhaps in
    one hour of the week alone."""
    if is_time(figure):
        return _of_time(Share(figure.value), span, record, hour=hour)
    if figure is Figure.FAULTS:
        begun = [one for one in record.faults if span.start <= one.start < span.end]
        return Counter(OfClosure("fault", one) for one in begun)
    adds = _COUNTED[figure]
    found: Counter[Behind] = Counter()
    for booking in record.bookings:
        found[OfBooking(booking.reservation_id)] += adds(span, booking)
    return {one: number for one, number in found.items() if number}


def _of_time(
    share: Share, span: TimeSpan, record: MonthRecord, *, hour: Hour | None
) -> Mapping[Behind, int]:
    found: Counter[Behind] = Counter()
    for unit_id, unit in record.units().items():
        own = [booking for booking in record.bookings if booking.unit_id == unit_id]
        for start, end, spent in shares(span, unit):
            if spent is share:
                for piece in _in_hour(start, end, hour):
                    found.update(_piece(share, piece, record, own=own))
    return found


def _in_hour(start: int, end: int, hour: Hour | None) -> Iterator[tuple[int, int]]:
    """What of a piece of time lies in an hour of the week, piece by piece; without one, all."""
    if hour is None:
        yield start, end
        return
    for one, length in by_hour(start, end):
        if one == hour:
            yield start, start + length
        start += length


def _piece(
    share: Share, piece: tuple[int, int], record: MonthRecord, *, own: list[BookingRecord]
) -> Mapping[Behind, int]:
    """The record that this piece of time is spent on; the first where several lie there."""
    start, end = piece
    for one, when in _candidates(share, record, own):
        first, last = whole_seconds(when)
        if first <= start and end <= last:
            return {one: end - start}
    return {OfDay(day): length for day, length in by_day(start, end)}


def _candidates(
    share: Share, record: MonthRecord, own: list[BookingRecord]
) -> Iterator[tuple[Behind, TimeSpan]]:
    if share is Share.USED:
        yield from ((OfBooking(b.reservation_id), b.used) for b in own if b.used)
    elif share is Share.BOOKED_UNUSED:
        yield from ((OfBooking(b.reservation_id), b.booked) for b in own)
    elif share is not Share.IDLE:
        spans = {
            Share.FAULT: record.faults,
            Share.MAINTENANCE: record.maintenance,
            Share.CLOSED: record.closures,
        }[share]
        kind = "other" if share is Share.CLOSED else share.value
        yield from ((OfClosure(kind, one), one) for one in spans)


Adds = Callable[[TimeSpan, BookingRecord], int]


def _starts(span: TimeSpan, booking: BookingRecord) -> bool:
    return span.start <= booking.booked.start < span.end


def _ends(span: TimeSpan, booking: BookingRecord) -> bool:
    return booking.ended_at is not None and span.start < booking.ended_at <= span.end


def _effective(span: TimeSpan, booking: BookingRecord) -> int:
    used = booking.used
    return effective_within(span, used, booking.effective_seconds) if used else 0


_COUNTED: Final[Mapping[Figure, Adds]] = {
    Figure.EFFECTIVE: _effective,
    Figure.EXTERNAL: lambda span, b: _effective(span, b) if b.external else 0,
    Figure.RESERVATIONS: lambda span, b: int(_starts(span, b)),
    Figure.MISSED: lambda span, b: int(_starts(span, b) and b.missed),
    Figure.USES: lambda span, b: int(_ends(span, b)),
    Figure.SAMPLES: lambda span, b: b.samples if _ends(span, b) else 0,
    Figure.INCOME: lambda span, b: b.income_fen if _ends(span, b) else 0,
}
