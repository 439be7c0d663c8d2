"""When a new instrument must be filed with the national platform."""

from datetime import date, timedelta
from typing import Final

from booking.instruments.rules.opening import DayKind, StatutoryCalendar

# 30 working days after acceptance.
WORKING_DAYS: Final = 30
_FRIDAY: Final = 5
_DAY: Final = timedelta(days=1)


def filing_due(accepted: date, calendar: StatutoryCalendar) -> date | None:
    """The thirtieth working day after acceptance; None while a year on the way is unknown."""
    day, left = accepted, WORKING_DAYS
    while left:
        day += _DAY
        if day.year not in calendar.years:
            return None
        left -= is_working_day(day, calendar)
    return day


def is_working_day(day: date, calendar: StatutoryCalendar) -> bool:
    """Whether the state works on a day of a known year."""
    kind = calendar.days.get(day)
    if kind is None:
        return day.isoweekday() <= _FRIDAY
    return kind is DayKind.MAKEUP_WORKDAY
