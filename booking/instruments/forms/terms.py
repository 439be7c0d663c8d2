"""Hours, policies, price lists, closures and statutory calendars, as programs send them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from booking.instruments.forms.texts import (
    BeginText,
    ClockText,
    Fen,
    Fifty,
    ItemName,
    Long,
    Minutes,
    Origin,
    Over,
    Percent,
    PriceClass,
    RuleClass,
    Said,
    Short,
    Start,
)
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.rules.layers import DaySaid
from booking.instruments.rules.opening import DayKind, Hours
from booking.instruments.rules.peaks import PeakBand
from booking.instruments.rules.tariff import Basis
from booking.instruments.rules.terms import Approval, PolicyTerms, QuotaTerms
from booking.kernel.timespan import TimeSpan
from booking.web.json import AwareMoment
from booking.web.moments import Day
from booking.web.texts import text

BACKWARDS: Final = "span.backwards"
Length = Annotated[int, Field(ge=1, le=60 * 24 * 62)]
Gap = Annotated[int, Field(ge=0, le=60 * 24 * 62)]


def _each_once(numbers: list[int]) -> list[int]:
    return sorted(set(numbers))


class HoursForm(Said):
    """One weekly window; what closes before it opens lasts over midnight."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    opens: ClockText
    closes: ClockText


def week_of(windows: Sequence[HoursForm]) -> dict[int, list[Hours]]:
    """The windows by weekday."""
    week: dict[int, list[Hours]] = {}
    for window in windows:
        hours = Hours.between(window.opens, window.closes)
        week.setdefault(window.weekday, []).append(hours)
    return week


class WindowForm(Said):
    """One window of a day; what closes before it opens lasts over midnight."""

    opens: ClockText
    closes: ClockText

    @property
    def hours(self) -> Hours:
        return Hours.between(self.opens, self.closes)


class DayForm(Said):
    """A day's own windows, none means closed, and why it differs."""

    windows: list[WindowForm] = Field(default_factory=list)
    reason: Annotated[str, text(200)] = ""

    @property
    def said(self) -> DaySaid:
        return DaySaid(tuple(window.hours for window in self.windows), self.reason)


class QuotaForm(Said):
    """At most so many hours or bookings of a person or organisation."""

    per: Annotated[str, StringConstraints(pattern="^(person|organisation)$")]
    measure: Annotated[str, StringConstraints(pattern="^(hours|count)$")]
    period: Annotated[str, StringConstraints(pattern="^(day|week|month|open)$")]
    limit: Annotated[int, Field(ge=0, le=100_000)]
    customer_class: RuleClass | Literal[""] = ""


class BandForm(Said):
    """Some hours of some weekdays; a band over midnight belongs to the day on which it begins."""

    weekdays: Annotated[
        list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1), AfterValidator(_each_once)
    ]
    from_: Annotated[BeginText, Field(alias="from")]
    to: ClockText


class PeakHoursForm(BandForm):
    """Hours that many want."""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.from_ == self.to:
            raise PydanticCustomError("tariff.peak_backwards", "begins when it ends")
        return self

    @property
    def band(self) -> PeakBand:
        return PeakBand.of(self.model_dump(by_alias=True))


class OwnRulesForm(Said):
    """What a class has of its own; what is left out is as for everybody."""

    notice_minutes: Minutes | None = None
    shortest_minutes: Length | None = None
    longest_minutes: Length | None = None


