"""Hours, days and policies as a search over many instruments reads them: hashable, in seconds.

Instruments of a lab mostly say the same; whatever has one shape is reckoned once per search.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from booking.instruments.rules.opening import Hours
from booking.instruments.rules.peaks import PeakBand
from booking.instruments.rules.slots import seconds
from booking.instruments.rules.terms import QuotaTerms

Week = tuple[tuple[int, tuple[Hours, ...]], ...]
Days = tuple[tuple[date, tuple[Hours, ...]], ...]
_IN_SECONDS: Final = {
    "notice_minutes": "notice",
    "shortest_minutes": "shortest",
    "longest_minutes": "longest",
}


@dataclass(frozen=True, slots=True)
class SlotPolicy:
    """What of a policy decides where a slot may lie; times in seconds."""

    valid_from: int = 0
    grid: int = 1800
    shortest: int = 1800
    longest: int = 28_800
    notice: int = 0
    before: int = 0
    after: int = 0
    follows_calendar: bool = True
    # Days ahead, and what differs, for classes of customer.
    horizons: tuple[tuple[str, int], ...] = ()
    per_class: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    quotas: tuple[QuotaTerms, ...] = ()
    uncounted_off_peak: bool = False
    uncounted_within: int = 0
    peak_hours: tuple[PeakBand, ...] = ()
    person_gap: int = 0
    organisation_gap: int = 0
    training_required: bool = False

    def for_class(self, customer_class: str) -> "SlotPolicy":
        """The policy as it binds a class: its own notice and lengths, its quotas."""
        own = dict(self.per_class).get(customer_class, ())
        quotas = tuple(one for one in self.quotas if one.customer_class in {"", customer_class})
        return replace(self, quotas=quotas, **dict(own))  # type: ignore[arg-type]  # only lengths

    def horizon(self, customer_class: str) -> int | None:
        """How many days ahead a class may book, if that is limited."""
        return dict(self.horizons).get(customer_class)


def slot_policy(told: Mapping[str, Any]) -> SlotPolicy:
    """What a kept policy decides, from its columns."""
    return SlotPolicy(
        valid_from=seconds(told["valid_from"]),
        grid=60 * told["grid_minutes"],
        shortest=60 * told["shortest_minutes"],
        longest=60 * told["longest_minutes"],
        notice=60 * told["notice_minutes"],
        before=60 * told["buffer_before_minutes"],
        after=60 * told["buffer_after_minutes"],
        follows_calendar=told["follows_statutory_calendar"],
        horizons=tuple(sorted(told["horizon_days"].items())),
        per_class=tuple((name, _own(said)) for name, said in sorted(told["per_class"].items())),
        quotas=tuple(QuotaTerms(**quota) for quota in told["quotas"]),
        uncounted_off_peak=told["uncounted_off_peak"],
        uncounted_within=60 * told["uncounted_within_minutes"],
        peak_hours=tuple(PeakBand.of(band) for band in told["peak_hours"]),
        person_gap=60 * told["person_gap_minutes"],
        organisation_gap=60 * told["organisation_gap_minutes"],
        training_required=told["training_required"],
    )


def _own(said: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, 60 * said[key]) for key, name in _IN_SECONDS.items() if key in said)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Hours, days and policies; instruments that have the same share one, found by identity."""

    week: Week
    days: Days
    policies: tuple[SlotPolicy, ...]

    def policy_at(self, second: int) -> SlotPolicy:
        """The policy in force at a moment; the defaults before the first."""
        held = [policy for policy in self.policies if policy.valid_from <= second]
        return max(held, key=lambda policy: policy.valid_from, default=SlotPolicy())

    def policies_between(self, start: int, end: int) -> list[tuple[int, SlotPolicy]]:
        """The policies in force from one moment to another in order, each with where it begins."""
        later = (policy for policy in self.policies if start < policy.valid_from < end)
        ordered = sorted(later, key=lambda policy: policy.valid_from)
        return [
            (start, self.policy_at(start)),
            *((policy.valid_from, policy) for policy in ordered),
        ]
