"""When an operator is on duty: weekly windows, and days that differ.

A roster says who is there, never whether the instrument is open: both have to be so. Without weekly
windows somebody is there whenever it is open. With them, statutory holidays are off and make-up
workdays are worked like a Monday; in a year that nobody has entered, weekdays count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from booking.instruments.rules.layers import Layer
from booking.instruments.rules.opening import (
    DAY_MINUTES,
    DayKind,
    Hours,
    Schedule,
    StatutoryCalendar,
    local_days,
    open_windows,
)
from booking.kernel.timespan import TimeSpan

# So many days at once may be entered as absence.
LONGEST_ABSENCE: Final = timedelta(days=92)
_ALWAYS: Final = {weekday: (Hours(0, DAY_MINUTES),) for weekday in range(1, 8)}


@dataclass(frozen=True, slots=True)
class Roster:
    """What is entered for one operator."""

    said: Layer = field(default_factory=Layer)

    def duty(self, span: TimeSpan, moved: Mapping[date, DayKind]) -> tuple[TimeSpan, ...]:
        """When they are on duty inside a span, as few ordered windows."""
        return open_windows(self._schedule(span, moved), span)

    def _schedule(self, span: TimeSpan, moved: Mapping[date, DayKind]) -> Schedule:
        days = {day: told.windows for day, told in self.said.days.items()}
        if not self.said.week:
            return Schedule(_ALWAYS, days)
        years = frozenset(day.year + n for day in local_days(span) for n in (-1, 0))
        return Schedule(self.said.week, days, StatutoryCalendar(years, moved))


NO_ROSTER: Final = Roster()
