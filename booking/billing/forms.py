"""What addresses say about charges."""

from booking.kernel.errors import BookingError
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan


class NoSuchPeriod(BookingError):
    """The text names no month, quarter or year."""

    code = "period.unreadable"


def period_span(code: str) -> TimeSpan | None:
    """The time that a period's code names; nothing for no code."""
    if not code:
        return None
    try:
        return Period.parse(code).span
    except ValueError as broken:
        raise NoSuchPeriod(period=code) from broken
