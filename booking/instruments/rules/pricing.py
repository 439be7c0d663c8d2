"""What a span costs: the tariff arithmetic of the API, exact until the one rounding of each line.

Time is rounded up once per booking; each minute costs the class's hourly price (or its step,
counted from the booking's start) times the peak factor of that minute's local time. Whole local
days cost the day price where there is one. The exact sum, or the minimum if that is more, is one
line. Nothing loops over minutes: prices change only at a handful of moments.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from booking.instruments.rules.opening import DAY_MINUTES
from booking.kernel.clock import local
from booking.kernel.errors import BookingError
from booking.kernel.money import half_up
from booking.kernel.timespan import TimeSpan

_MINUTE = timedelta(minutes=1)
_ONE = Decimal(1)
_HOUR_PLACES = Decimal("0.0001")
# The class whose prices are the public ones; whoever has no prices of his own pays these.
GENERAL_CLASS = "enterprise"


class Basis(StrEnum):
    """Which time is charged after use."""

    RESERVED = "reserved"
    ACTUAL = "actual"
    LARGER = "larger"


class LineKind(StrEnum):
    """What a line of a price is for."""

    TIME = "time"
    SAMPLE = "sample"
    STAFF = "staff"


class Rate(StrEnum):
    """By what a part of the time is counted."""

    HOUR = "hour"
    DAY = "day"


class ClassNotPriced(BookingError):
    """The tariff has no price for this kind of customer, nor a general one."""

    code = "tariff.class_missing"


@dataclass(frozen=True, slots=True)
class Step:
    """Another hourly price for the minutes after the first ones."""

    over_minutes: int
    hour_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPrice:
    """The prices of one kind of customer."""

    hour_fen: int = 0
    steps: tuple[Step, ...] = ()
    day_fen: int | None = None
    sample_fen: int = 0
    staff_hour_fen: int = 0
    minimum_fen: int = 0


@dataclass(frozen=True, slots=True)
class Peak:
    """A factor on the hourly price, on some ISO weekdays between two minutes of the day."""

    weekdays: frozenset[int]
    from_minute: int
    to_minute: int
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffTerms:
    """A price list as a value; `tariff_id` says which one, for the snapshot."""

    classes: Mapping[str, ClassPrice]
    basis: Basis = Basis.RESERVED
    round_up_minutes: int = 1
    vat_rate: Decimal = Decimal(0)
    peak: tuple[Peak, ...] = ()
    tariff_id: int | None = None

    def prices_for(self, customer_class: str) -> ClassPrice:
        """The prices of a class; one without its own pays the general price."""
        prices = self.classes.get(customer_class) or self.classes.get(GENERAL_CLASS)
        if prices is None:
            raise ClassNotPriced(customer_class=customer_class)
        return prices


@dataclass(frozen=True, slots=True)
class TimePart:
    """Some minutes at one price: `unit_fen` per hour times `factor`, or per day."""

    rate: Rate
    minutes: int
    unit_fen: int
    factor: Decimal = _ONE

    @property
    def quantity(self) -> Decimal:
        """Hours or days, as people read them."""
        return _in_units(self.minutes, DAY_MINUTES if self.rate is Rate.DAY else 60)

    @property
    def exact(self) -> Fraction:
        """Its price in fen, not rounded."""
        if self.rate is Rate.DAY:
            return Fraction(self.minutes * self.unit_fen, DAY_MINUTES)
        return Fraction(self.minutes * self.unit_fen, 60) * Fraction(self.factor)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A rounded amount with what explains it.

    `quantity` is hours (time, staff) or samples as people read them; the amount was reckoned from
    exact minutes. A time line with several prices, a day price or a minimum is explained by `parts`
    and `minimum_fen`; its `unit_fen` is the list price of an hour.
    """

    kind: LineKind
    quantity: Decimal
    unit_fen: int
    amount_fen: int
    parts: tuple[TimePart, ...] = ()
    minimum_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Priced lines, their sum, and under which terms."""

    lines: tuple[PriceLine, ...]
    total_fen: int
    customer_class: str
    basis: Basis
    charged_minutes: int
    vat_rate: Decimal = field(default=Decimal(0))


def price(
    span: TimeSpan,
    terms: TariffTerms,
    customer_class: str,
    *,
    samples: int = 0,
    staff_minutes: int = 0,
) -> Quote:
    """Price a span (without its buffers), samples and staff time for a class of customer."""
    prices = terms.prices_for(customer_class)
    minutes = charged_minutes(span, terms.round_up_minutes)
    parts = time_parts(span.start, minutes, prices=prices, peak=terms.peak)
    lines = [_time_line(parts, prices, minutes)]
    if samples:
        amount = samples * prices.sample_fen
        lines.append(PriceLine(LineKind.SAMPLE, Decimal(samples), prices.sample_fen, amount))
    if staff_minutes:
        lines.append(_staff_line(staff_minutes, prices.staff_hour_fen))
    return Quote(
        lines=tuple(lines),
        total_fen=sum(line.amount_fen for line in lines),
        customer_class=customer_class,
        basis=terms.basis,
        charged_minutes=minutes,
        vat_rate=terms.vat_rate,
    )


def charged_minutes(span: TimeSpan, round_up: int) -> int:
    """The span's length, rounded up to a whole number of steps."""
    step = max(round_up, 1)
    return -(-span.length // (step * _MINUTE)) * step


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


def time_parts(
    start: datetime, minutes: int, *, prices: ClassPrice, peak: tuple[Peak, ...]
) -> tuple[TimePart, ...]:
    """The charged minutes gathered by what they cost, in order of first appearance."""
    gathered: dict[tuple[Rate, int, Decimal], int] = {}
    for length, key in _segments(_Stay.of(start, minutes), prices, peak):
        gathered[key] = gathered.get(key, 0) + length
    return tuple(
        TimePart(rate, length, unit_fen, factor)
        for (rate, unit_fen, factor), length in gathered.items()
    )


def _time_line(parts: tuple[TimePart, ...], prices: ClassPrice, minutes: int) -> PriceLine:
    exact = sum((part.exact for part in parts), Fraction(0))
    lifted = exact < prices.minimum_fen
    return PriceLine(
        LineKind.TIME,
        _in_units(minutes, 60),
        prices.hour_fen,
        prices.minimum_fen if lifted else half_up(exact),
        parts,
        prices.minimum_fen if lifted else None,
    )


def _staff_line(minutes: int, hour_fen: int) -> PriceLine:
    amount = half_up(Fraction(minutes * hour_fen, 60))
    return PriceLine(LineKind.STAFF, _in_units(minutes, 60), hour_fen, amount)


def _segments(
    stay: _Stay, prices: ClassPrice, peak: tuple[Peak, ...]
) -> Iterator[tuple[int, tuple[Rate, int, Decimal]]]:
    """Stretches of constant price: how many minutes, and what they are priced by."""
    for since, until in pairwise(_cuts(stay, prices, peak)):
        day, minute = divmod(stay.offset + since, DAY_MINUTES)
        if prices.day_fen is not None and stay.covers_day(day):
            yield until - since, (Rate.DAY, prices.day_fen, _ONE)
        else:
            weekday = (stay.weekday + day - 1) % 7 + 1
            factor = _factor(peak, weekday, minute)
            yield until - since, (Rate.HOUR, _hour_fen(prices, since), factor)


def _cuts(stay: _Stay, prices: ClassPrice, peak: tuple[Peak, ...]) -> list[int]:
    """The minutes, counted from the start, where a price may change; the two ends included."""
    bounds = {0, *(p.from_minute for p in peak), *(p.to_minute for p in peak)}
    inner = {day * DAY_MINUTES + bound - stay.offset for day in stay.days() for bound in bounds}
    inner.update(step.over_minutes for step in prices.steps)
    return [0, *sorted(cut for cut in inner if 0 < cut < stay.minutes), stay.minutes]


def _factor(peak: tuple[Peak, ...], weekday: int, minute: int) -> Decimal:
    for band in peak:
        if weekday in band.weekdays and band.from_minute <= minute < band.to_minute:
            return band.factor
    return _ONE


def _hour_fen(prices: ClassPrice, elapsed: int) -> int:
    passed = [step for step in prices.steps if step.over_minutes <= elapsed]
    if not passed:
        return prices.hour_fen
    return max(passed, key=lambda step: step.over_minutes).hour_fen


def _in_units(minutes: int, unit: int) -> Decimal:
    exact = Decimal(minutes) / unit
    return exact.quantize(_HOUR_PLACES).normalize() + 0
