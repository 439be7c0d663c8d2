"""When a record counts as agreed to: after silence, or at once where it is as booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from booking.instruments.rules.filing import is_working_day
from booking.instruments.rules.opening import StatutoryCalendar
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan

_DAY: Final = timedelta(days=1)


def silent_until(since: datetime, days: int, calendar: StatutoryCalendar) -> datetime | None:
    """The same time of day so many working days later; None while a year on the way is unknown."""
    first = day = local(since).date()
    while days:
        day += _DAY
        if day.year not in calendar.years:
            return None
        days -= is_working_day(day, calendar)
    # The zone has had no clock changes since 1991.
    return since + (day - first)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a booking or a use comes to: how long, how many samples, which pieces."""

    length: timedelta
    samples: int
    consumables: Mapping[str, int]


def as_agreed(booked: Amount, used: Amount, tolerance: timedelta | None) -> bool:
    """Whether a use is what was booked, but for some minutes; whoever says nothing agrees to it."""
    if tolerance is None:
        return False
    return (
        abs(used.length - booked.length) <= tolerance
        and used.samples <= booked.samples
        and dict(used.consumables) == dict(booked.consumables)
    )


def length_of(span: TimeSpan) -> timedelta:
    """Whole minutes, begun ones included."""
    minute = timedelta(minutes=1)
    return -(-span.length // minute) * minute
