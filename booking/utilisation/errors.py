"""What a reader of utilisation may be told."""

from booking.kernel.errors import BookingError


class PeriodUnreadable(BookingError):
    """The text names no month, quarter, year or academic year."""

    code = "utilisation.period_unreadable"


class DatesTooMany(BookingError):
    """Days of one's own are counted from the records one by one; whole months are kept."""

    code = "utilisation.dates_too_many"


class YearNotOver(BookingError):
    """What is handed in stays; a year that still runs would change."""

    kind = "conflict"
    code = "sj3.year_not_over"


class NothingToHandIn(BookingError):
    """There is no instrument of that value, or all is as it was handed in."""

    kind = "conflict"
    code = "sj3.nothing_new"


class PeriodRuns(BookingError):
    """What is handed in stays; a period that still runs would change."""

    kind = "conflict"
    code = "report.period_runs"


class FiguresBehind(BookingError):
    """More changed since the last roll-up than is judged on the spot."""

    kind = "conflict"
    code = "report.figures_behind"


class NothingNew(BookingError):
    """There is nothing to report, or all is as it was handed in."""

    kind = "conflict"
    code = "report.nothing_new"


class NotPublished(BookingError):
    """Open figures are of months, quarters and calendar years, once they are over."""

    kind = "missing"
    code = "open_figures.not_published"


class WrongPeriod(BookingError):
    """Each report is of its own kind of period."""

    code = "report.wrong_period"
