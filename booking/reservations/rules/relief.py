"""Time that is lent freely: what lies off the peak, and what would otherwise stay unused."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.instruments.rules.peaks import PeakHours
from booking.kernel.timespan import TimeSpan

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Relief:
    """Which bookings do not count against quotas of hours.

    With `peak` those that share no moment with it; those made at most `within` before they begin,
    where that is longer than nothing.
    """

    peak: PeakHours | None = None
    within: timedelta = _NOTHING

    def spares(self, span: TimeSpan, made_at: datetime | None) -> bool:
        """Whether a booking of that time, made then, does not count."""
        if made_at and self.within > _NOTHING and span.start - made_at <= self.within:
            return True
        return self.peak is not None and not self.peak.touch(span)


NO_RELIEF = Relief()
