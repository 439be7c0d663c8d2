"""The moments agreed when a booking is made; kept with it, whatever the policy becomes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.kernel.timespan import TimeSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedTerms:
    """What a policy says about giving back, not coming, and waiting for a decision."""

    free_cancel: timedelta
    no_show_grace: timedelta
    decide_within: timedelta

    def free_cancel_until(self, span: TimeSpan) -> datetime:
        """The first moment at which cancelling is late."""
        return span.start - self.free_cancel

    def missed_from(self, span: TimeSpan) -> datetime:
        """The first moment at which nobody is waited for any longer; never after the end."""
        return min(span.start + self.no_show_grace, span.end)

    def decide_by(self, span: TimeSpan, *, asked_at: datetime) -> datetime:
        """A request that nobody answered lapses then; at the latest when its time begins."""
        return min(asked_at + self.decide_within, span.start)
