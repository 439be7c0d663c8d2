"""What a use consisted of: parts that fit into the time between check-in and check-out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRecord:
    """The operator's account of a use, in whole minutes."""

    preparation_minutes: int = 0
    test_minutes: int = 0
    post_minutes: int = 0
    idle_minutes: int = 0
    samples: int = 0
    # Pieces by their name in the price list; None leaves what stands.
    consumables: Mapping[str, int] | None = None
    note: str = ""
    # When it really ended, of a use that only the clock has ended; None leaves what stands.
    ended_at: datetime | None = None

    @property
    def effective_minutes(self) -> int:
        """有效机时: preparation, test and post-processing."""
        return self.preparation_minutes + self.test_minutes + self.post_minutes

    @property
    def accounted_minutes(self) -> int:
        return self.effective_minutes + self.idle_minutes


def minutes_present(present: TimeSpan) -> int:
    """Started minutes between check-in and check-out."""
    return -(-present.length // _MINUTE)


def record_faults(record: UseRecord, present: TimeSpan) -> Iterator[Violation]:
    parts = {
        "preparation_minutes": record.preparation_minutes,
        "test_minutes": record.test_minutes,
        "post_minutes": record.post_minutes,
        "idle_minutes": record.idle_minutes,
        "samples": record.samples,
    }
    for field, value in parts.items():
        if value < 0:
            yield Violation("use.negative", {"field": field})
    limit = minutes_present(present)
    if record.accounted_minutes > limit:
        yield Violation(
            "use.longer_than_present", {"minutes": record.accounted_minutes, "present": limit}
        )


def end_faults(
    ended_at: datetime, *, started_at: datetime, until: datetime, is_open: bool
) -> Iterator[Violation]:
    """What speaks against another end of a use: somebody has said when (and it `is_open` no more),
    it was not yet there, or the next had begun (`until`)."""
    if not is_open:
        yield Violation("use.end_known")
    elif not started_at <= ended_at <= until:
        yield Violation("use.end_impossible", {"from": started_at, "until": until})


def completed(record: UseRecord, present: TimeSpan) -> UseRecord:
    """The record with parts that sum to the presence.

    A record without any minutes was not measured: all of the presence counts as testing. In one
    that was, the minutes not accounted for were idle.
    """
    whole = minutes_present(present)
    if record.accounted_minutes == 0:
        return replace(record, test_minutes=whole)
    rest = max(whole - record.accounted_minutes, 0)
    return replace(record, idle_minutes=record.idle_minutes + rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is decided about a record: the figures that hold, and what running over costs.

    Only the centre takes back a fee, or what it counted for anybody's credit.
    """

    record: UseRecord | None = None
    without_fee: bool = False
    without_points: bool = False

    @property
    def lenient(self) -> bool:
        return self.without_fee or self.without_points


IT_STANDS: Final = Outcome()
