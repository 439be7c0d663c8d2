"""What a calendar feed holds: whose calendar it is, how far it reaches, what others may read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.reservations.states import State

_BACK: Final = timedelta(days=60)
_AHEAD: Final = timedelta(days=400)
# So long a program that looks rarely can still learn that something was called off.
_TOLD_OFF_FOR: Final = timedelta(days=30)
# More than any program shows; the latest of them.
MOST_ENTRIES: Final = 3000

CALLED_OFF: Final = frozenset({State.CANCELLED, State.EXPIRED, State.MISSED, State.REJECTED})


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose calendar: an instrument's, a lab's, or (neither) a person's own."""

    instrument_id: int | None = None
    lab_id: int | None = None

    @property
    def reference(self) -> str:
        """As facts name it: `instrument:5`, `lab:3`; one's own is `own`."""
        if self.instrument_id is not None:
            return f"instrument:{self.instrument_id}"
        return "own" if self.lab_id is None else f"lab:{self.lab_id}"


OWN: Final = Subject()


@dataclass(frozen=True, slots=True)
class Reach:
    """The time a feed shows, and since when something called off is still told of."""

    span: TimeSpan
    called_off_since: datetime


def reach_at(now: datetime) -> Reach:
    """The same all day, so that a feed changes when something in it does."""
    day = TimeSpan.of_local_day(local(now).date()).start
    return Reach(TimeSpan(day - _BACK, day + _AHEAD), day - _TOLD_OFF_FOR)


def closure_sequence(planned: TimeSpan, until: datetime) -> int:
    """A closure only ever grows before it is lifted, so its minutes say which version it is.

    `until` is when it really ends: earlier when it was lifted, later when it is overdue.
    """
    return 2 * (planned.length // timedelta(minutes=1)) + int(until != planned.end)
