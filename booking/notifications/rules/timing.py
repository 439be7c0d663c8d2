"""When somebody is told: not in quiet hours, once a day, some hours before a booking begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from booking.kernel.clock import local

USUAL_DAILY_HOUR: Final = 8
USUAL_REMINDER_HOURS: Final = 24
LONGEST_REMINDER_HOURS: Final = 168
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Times:
    """Hours of a day of the centre (0-23), and hours before a booking.

    Quiet from and until the same hour, or from no hour at all, is never quiet.
    """

    daily_hour: int = USUAL_DAILY_HOUR
    quiet_from: int | None = None
    quiet_until: int | None = None
    reminder_hours: int = USUAL_REMINDER_HOURS


def next_hour(now: datetime, hour: int) -> datetime:
    """The next moment after now at which that hour of the centre's day begins."""
    here = local(now)
    at = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (at if at > here else at + _DAY).astimezone(now.tzinfo)


def quiet_end(times: Times, now: datetime) -> datetime | None:
    """When the quiet hours end that now is in; None outside of them."""
    start, end, hour = times.quiet_from, times.quiet_until, local(now).hour
    if start is None or end is None or start == end:
        return None
    within = start <= hour < end if start < end else hour >= start or hour < end
    return next_hour(now, end) if within else None


def reminder_due(times: Times, *, starts_at: datetime, now: datetime) -> bool:
    """Whether it is time to remind: from some hours before it begins until it does."""
    return starts_at - timedelta(hours=times.reminder_hours) <= now < starts_at


def knows_already(times: Times, *, starts_at: datetime, told_at: datetime) -> bool:
    """Whether somebody was told of this time so late that a reminder would only repeat it."""
    return told_at > starts_at - timedelta(hours=times.reminder_hours)
