"""The terms under which an instrument can be booked, as the values that other rooms read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from booking.instruments.rules.availability import Distance
from booking.instruments.rules.layers import Decision, Layers
from booking.instruments.rules.opening import Schedule, missing_years, open_windows
from booking.instruments.rules.peaks import PeakBand
from booking.instruments.rules.tariff import TariffTerms
from booking.instruments.states import InstrumentState
from booking.kernel.timespan import TimeSpan


class Approval(StrEnum):
    """Whose bookings need a decision."""

    NONE = "none"
    FIRST = "first"
    ALWAYS = "always"


class ServiceMode(StrEnum):
    """自主上机, 技术共享, 委托, 远程共享."""

    SELF_OPERATED = "self_operated"
    ASSISTED = "assisted"
    ENTRUSTED = "entrusted"
    REMOTE = "remote"


_USUAL: Final = ServiceMode.SELF_OPERATED.value


def usual_mode(offered: Collection[str]) -> str:
    """The mode of a wish that names none: the first offered, operating oneself before all.

    What the lab does for an order comes last: nobody else books it.
    """
    found = [mode.value for mode in ServiceMode if mode in offered]
    return next((one for one in found if not by_order(one)), found[0] if found else _USUAL)


def by_order(mode: str) -> bool:
    """Whether the lab takes the time, for an order."""
    return mode == ServiceMode.ENTRUSTED


def needs_operator(mode: str) -> bool:
    """Whether a booking in this mode takes an operator, where there are any."""
    return mode == ServiceMode.ASSISTED


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaTerms:
    """At most `limit` hours or bookings of one person or organisation in one period."""

    per: str
    measure: str
    period: str
    limit: int
    # Whom it binds; empty means everybody.
    customer_class: str = ""


PER_CLASS: Final = ("notice_minutes", "shortest_minutes", "longest_minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTerms:
    """One version of a booking policy; the defaults hold until a lab says otherwise."""

    grid_minutes: int = 30
    shortest_minutes: int = 30
    longest_minutes: int = 480
    notice_minutes: int = 0
    horizon_days: Mapping[str, int] = field(default_factory=dict)
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    approval: Approval = Approval.NONE
    approval_hours: int = 48
    training_required: bool = False
    training_unused_days: int | None = None
    quotas: tuple[QuotaTerms, ...] = ()
    # What does not count against quotas of hours: bookings that lie wholly off the peak, and those
    # made at most so long before they begin (0: none).
    uncounted_off_peak: bool = False
    uncounted_within_minutes: int = 0
    # Empty: those hours whose price is the highest.
    peak_hours: tuple[PeakBand, ...] = ()
    # The smallest time between two bookings of one person, or of one organisation.
    person_gap_minutes: int = 0
    organisation_gap_minutes: int = 0
    free_cancel_minutes: int = 1440
    late_cancel_percent: int = 0
    no_show_grace_minutes: int = 30
    no_show_percent: int = 0
    follows_statutory_calendar: bool = True
    guaranteed_outside_hours_per_week: int = 0
    guaranteed_release_minutes: int = 2880
    confirm_days: int = 7
    offer_minutes: int = 30
    ends_itself: bool = False
    overrun_grace_minutes: int = 10
    overrun_percent: int = 0
    confirm_tolerance_minutes: int | None = None
    code_at_place: bool = False
    prepaid: bool = False
    # What differs for a class: {"academic": {"notice_minutes": 0}}; see PER_CLASS.
    per_class: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    policy_id: int | None = None

    def for_class(self, customer_class: str) -> "PolicyTerms":
        """The policy as it binds a class: its own notice and lengths, its quotas."""
        own = {
            name: minutes
            for name, minutes in self.per_class.get(customer_class, {}).items()
            if name in PER_CLASS
        }
        binding = (quota for quota in self.quotas if quota.customer_class in {"", customer_class})
        return replace(self, quotas=tuple(binding), **own)  # type: ignore[arg-type]  # PER_CLASS are minutes

    @property
    def counts_bookings(self) -> bool:
        """Whether what an organisation has booked can speak against another booking of it."""
        gaps = self.person_gap_minutes or self.organisation_gap_minutes
        return bool(self.quotas or gaps or self.guaranteed_outside_hours_per_week)

    @property
    def grid(self) -> timedelta:
        return timedelta(minutes=self.grid_minutes)

    @property
    def distance(self) -> Distance:
        """What a booking holds before and after itself."""
        return Distance(
            timedelta(minutes=self.buffer_before_minutes),
            timedelta(minutes=self.buffer_after_minutes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingTerms:
    """Everything that decides about a booking, short of who books and what is taken.

    Policy and tariff are those in force when the asked span starts. `schedule` (what `layers` come
    to) and `faults` cover that span and what was asked for around it, so that alternatives need no
    further question.
    """

    instrument_id: int
    name: str
    name_en: str
    state: InstrumentState
    lab_id: int
    organisation_id: int
    service_modes: frozenset[str]
    unit_ids: tuple[int, ...]
    # What a booking takes besides one place: all places of all parts.
    part_unit_ids: tuple[int, ...] = ()
    # Who serves assisted bookings here; they may serve other instruments too.
    operator_ids: tuple[int, ...] = ()
    policy: PolicyTerms
    tariff: TariffTerms | None
    span: TimeSpan
    layers: Layers
    schedule: Schedule
    faults: tuple[TimeSpan, ...] = ()

    @property
    def published(self) -> bool:
        return self.state is InstrumentState.PUBLISHED

    @property
    def classes_priced(self) -> frozenset[str]:
        """The customer classes that have prices of their own."""
        return frozenset(self.tariff.classes) if self.tariff else frozenset()

    @property
    def open_windows(self) -> tuple[TimeSpan, ...]:
        """The open time on the days that the span touches, faults taken away."""
        return self.windows_in(whole_days(self.span))

    @property
    def missing_years(self) -> tuple[int, ...]:
        """The years of the span whose statutory calendar nobody has entered."""
        return missing_years(self.schedule, self.span)

    @property
    def closed_by(self) -> Decision | None:
        """What closes the first moment of the span that is outside the opening hours."""
        return self.layers.first_closed(self.span)

    @property
    def faulty_since(self) -> datetime | None:
        """Since when a fault closes part of the span, if one does."""
        begun = [fault.start for fault in self.faults if fault.overlaps(self.span)]
        return min(begun) if begun else None

    def windows_in(self, span: TimeSpan) -> tuple[TimeSpan, ...]:
        """The open time in any span that the schedule was read for."""
        return open_windows(self.schedule, span, closed=self.faults)

    def operators_for(self, mode: str) -> tuple[int, ...]:
        """The operators one of whom a booking in this mode takes; none where none is needed."""
        return self.operator_ids if needs_operator(mode) else ()

    def held(self, span: TimeSpan) -> TimeSpan:
        """The time that a booking really takes: with its buffers."""
        distance = self.policy.distance
        return span.widened(distance.before, distance.after)


def whole_days(span: TimeSpan) -> TimeSpan:
    """The local days that a span touches, from midnight to midnight."""
    days: Sequence[TimeSpan] = [TimeSpan.of_local_day(day) for day, _ in span.by_local_day()]
    return TimeSpan(days[0].start, days[-1].end)