class PolicyForm(Said):
    """A whole booking policy."""

    grid_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    shortest_minutes: Length = 30
    longest_minutes: Length = 480
    notice_minutes: Minutes = 0
    horizon_days: dict[RuleClass, Annotated[int, Field(ge=0, le=3660)]] = Field(
        default_factory=dict
    )
    buffer_before_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    buffer_after_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    approval: Approval = Approval.NONE
    approval_hours: Annotated[int, Field(ge=1, le=24 * 62)] = 48
    training_required: bool = False
    training_unused_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    quotas: Annotated[list[QuotaForm], Field(max_length=20)] = Field(default_factory=list)
    uncounted_off_peak: bool = False
    uncounted_within_minutes: Minutes = 0
    peak_hours: Annotated[list[PeakHoursForm], Field(max_length=20)] = Field(default_factory=list)
    person_gap_minutes: Gap = 0
    organisation_gap_minutes: Gap = 0
    free_cancel_minutes: Minutes = 1440
    late_cancel_percent: Percent = 0
    no_show_grace_minutes: Annotated[int, Field(ge=0, le=1440)] = 30
    no_show_percent: Percent = 0
    follows_statutory_calendar: bool = True
    guaranteed_outside_hours_per_week: Annotated[int, Field(ge=0, le=168)] = 0
    guaranteed_release_minutes: Minutes = 2880
    confirm_days: Annotated[int, Field(ge=0, le=366)] = 7
    offer_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    ends_itself: bool = False
    overrun_grace_minutes: Annotated[int, Field(ge=0, le=60)] = 10
    overrun_percent: Annotated[int, Field(ge=0, le=500)] = 0
    confirm_tolerance_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    code_at_place: bool = False
    prepaid: bool = False
    per_class: dict[RuleClass, OwnRulesForm] = Field(default_factory=dict)
    valid_from: Start | None = None

    @model_validator(mode="after")
    def _lengths_in_order(self) -> Self:
        for own in (OwnRulesForm(), *self.per_class.values()):
            shortest = own.shortest_minutes or self.shortest_minutes
            if shortest <= (own.longest_minutes or self.longest_minutes):
                continue
            raise PydanticCustomError("policy.lengths_backwards", "shortest above longest")
        return self

    def terms(self) -> PolicyTerms:
        told = self.model_dump(exclude={"valid_from", "quotas", "peak_hours", "per_class"})
        peak = tuple(hours.band for hours in self.peak_hours)
        quotas = tuple(QuotaTerms(**quota.model_dump()) for quota in self.quotas)
        own = {name: own.model_dump(exclude_none=True) for name, own in self.per_class.items()}
        return PolicyTerms(**told, quotas=quotas, peak_hours=peak, per_class=own)


class PeakForm(BandForm):
    """A factor on the hourly price at some hours of some weekdays."""

    factor: Annotated[str, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,4})?$")]

    @field_validator("factor", mode="before")
    @classmethod
    def _astext(cls, value: object) -> object:
        return str(value) if isinstance(value, int | Decimal) else value


class StepForm(Said):
    """Another price for the hours after the first ones."""

    over_hours: Over
    hour: Fen


class ConsumableForm(Said):
    """Something used up, by the piece."""

    name: ItemName
    unit: Short = ""
    price: Fen


class ClassForm(Said):
    """What one kind of customer pays; without a price for the hour, nothing for the time."""

    hour: Fen | None = None
    steps: Annotated[list[StepForm], Field(max_length=10)] = Field(default_factory=list)
    day: Fen | None = None
    sample: Fen | None = None
    staff_hour: Fen | None = None
    minimum: Fen | None = None
    free_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    late_cancel: Fen | None = None
    no_show: Fen | None = None
    consumables: Annotated[list[ConsumableForm], Field(max_length=30)] = Field(default_factory=list)


class TariffForm(Said):
    """A price list from a moment on."""

    valid_from: Start
    basis: Basis = Basis.RESERVED
    round_up_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    vat_rate: Annotated[str, StringConstraints(pattern=r"^0(\.\d{1,4})?$")] = "0.06"
    vat_included: bool = True
    peak: Annotated[list[PeakForm], Field(max_length=20)] = Field(default_factory=list)
    classes: Annotated[dict[PriceClass, ClassForm], Field(min_length=1)]

    def stored_peak(self) -> list[dict[str, object]]:
        return [band.model_dump(mode="json", by_alias=True) for band in self.peak]

    def stored_classes(self) -> dict[str, dict[str, object]]:
        return {name: prices.model_dump(mode="json") for name, prices in self.classes.items()}


class WithdrawalForm(Said):
    """Which version is taken back: the one that begins then."""

    valid_from: Start


class ClosureForm(Said):
    """A span in which the instrument is closed, and why."""

    starts_at: AwareMoment
    ends_at: AwareMoment
    kind: ClosureKind
    reason: Long = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise PydanticCustomError(BACKWARDS, "ends before it starts")
        return self

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.starts_at, self.ends_at)


class MovedDayForm(Said):
    """A day that is not what its weekday says."""

    day: Day
    kind: DayKind
    name: Fifty = ""


class CalendarForm(Said):
    """The statutory calendar of a year."""

    source: Origin
    provisional: bool = False
    days: Annotated[list[MovedDayForm], Field(max_length=120)]

    def moved(self) -> dict[date, tuple[DayKind, str]]:
        return {day.day: (day.kind, day.name) for day in self.days}
