"""What one instrument did in one calendar month, counted from its records by the law itself."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import datetime

from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.waterfall import (
    UnitTime,
    Waterfall,
    effective_within,
    waterfall_of_units,
)


@dataclass(frozen=True, slots=True)
class BookingRecord:
    """A booking that was not given up, the use made of it, and what that use earned."""

    unit_id: int
    booked: TimeSpan
    missed: bool
    external: bool
    used: TimeSpan | None = None
    ended_at: datetime | None = None
    # Zero until both sides have confirmed.
    effective_seconds: int = 0
    samples: int = 0
    income_fen: int = 0
    reservation_id: int = 0

    def touches(self, span: TimeSpan) -> bool:
        """Whether it was booked or used within a span."""
        return self.booked.overlaps(span) or (self.used is not None and self.used.overlaps(span))


@dataclass(frozen=True, slots=True)
class MonthRecord:
    """Everything recorded about an instrument that touches a month."""

    unit_ids: frozenset[int]
    opening: tuple[TimeSpan, ...] = ()
    closures: tuple[TimeSpan, ...] = ()
    maintenance: tuple[TimeSpan, ...] = ()
    faults: tuple[TimeSpan, ...] = ()
    bookings: Sequence[BookingRecord] = ()

    def units(self) -> Mapping[int, UnitTime]:
        """The record seen from each unit; one taken out of service counts while it was used."""
        ids = self.unit_ids | {booking.unit_id for booking in self.bookings}
        return {unit_id: self._unit(unit_id) for unit_id in ids}

    def _unit(self, unit_id: int) -> UnitTime:
        own = [booking for booking in self.bookings if booking.unit_id == unit_id]
        return UnitTime(
            opening=self.opening,
            closures=self.closures,
            maintenance=self.maintenance,
            faults=self.faults,
            booked=tuple(booking.booked for booking in own),
            used=tuple(booking.used for booking in own if booking.used),
        )


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One instrument, one month; the columns of the roll-up."""

    waterfall: Waterfall = field(default_factory=Waterfall)
    effective: int = 0
    external: int = 0
    bookings: int = 0
    missed: int = 0
    uses: int = 0
    samples: int = 0
    faults: int = 0
    income_fen: int = 0

    def plus(self, other: "MonthFigures") -> "MonthFigures":
        """Figures of several months together."""
        return self._with(other, 1)

    def minus(self, other: "MonthFigures") -> "MonthFigures":
        """Figures without those of a month."""
        return self._with(other, -1)

    def _with(self, other: "MonthFigures", sign: int) -> "MonthFigures":
        mine, theirs = astuple(self.waterfall), astuple(other.waterfall)
        water = Waterfall(*(a + sign * b for a, b in zip(mine, theirs, strict=True)))
        counted = {
            each.name: getattr(self, each.name) + sign * getattr(other, each.name)
            for each in fields(self)
            if each.name != "waterfall"
        }
        return MonthFigures(waterfall=water, **counted)


def month_figures(month: TimeSpan, record: MonthRecord) -> MonthFigures:
    """Bookings count where they start; uses, samples and income where the use ends."""
    started = [b for b in record.bookings if month.start <= b.booked.start < month.end]
    ended = [b for b in record.bookings if b.ended_at and month.start < b.ended_at <= month.end]
    return MonthFigures(
        waterfall=waterfall_of_units(month, record.units().values()),
        effective=_effective(month, record.bookings),
        external=external_within(month, record.bookings),
        bookings=len(started),
        missed=sum(b.missed for b in started),
        uses=len(ended),
        samples=sum(b.samples for b in ended),
        faults=sum(month.start <= fault.start < month.end for fault in record.faults),
        income_fen=sum(b.income_fen for b in ended),
    )


def external_within(span: TimeSpan, bookings: Sequence[BookingRecord]) -> int:
    """Effective seconds of those who are not of the owning legal person, cut to a span."""
    return _effective(span, [b for b in bookings if b.external])


def _effective(month: TimeSpan, bookings: Sequence[BookingRecord]) -> int:
    return sum(effective_within(month, b.used, b.effective_seconds) for b in bookings if b.used)
