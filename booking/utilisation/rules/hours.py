"""Hours for readers: cut to ten-thousandths so that the parts still sum to the whole."""

from fractions import Fraction

from booking.kernel.money import half_up, split_by_largest_remainder
from booking.utilisation.rules.indicators import HOUR, Ratio
from booking.utilisation.rules.waterfall import Waterfall

PARTS = ("closed", "maintenance", "fault", "used", "booked_unused", "idle")
SCALE = 10_000


def waterfall_hours(water: Waterfall) -> dict[str, float]:
    """Every figure of the waterfall in hours; calendar and open are sums of their rounded parts."""
    seconds = [getattr(water, name) for name in PARTS]
    units = half_up(hours_exactly(water.calendar) * SCALE)
    shares = split_by_largest_remainder(units, seconds) if water.calendar else [0] * len(PARTS)
    by_name = dict(zip(PARTS, shares, strict=True))
    by_name["open"] = by_name["used"] + by_name["booked_unused"] + by_name["idle"]
    by_name["calendar"] = sum(shares)
    return {name: share / SCALE for name, share in by_name.items()}


def hours_exactly(seconds: int | Fraction) -> Fraction:
    return Fraction(seconds) / HOUR


def hours(seconds: int | Ratio) -> float | None:
    """Seconds → hours, to four places."""
    return None if seconds is None else half_up(hours_exactly(seconds) * SCALE) / SCALE


def ratio(value: Ratio) -> float | None:
    """A ratio to six places; it may well be larger than one."""
    return None if value is None else half_up(value * 10**6) / 10**6


def fen_per_hour(value: Ratio) -> int | None:
    """Money per hour, rounded to the fen once."""
    return None if value is None else half_up(value)
