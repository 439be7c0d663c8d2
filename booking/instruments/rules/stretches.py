"""A charged time as stretches of one price: what a minute costs changes only at a few moments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from booking.instruments.rules.opening import DAY_MINUTES
from booking.instruments.rules.tariff import NO_FACTOR, ClassPrice, TariffTerms
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan

_MINUTE = timedelta(minutes=1)
_HOUR_PLACES = Decimal("0.0001")


class Rate(StrEnum):
    """By what a part of the time is counted."""

    HOUR = "hour"
    DAY = "day"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class TimePart:
    """Some minutes at one price: `unit_fen` per hour times `factor`, or per day, or nothing."""

    rate: Rate
    minutes: int
    unit_fen: int
    factor: Decimal = NO_FACTOR

    @property
    def quantity(self) -> Decimal:
        """Hours or days, as people read them."""
        return in_units(self.minutes, DAY_MINUTES if self.rate is Rate.DAY else 60)

    @property
    def exact(self) -> Fraction:
        """Its price in fen, not rounded."""
        if self.rate is Rate.DAY:
            return Fraction(self.minutes * self.unit_fen, DAY_MINUTES)
        return Fraction(self.minutes * self.unit_fen, 60) * Fraction(self.factor)


def charged_minutes(span: TimeSpan, round_up: int) -> int:
    """The span's length, rounded up to a whole number of steps."""
    step = max(round_up, 1)
    return -(-span.length // (step * _MINUTE)) * step


def time_parts(
    start: datetime, minutes: int, *, prices: ClassPrice, terms: TariffTerms
) -> tuple[TimePart, ...]:
    """The charged minutes gathered by what they cost, in order of first appearance."""
    gathered: dict[tuple[Rate, int, Decimal], int] = {}
    for length, key in _segments(_Stay.of(start, minutes), prices, terms):
        gathered[key] = gathered.get(key, 0) + length
    return tuple(
        TimePart(rate, length, unit_fen, factor)
        for (rate, unit_fen, factor), length in gathered.items()
    )


def in_units(minutes: int, unit: int) -> Decimal:
    """Minutes as hours (60) or days, as people read them."""
    exact = Decimal(minutes) / unit
    return exact.quantize(_HOUR_PLACES).normalize() + 0


@dataclass(frozen=True, slots=True)
class _Stay:
    """A charged time as minutes: where in the day and week it begins, how long it lasts."""

    offset: int
    weekday: int
    minutes: int

    @classmethod
    def of(cls, start: datetime, minutes: int) -> "_Stay":
        # A use may begin within a minute; that minute costs what the clock showed when it began.
        begin = local(start)
        return cls(begin.hour * 60 + begin.minute, begin.isoweekday(), minutes)

    def covers_day(self, day: int) -> bool:
        """Whether the n-th calendar day lies wholly inside."""
        begins = day * DAY_MINUTES
        return self.offset <= begins and begins + DAY_MINUTES <= self.offset + self.minutes

    def days(self) -> range:
        return range((self.offset + self.minutes - 1) // DAY_MINUTES + 1)


def _segments(
    stay: _Stay, prices: ClassPrice, terms: TariffTerms
) -> Iterator[tuple[int, tuple[Rate, int, Decimal]]]:
    """Stretches of constant price: how many minutes, and what they are priced by."""
    for since, until in pairwise(_cuts(stay, prices, terms)):
        day, minute = divmod(stay.offset + since, DAY_MINUTES)
        if prices.day_fen is not None and stay.covers_day(day):
            yield until - since, (Rate.DAY, prices.day_fen, NO_FACTOR)
        elif since < prices.free_minutes:
            yield until - since, (Rate.FREE, 0, NO_FACTOR)
        else:
            weekday = (stay.weekday + day - 1) % 7 + 1
            factor = terms.factor_at(weekday, minute)
            yield until - since, (Rate.HOUR, prices.hour_fen_after(since), factor)


def _cuts(stay: _Stay, prices: ClassPrice, terms: TariffTerms) -> list[int]:
    """The minutes, counted from the start, where a price may change; the two ends included."""
    bounds = {0, *(p.from_minute for p in terms.peak), *(p.to_minute for p in terms.peak)}
    inner = {day * DAY_MINUTES + bound - stay.offset for day in stay.days() for bound in bounds}
    inner.update(step.over_minutes for step in prices.steps)
    inner.add(prices.free_minutes)
    return [0, *sorted(cut for cut in inner if 0 < cut < stay.minutes), stay.minutes]
