"""When a new instrument must be filed with the national platform, and how that stands.

国科发基〔2017〕289号 article 11: within 30 working days of acceptance; instruments of 500,000 yuan
and more (`policy-facts.md` §2.2).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from booking.instruments.rules.opening import DayKind, StatutoryCalendar

# 30 working days after acceptance.
WORKING_DAYS: Final = 30
# No thirty working days take longer.
LONGEST_WAIT_DAYS: Final = 366
LEAST_VALUE_FEN: Final = 500_000 * 100
# So many days before it is due, and on the day itself, its keepers are told.
REMINDERS: Final = (10, 3, 0)
_FRIDAY: Final = 5
_DAY: Final = timedelta(days=1)


class FilingState(StrEnum):
    """How the filing of an instrument stands."""

    NOT_NEEDED = "not_needed"
    NOT_ACCEPTED = "not_accepted"
    NO_CALENDAR = "no_calendar"
    DUE = "due"
    OVERDUE = "overdue"
    FILED = "filed"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What decides about the filing of an instrument."""

    value_fen: int
    accepted: date | None = None
    due: date | None = None
    filed_on: date | None = None
    exemption: str = ""

    def on(self, today: date) -> FilingState:
        """How it stands on a day."""
        if self.filed_on is not None:
            return FilingState.FILED
        if self.exemption:
            return FilingState.EXEMPT
        if self.value_fen < LEAST_VALUE_FEN:
            return FilingState.NOT_NEEDED
        if self.accepted is None:
            return FilingState.NOT_ACCEPTED
        if self.due is None:
            return FilingState.NO_CALENDAR
        return FilingState.OVERDUE if self.due < today else FilingState.DUE


def reminder_due(due: date, today: date, *, told: int | None) -> int | None:
    """The step to tell of now: the most urgent that has come, unless it or a later one was told.

    What is overdue is told once more, as the last step, if nobody was told on the day.
    """
    left = (due - today).days
    come = [step for step in REMINDERS if left <= step]
    if not come or (told is not None and told <= min(come)):
        return None
    return min(come)


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
