"""A programme as a value: what a public document promises, nothing computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from booking.kernel.money import yuan
from booking.subsidies.rules.claims import Claims
from booking.subsidies.rules.scalars import RATE_DIGITS, RATE_ONE

Kind = Literal["usage", "provider", "interest", "voucher"]
DatedBy = Literal["order", "service_end", "invoice", "payment"]
Base = Literal["min_of_all", "contract", "invoice", "paid"]
Combine = Literal["highest", "first", "sum"]
Cycle = Literal["monthly", "quarterly", "yearly"]
Scope = Literal["line", "loan", "instrument", "user", "group", "provider"]
BudgetRule = Literal["first_come", "pro_rata"]
Method = Literal["points", "share", "share_of_min"]
PromisedHours = Literal["ignored", "kept", "in_proportion"]

CALENDAR_YEAR = (1, 1)
ACADEMIC_YEAR = (9, 1)


WHEN_KEYS = ("qualification", "user_region", "provider_region", "flag", "base_over")


@dataclass(frozen=True, slots=True)
class When:
    """Everything that must hold; nothing said, always true."""

    qualification: str | None = None
    user_region: str | None = None
    provider_region: str | None = None
    flag: str | None = None
    base_over: int | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """A share of the base, under a condition."""

    when: When
    rate: int


@dataclass(frozen=True, slots=True)
class Bracket:
    """A marginal band: this share of what lies between the band below and `up_to`."""

    up_to: int | None
    rate: int


@dataclass(frozen=True, slots=True)
class Cap:
    """At most this much for a scope; per period, except for a single line or loan."""

    scope: Scope
    amount: int


@dataclass(frozen=True, slots=True)
class Budget:
    """All the money there is: for the whole validity, or for one settlement cycle."""

    amount: int
    rule: BudgetRule


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who and what qualifies; an empty tuple or None asks nothing."""

    qualifications_any: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    provider_regions: tuple[str, ...] = ()
    resource_kinds: tuple[str, ...] = ()
    min_original_value: int | None = None
    exclude: tuple[str, ...] = ()
    min_amount: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """How the share of the base is found; brackets, where given, take the place of tiers."""

    combine: Combine = "highest"
    tiers: tuple[Tier, ...] = ()
    bonus: tuple[Tier, ...] = ()
    ceiling: int = RATE_ONE
    full_offset_up_to: int = 0
    brackets: tuple[Bracket, ...] = ()


@dataclass(frozen=True, slots=True)
class Discount:
    """How much of a loan's interest is paid (贴息)."""

    method: Method = "share"
    value: int = 0
    day_count: int = 360
    max_days: int | None = None
    exclude_overdue: bool = True
    # What becomes of the days of a promise year that ended short.
    promised_hours: PromisedHours = "ignored"
    # Which loans it is for: of use, of purchase; empty: both.
    loan_kinds: tuple[str, ...] = ()

    def is_for(self, kind: str) -> bool:
        return not self.loan_kinds or kind in self.loan_kinds


@dataclass(frozen=True, slots=True)
class Gift:
    """What one innovation voucher (科技创新券) is worth; nothing is settled by it."""

    face: int = 0
    share: int = RATE_ONE
    per_order: int | None = None
    days: int | None = None
    # Whether it pays the fee of who gives back late, or does not come.
    fees: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of one programme."""

    id: str
    version: int
    kind: Kind
    name: Mapping[str, str]
    document: str
    valid_from: date
    valid_to: date
    dated_by: DatedBy
    period_starts: tuple[int, int]
    base: Base
    settlement: Cycle
    eligibility: Eligibility = field(default_factory=Eligibility)
    rate: Rate = field(default_factory=Rate)
    discount: Discount = field(default_factory=Discount)
    caps: tuple[Cap, ...] = ()
    budget: Budget | None = None
    claims: Claims = field(default_factory=Claims)
    gift: Gift | None = None
    # The versions under whose public document the same money is named, this one among them; empty:
    # this one's money is its own.
    funded_with: tuple[int, ...] = ()

    @property
    def fund(self) -> tuple[str, int]:
        """Whose budget it spends: its own, or the one that it goes on with."""
        return self.id, min(self.funded_with, default=self.version)

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to

    def period_of(self, day: date) -> int:
        """The year in which the period that holds a day began: what "per period" means."""
        return day.year if (day.month, day.day) >= self.period_starts else day.year - 1

    def cycle_of(self, day: date) -> tuple[int, int]:
        """The settlement cycle that holds a day: what a pro-rata budget is for."""
        if self.settlement == "monthly":
            return day.year, day.month
        if self.settlement == "quarterly":
            return day.year, (day.month + 2) // 3
        return self.period_of(day), 0

    def cycle_span(self, day: date) -> tuple[date, date]:
        """The days of the settlement cycle that holds a day, the last not included."""
        if self.settlement == "yearly":
            month, number = self.period_starts
            year = self.period_of(day)
            return date(year, month, number), date(year + 1, month, number)
        months = 1 if self.settlement == "monthly" else 3
        first = day.month - (day.month - 1) % months
        end = first + months
        return date(day.year, first, 1), date(day.year + end // 13, end % 13 + end // 13, 1)


@dataclass(frozen=True, slots=True)
class JointCap:
    """At most this much for a scope out of several programmes, granted in their order."""

    programmes: tuple[str, ...]
    scope: Scope
    amount: int
    order: tuple[str, ...]
    # When its period starts; None: as the first programme in its order says.
    period_starts: tuple[int, int] | None = None


def decimal_text(scaled: int, digits: int, *, at_least: int = 2) -> str:
    """An exact decimal from a whole number of 10⁻ᵈⁱᵍⁱᵗˢ, without idle zeros beyond `at_least`."""
    whole, rest = divmod(abs(scaled), 10**digits)
    places = f"{rest:0{digits}d}"
    kept = places[:at_least] + places[at_least:].rstrip("0")
    return f"{'-' if scaled < 0 else ''}{whole}.{kept}"


def rate_text(scaled: int) -> str:
    """A rate as documents write it: "0.30"."""
    return decimal_text(scaled, RATE_DIGITS)


def exact_yuan(raw: int) -> str:
    """The exact product of fen and a rate, in yuan."""
    if raw % RATE_ONE == 0:
        return yuan(raw // RATE_ONE)
    return decimal_text(raw, RATE_DIGITS + 2)
