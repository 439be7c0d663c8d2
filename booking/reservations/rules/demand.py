"""Demand and Policy: the two values that every booking rule reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from booking.credit.rules import Credit
from booking.instruments.rules.layers import Decision
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.crew import Crew
from booking.reservations.rules.relief import NO_RELIEF, Relief

_NOTHING = timedelta(0)


class Per(StrEnum):
    """Whose bookings a quota adds up."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Measure(StrEnum):
    """What a quota adds up."""

    HOURS = "hours"
    COUNT = "count"


class Within(StrEnum):
    """Over which time a quota adds up; `open` means whatever is not used yet."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` hours or bookings of one person or organisation in one period."""

    per: Per
    measure: Measure
    period: Within
    limit: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A booking that counts: when, by whom, since when, and whether it is still unused.

    It stands unless it was given back late or missed.
    """

    span: TimeSpan
    same_person: bool
    same_organisation: bool
    is_open: bool
    made_at: datetime | None = None
    stands: bool = True

    def belongs_to(self, per: Per) -> bool:
        """Whether the person, or the organisation, that asks has booked it."""
        return self.same_person if per is Per.PERSON else self.same_organisation


@dataclass(frozen=True, slots=True)
class Training:
    """Permission to operate, until when, and when it was last practised."""

    valid_until: datetime | None = None
    last_used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Funds:
    """What a booking would hold of what was paid in advance, and what is there for it, in fen."""

    needed_fen: int
    available_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is asked for, when, and what is known about who asks."""

    span: TimeSpan
    asked_at: datetime
    # When the booking that is to be moved was made; empty for a new one.
    made_at: datetime | None = None
    mode: str
    customer_class: str
    verified: bool = True
    # Of the organisation, where rules of credit are in force; its own instruments ask for none.
    credit: Credit | None = None
    counted: tuple[Counted, ...] = ()
    training: Training | None = None
    # What our own people hold of the weeks that are touched, where hours are kept for others.
    insiders: tuple[TimeSpan, ...] = ()
    # Where bookings are paid in advance.
    funds: Funds | None = None
    # Who operates; empty where nobody has to.
    crew: Crew | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the instrument allows during the span that is asked for."""

    published: bool
    modes: frozenset[str]
    open_windows: tuple[TimeSpan, ...]
    missing_years: tuple[int, ...] = ()
    faulty_since: datetime | None = None
    closed_by: Decision | None = None
    grid: timedelta = timedelta(minutes=30)
    shortest: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(days=1)
    notice: timedelta = _NOTHING
    horizon_days: Mapping[str, int] = field(default_factory=dict)
    buffer_before: timedelta = _NOTHING
    buffer_after: timedelta = _NOTHING
    quotas: tuple[Quota, ...] = ()
    relief: Relief = NO_RELIEF
    person_gap: timedelta = _NOTHING
    organisation_gap: timedelta = _NOTHING
    training_required: bool = False
    training_unused: timedelta | None = None
    guaranteed: timedelta = _NOTHING
    guaranteed_release: timedelta = _NOTHING
    places: int = 1
    # The open time of the weeks that the span touches, where hours are kept for those outside.
    weeks_windows: tuple[TimeSpan, ...] = ()

    def held(self, span: TimeSpan) -> TimeSpan:
        """The time that is really taken: the booked span with its buffers."""
        return span.widened(self.buffer_before, self.buffer_after)

    @property
    def gaps(self) -> Mapping[Per, timedelta]:
        """The smallest times between bookings, where there are any."""
        said = {Per.PERSON: self.person_gap, Per.ORGANISATION: self.organisation_gap}
        return {per: gap for per, gap in said.items() if gap > _NOTHING}

    @property
    def counts_others(self) -> bool:
        """Whether other bookings of who asks can speak against one."""
        return bool(self.quotas or self.gaps)

    def near(self, span: TimeSpan) -> TimeSpan:
        """The span with the time around it in which another booking would be too close."""
        gap = max(self.gaps.values(), default=_NOTHING)
        return span.widened(gap, gap)


def counting(
    demand: Demand, policy: Policy, others: Sequence[Counted], *, inside: bool = False
) -> Demand:
    """The same demand as if others of whoever asks were booked too; `inside` for the provider's own
    people."""
    counted, insiders = demand.counted, demand.insiders
    if policy.counts_others:
        counted = (*counted, *others)
    if inside and policy.weeks_windows:
        insiders = (*insiders, *(one.span for one in others))
    return replace(demand, counted=counted, insiders=insiders)
