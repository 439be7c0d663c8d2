"""What the demo's history consists of, as values: cards, customers, visits, mishaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from booking.instruments.rules.opening import Schedule
from booking.kernel.timespan import TimeSpan


class Fate(StrEnum):
    """How a visit turns out."""

    USED = "used"
    NO_SHOW = "no_show"
    LATE_CANCELLATION = "late_cancellation"
    FREE_CANCELLATION = "free_cancellation"
    REJECTED = "rejected"
    UNDECIDED = "undecided"
    FORGOTTEN = "forgotten"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Card:
    """What planning must know of an instrument."""

    code: str
    lab: str
    provider: str
    schedule: Schedule
    units: int
    modes: tuple[str, ...]
    lengths: tuple[float, ...]
    takes_samples: bool
    notice_minutes: int
    buffer_minutes: int
    by_approval: bool


@dataclass(frozen=True, slots=True)
class Customer:
    """An organisation that books, and its people who do."""

    code: str
    kind: str
    weight: float
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One wish for time, and what becomes of it if the platform lets it."""

    card: str
    customer: str
    person: str
    mode: str
    samples: int
    purpose: str
    span: TimeSpan
    asked_at: datetime
    fate: Fate
    silent: bool
    # Hours of dawdling, drawn once: deciding, arriving, leaving, confirming.
    pace: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mishap:
    """An instrument breaks, or is looked after."""

    card: str
    kind: str
    span: TimeSpan
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How many months ago a settlement has to be to have come so far."""

    locked_before: int = 1
    approved_before: int = 2
    paid_before: int = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """`history.toml`, read."""

    seed: int
    days: int
    upcoming_days: int
    bookings: int
    classes: Mapping[str, float]
    fates: Mapping[Fate, float]
    silent: float
    lengths: Mapping[str, Sequence[float]]
    weights: Mapping[str, float] = field(default_factory=dict)
    faults: int = 0
    fault_hours: tuple[int, int] = (6, 54)
    maintenance_days: int = 0
    maintenance_hours: int = 3
    double_bookings: int = 0
    reviewed: Reviewed = Reviewed()


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that will be tried, in the order in which it is asked."""

    visits: tuple[Visit, ...]
    mishaps: tuple[Mishap, ...]
    collisions: tuple[Visit, ...]
