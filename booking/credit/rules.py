"""The score: what counts for how much, for how long, and what follows below which number.

The centre sets all figures, with a day from which they hold; `EXAMPLE` only fills an empty form.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from booking.kernel.errors import Violation

HIGHEST: Final = 1000
LONGEST_DAYS: Final = 3650


class Cause(StrEnum):
    """What an entry is for: first what companies do, then what labs do."""

    LATE_CANCELLATION = "late_cancellation"
    NO_SHOW = "no_show"
    OVERRUN = "overrun"
    LATE_CONFIRMATION = "late_confirmation"
    GOOD_USE = "good_use"
    HOST_CANCELLATION = "host_cancellation"
    HOST_LATE_START = "host_late_start"
    HOST_LATE_CONFIRMATION = "host_late_confirmation"
    HOST_GOOD_USE = "host_good_use"


OF_LABS: Final = frozenset(cause for cause in Cause if cause.startswith("host_"))
RESTORING: Final = frozenset({Cause.GOOD_USE, Cause.HOST_GOOD_USE})
COMPANY_CAUSES: Final = tuple(cause for cause in Cause if cause not in OF_LABS)
LAB_CAUSES: Final = tuple(cause for cause in Cause if cause in OF_LABS)


class Level(StrEnum):
    """What follows from a score."""

    FREE = "free"
    APPROVAL = "approval"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One version of the rules. `points` are counted without sign; a missing cause costs nothing.

    Good use gives back at most `restore_most` of what is lost. An empty threshold limits nothing.
    """

    start: int
    loss_days: int
    gain_days: int
    restore_most: int = 0
    approval_below: int | None = None
    refuse_below: int | None = None
    late_start_minutes: int = 15
    publishes_labs: bool = False
    points: Mapping[str, int] = field(default_factory=dict)

    def points_for(self, cause: Cause) -> int:
        """What an entry of this cause says, with its sign."""
        points = self.points.get(cause.value, 0)
        return points if cause in RESTORING else -points

    def lapses_at(self, cause: Cause, at: datetime) -> datetime:
        """From when on an entry made now does not count any more."""
        return at + timedelta(days=self.gain_days if cause in RESTORING else self.loss_days)


# Assumed figures: no source gives any. They hold nowhere until the centre puts rules into force.
EXAMPLE: Final = Terms(
    start=100,
    loss_days=180,
    gain_days=180,
    restore_most=20,
    approval_below=80,
    refuse_below=60,
    points={
        Cause.LATE_CANCELLATION: 5,
        Cause.NO_SHOW: 15,
        Cause.OVERRUN: 5,
        Cause.LATE_CONFIRMATION: 2,
        Cause.GOOD_USE: 1,
        Cause.HOST_CANCELLATION: 10,
        Cause.HOST_LATE_START: 5,
        Cause.HOST_LATE_CONFIRMATION: 2,
        Cause.HOST_GOOD_USE: 1,
    },
)


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry as the score reads it; one that annuls another has its cause and end."""

    cause: Cause
    points: int
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class Credit:
    """A score, and what follows from it."""

    score: int
    level: Level
    approval_below: int | None = None
    refuse_below: int | None = None


def score(entries: Iterable[Counted], terms: Terms, *, now: datetime) -> int:
    """What is left of the points one starts with; in which order things happened is no matter."""
    counting = [entry for entry in entries if entry.lapses_at > now]
    lost = -sum(entry.points for entry in counting if entry.cause not in RESTORING)
    restored = sum(entry.points for entry in counting if entry.cause in RESTORING)
    return score_of(lost, restored, terms)


def score_of(lost: int, restored: int, terms: Terms) -> int:
    """The same from both sums; good use gives back what was lost, and nothing beyond."""
    missing = max(0, lost - min(restored, terms.restore_most))
    return max(0, terms.start - missing)


def level_of(score: int, terms: Terms) -> Level:
    """What follows; the harder threshold first."""
    if terms.refuse_below is not None and score < terms.refuse_below:
        return Level.REFUSED
    if terms.approval_below is not None and score < terms.approval_below:
        return Level.APPROVAL
    return Level.FREE


def credit_of(lost: int, restored: int, terms: Terms) -> Credit:
    """Score and level together."""
    found = score_of(lost, restored, terms)
    return Credit(found, level_of(found, terms), terms.approval_below, terms.refuse_below)


def terms_violations(terms: Terms) -> Iterator[Violation]:
    """Thresholds that contradict each other, or that nobody could stay above."""
    approval, refuse = terms.approval_below, terms.refuse_below
    for threshold in (approval, refuse):
        if threshold is not None and threshold > terms.start:
            yield Violation("credit.threshold_too_high", {"start": terms.start})
            break
    if approval is not None and refuse is not None and refuse >= approval:
        yield Violation("credit.thresholds_reversed")
