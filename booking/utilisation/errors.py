"""What a reader of utilisation may be told."""

from booking.kernel.errors import BookingError


class PeriodUnreadable(BookingError):
    """The text names no month, quarter, year or academic year."""

    code = "utilisation.period_unreadable"
