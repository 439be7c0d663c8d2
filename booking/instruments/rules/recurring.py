"""Closures that come again and again: an RFC 5545 rule spelt out, never without bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, pairwise
from typing import Final

from dateutil.rrule import rrulestr

from booking.kernel.clock import LOCAL, local
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan

MOST: Final = 200
FURTHEST_DAYS: Final = 366
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Frequency(StrEnum):
    """How often: the same time every so many days, weeks, or months by date or by weekday."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MONTHLY_WEEKDAY = "monthly_weekday"


@dataclass(frozen=True, slots=True)
class Repeat:
    """Every so many days, weeks or months up to a local day, which still counts."""

    frequency: Frequency
    every: int
    until: date

    def rule(self, first: datetime) -> str:
        """The RFC 5545 rule of a series that begins at a moment; its clock is the zone's."""
        begins = local(first)
        parts = [f"FREQ={self.frequency.value.split('_')[0].upper()}", f"INTERVAL={self.every}"]
        if self.frequency is Frequency.MONTHLY_WEEKDAY:
            nth = (begins.day - 1) // 7 + 1
            # The fifth of a weekday is the last one, or most months would have none.
            parts.append(f"BYDAY={-1 if nth == 5 else nth}{_WEEKDAYS[begins.weekday()]}")
        last = datetime.combine(self.until, time.max, LOCAL).astimezone(UTC)
        return ";".join([*parts, f"UNTIL={last:%Y%m%dT%H%M%SZ}"])


def occurrences(first: TimeSpan, repeat: Repeat) -> tuple[TimeSpan, ...]:
    """Every occurrence in order, the first included; one more than MOST when there are too many.

    A month that has not the day is left out, as RFC 5545 says.
    """
    rule = rrulestr(repeat.rule(first.start), dtstart=local(first.start))
    starts = islice(iter(rule), MOST + 1)
    return tuple(
        TimeSpan(start.astimezone(UTC), start.astimezone(UTC) + first.length) for start in starts
    )


def faults_of(first: TimeSpan, repeat: Repeat, found: Sequence[TimeSpan]) -> tuple[Violation, ...]:
    """What speaks against a series before anybody's bookings do."""
    faults = []
    if repeat.until > local(first.start).date() + timedelta(days=FURTHEST_DAYS):
        faults.append(Violation("closure.series_too_far", {"days": FURTHEST_DAYS}))
    if len(found) > MOST:
        faults.append(Violation("closure.series_too_many", {"most": MOST}))
    if not found:
        faults.append(Violation("closure.series_empty"))
    if any(a.end > b.start for a, b in pairwise(found)):
        faults.append(Violation("closure.series_overlaps"))
    return tuple(faults)
