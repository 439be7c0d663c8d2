"""Until when a permission lasts, and when its end is told; which reasons a request comes back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan

# Days before the end; 0 is told when it has come.
REMINDERS: Final = (30, 7, 0)
MOST_SEATS: Final = 200


class EndsBy(StrEnum):
    """What ends a permission."""

    DATE = "date"
    DISUSE = "disuse"


class PutBack(StrEnum):
    """Why a request waits again."""

    CANCELLED = "cancelled"
    NOT_PASSED = "not_passed"
    TAKEN_OFF = "taken_off"


@dataclass(frozen=True, slots=True)
class End:
    """The moment from which a permission no longer holds, and why."""

    at: datetime
    by: EndsBy

    @property
    def last_day(self) -> date:
        """The last local day on which it holds, if only in part."""
        return local(self.at - timedelta(microseconds=1)).date()


def valid_until(valid_to: date | None) -> datetime | None:
    """The end of the last day; None for a permission without one."""
    return None if valid_to is None else TimeSpan.of_local_day(valid_to).end


def end_of(valid_to: date | None, practised: datetime, unused_days: int | None) -> End | None:
    """The earlier of both ends; None when neither its date nor disuse ends it.

    `practised` is the last own use, or the day of the permission where there was none since.
    """
    ends = []
    if (until := valid_until(valid_to)) is not None:
        ends.append(End(until, EndsBy.DATE))
    if unused_days is not None:
        ends.append(End(practised + timedelta(days=unused_days), EndsBy.DISUSE))
    return min(ends, key=lambda end: end.at, default=None)


def reminder_due(end: datetime, now: datetime, *, told: int | None) -> int | None:
    """The most urgent step that has come and was not told of this end; None when there is none.

    `told` is the last step told of this very end. After an outage several have come at once; one
    word is enough.
    """
    days = (end - now) / timedelta(days=1)
    come = [step for step in REMINDERS if days <= step and (told is None or step < told)]
    return min(come, default=None)
