"""The hours that many want: bands of the week, those of the booking rules or of the price list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from booking.instruments.rules.opening import clock_text, minute_of_day
from booking.instruments.rules.tariff import NO_FACTOR, Peak
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan, local_midnight, merged

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PeakBand:
    """Some ISO weekdays between two minutes of the day.

    A band that ends at or before the minute at which it begins goes on over midnight: it belongs to
    the weekday on which it begins.
    """

    weekdays: frozenset[int]
    from_minute: int
    to_minute: int

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "PeakBand":
        """A band in the shape of the API: `{weekdays, from, to}`."""
        ends = minute_of_day(str(stored["to"]))
        return cls(frozenset(stored["weekdays"]), minute_of_day(str(stored["from"])), ends)

    @property
    def stored(self) -> dict[str, object]:
        """The same as it is kept and sent."""
        return {
            "weekdays": sorted(self.weekdays),
            "from": clock_text(self.from_minute),
            "to": clock_text(self.to_minute),
        }

    def on(self, day: date) -> TimeSpan | None:
        """The time of the band that begins on a local day."""
        if day.isoweekday() not in self.weekdays:
            return None
        begins = local_midnight(day)
        later = _DAY if self.to_minute <= self.from_minute else timedelta(0)
        return TimeSpan(
            begins + timedelta(minutes=self.from_minute),
            begins + later + timedelta(minutes=self.to_minute),
        )


@dataclass(frozen=True, slots=True)
class PeakHours:
    """All time in the bands, or with `outside` all time that none of them covers."""

    bands: tuple[PeakBand, ...] = ()
    outside: bool = False

    @classmethod
    def of_prices(cls, peak: Iterable[Peak]) -> "PeakHours":
        """What costs most is peak; where everything costs the same, all time is."""
        told = tuple(peak)
        highest = max((NO_FACTOR, *(band.factor for band in told)))
        outside = highest == NO_FACTOR
        return cls(
            tuple(
                PeakBand(band.weekdays, band.from_minute, band.to_minute)
                for band in told
                if (band.factor < highest if outside else band.factor == highest)
            ),
            outside,
        )

    def within(self, span: TimeSpan) -> tuple[TimeSpan, ...]:
        """The peak time of a span, in order."""
        covered = merged(share for one in self._near(span) if (share := one.clipped(span)))
        return span.minus(covered) if self.outside else covered

    def touch(self, span: TimeSpan) -> bool:
        """Whether any moment of a span is peak."""
        return bool(self.within(span))

    def _near(self, span: TimeSpan) -> Iterator[TimeSpan]:
        # From the day before: its bands may last over midnight.
        day = local(span.start).date() - _DAY
        while local_midnight(day) < span.end:
            yield from (time for band in self.bands if (time := band.on(day)))
            day += _DAY


def peak_hours_of(own: tuple[PeakBand, ...], peak: Iterable[Peak]) -> PeakHours:
    """Those that the booking rules name, or else those of the price list."""
    return PeakHours(own) if own else PeakHours.of_prices(peak)
