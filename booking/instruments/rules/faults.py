"""The life of a fault as a table, and what downtimes add up to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan

# How long a repair is expected to take when nobody knows better, and by how much it is put off.
EXPECTED: Final = timedelta(days=14)
PUT_OFF_BY: Final = timedelta(days=7)
# The expected end is put off so long before it comes, so that nobody sets out for nothing.
PUT_OFF_AHEAD: Final = timedelta(hours=1)
LOOKED_BACK: Final = timedelta(days=365)
# So long afterwards it may be entered since when something was out of service.
ENTERED_LATE: Final = timedelta(days=30)
_NOTHING: Final = timedelta(0)


class FaultState(StrEnum):
    """Where a fault stands; only a closed one keeps the instrument out of service."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    CLOSED = "closed"
    REPAIRED = "repaired"
    DISMISSED = "dismissed"


class FaultStep(StrEnum):
    """What can be done about it."""

    TRIAGE = "triage"
    CLOSE = "close"
    PUT_OFF = "put_off"
    REPAIR = "repair"
    DISMISS = "dismiss"


class Severity(StrEnum):
    """Whether the instrument goes on working."""

    MINOR = "minor"
    MAJOR = "major"


TRANSITIONS: Final[dict[tuple[FaultState, FaultStep], FaultState]] = {
    (FaultState.REPORTED, FaultStep.TRIAGE): FaultState.TRIAGED,
    (FaultState.REPORTED, FaultStep.CLOSE): FaultState.CLOSED,
    (FaultState.REPORTED, FaultStep.REPAIR): FaultState.REPAIRED,
    (FaultState.REPORTED, FaultStep.DISMISS): FaultState.DISMISSED,
    (FaultState.TRIAGED, FaultStep.CLOSE): FaultState.CLOSED,
    (FaultState.TRIAGED, FaultStep.REPAIR): FaultState.REPAIRED,
    (FaultState.TRIAGED, FaultStep.DISMISS): FaultState.DISMISSED,
    # Time that was lost is not dismissed: a false alarm is repaired, too, by saying so.
    (FaultState.CLOSED, FaultStep.PUT_OFF): FaultState.CLOSED,
    (FaultState.CLOSED, FaultStep.REPAIR): FaultState.REPAIRED,
}
OPEN: Final = frozenset({FaultState.REPORTED, FaultState.TRIAGED, FaultState.CLOSED})


def after(state: FaultState, step: FaultStep) -> FaultState | None:
    """Where a step leads from here, or None when it is not allowed."""
    return TRANSITIONS.get((state, step))


def open_steps(state: FaultState) -> tuple[FaultStep, ...]:
    """What may still be done in this state, in the order of the table."""
    return tuple(step for from_, step in TRANSITIONS if from_ is state)


def put_off_to(expected_end: datetime, now: datetime) -> datetime | None:
    """When the end of a repair that is not done is expected next; None while it is far enough."""
    if expected_end > now + PUT_OFF_AHEAD:
        return None
    return max(expected_end, now) + PUT_OFF_BY


@dataclass(frozen=True, slots=True)
class Late:
    """What was wrong, since when it was out of service, until when, and what was done.

    Without a beginning it is only reported; without an end it is still out of service.
    """

    what: str
    since: datetime | None = None
    until: datetime | None = None
    done: str = ""


def broken_late(
    began: datetime, ended: datetime | None, *, since: datetime, now: datetime
) -> Iterator[Violation]:
    """What is wrong with a time out of service that is entered late; `since` there is the thing.

    Without an end it goes on.
    """
    if not max(since, now - ENTERED_LATE) <= began < now:
        yield Violation("fault.since", {"field": "broken_since", "days": ENTERED_LATE.days})
    if ended is not None and not began < ended <= now:
        yield Violation("fault.until", {"field": "works_since"})


@dataclass(frozen=True, slots=True)
class Totals:
    """Downtimes within a year: how many began, how long it was down, and the two means.

    Between faults: the time up by each downtime that began. To repair: the whole length of those
    that ended, however early they began. None where there is nothing to divide by.
    """

    count: int
    down: timedelta
    between: timedelta | None
    to_repair: timedelta | None


def totals(ended: Sequence[TimeSpan], running: TimeSpan | None, now: datetime) -> Totals:
    """What the last 365 days add up to; `running` is the downtime that goes on, up to now.

    Downtimes that overlap are one time down.
    """
    year = TimeSpan(now - LOOKED_BACK, now)
    every = (*ended, *((running,) if running else ()))
    began = sum(year.start <= span.start < year.end for span in every)
    down = year.length - sum((up.length for up in year.minus(every)), _NOTHING)
    repairs = [span.length for span in ended if year.start < span.end <= year.end]
    return Totals(
        count=began,
        down=down,
        between=(year.length - down) / began if began else None,
        to_repair=sum(repairs, _NOTHING) / len(repairs) if repairs else None,
    )
