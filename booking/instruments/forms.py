"""What may be said about instruments, on pages and in JSON; the shapes are those of `api.md`."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from booking.instruments.models.calendar import ClosureKind
from booking.instruments.rules.card import Card, ResourceKind, ShareMode, Source
from booking.instruments.rules.opening import DayKind, Hours, minute_of_day
from booking.instruments.rules.pricing import Basis
from booking.instruments.rules.terms import Approval, PolicyTerms, QuotaTerms, ServiceMode
from booking.kernel.ids import reference
from booking.kernel.timespan import TimeSpan, local_midnight
from booking.organisations.rules import District
from booking.web.forms import LocalMoment
from booking.web.json import AwareMoment, YuanStr

NOT_A_CLOCK: Final = "time.not_a_clock"
BACKWARDS: Final = "span.backwards"
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SEPARATORS: Final = re.compile(r"[、,，;；\n]")


def _text(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, max_length=longest)


Short = Annotated[str, _text(20)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Hundred = Annotated[str, _text(100)]
Long = Annotated[str, _text(500)]
Fen = Annotated[YuanStr, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 366)]
Percent = Annotated[int, Field(ge=0, le=100)]
ClassName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]


def _clock(value: object) -> str:
    try:
        minute_of_day(str(value))
    except ValueError:
        raise PydanticCustomError(NOT_A_CLOCK, "not a time of day") from None
    return str(value)


def _start(value: object) -> object:
    """A day means its first moment in local time."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return local_midnight(date.fromisoformat(value))
        except (ValueError, OverflowError):
            return value
    return value


def _split(value: object) -> object:
    """One text with commas or lines, as people type several things into one field."""
    if not isinstance(value, list):
        return value
    pieces = [piece.strip() for text in value for piece in _SEPARATORS.split(str(text))]
    return [piece for piece in pieces if piece]


# A time of day, `08:30`; 24:00 ends a day.
ClockText = Annotated[str, BeforeValidator(_clock)]
# A moment, or a day for its first moment.
Start = Annotated[AwareMoment, BeforeValidator(_start)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class CardPatch(_Said):
    """Fields of a card to be changed; what is not said stays."""

    name: Name = "?"
    name_en: Hundred = ""
    inner_id: Annotated[str, _text(40)] = ""
    category_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{0,8}$")] = ""
    classification_scheme: Annotated[str, _text(16)] = "nrii"
    resource_kind: ResourceKind = ResourceKind.INSTRUMENT
    original_value: Fen = 0
    source: Source = Source.PURCHASE
    origin_country: Annotated[str, _text(50)] = ""
    manufacturer: Hundred = ""
    model: Hundred = ""
    start_date: date | None = None
    acceptance_date: date | None = None
    general_purpose: bool = True
    customs_supervised: bool = False
    specs: Long = ""
    functions: Annotated[str, _text(300)] = ""
    disciplines: Annotated[list[Hundred], Field(max_length=4)] = []
    services: Annotated[str, _text(200)] = ""
    typical_results: Long = ""
    user_notes: Long = ""
    fee_notes: Long = ""
    address: Hundred = ""
    district: District | None = None
    contact_name: Short = ""
    contact_phone: Short = ""
    contact_email: Annotated[str, _text(50)] = ""
    share_mode: ShareMode = ShareMode.EXTERNAL
    service_modes: list[ServiceMode] = [ServiceMode.SELF_OPERATED]
    units: Annotated[int, Field(ge=1, le=200)] = 1
    aliases: Annotated[list[Name], Field(max_length=20)] = []

    def values(self) -> dict[str, object]:
        """What was said, under the card's names; the number of places is no part of the card."""
        told: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set}
        told.pop("units", None)
        told.pop("lab_id", None)
        if "original_value" in told:
            told["original_value_fen"] = told.pop("original_value")
        if told.get("district", "") is None:
            del told["district"]
        return {
            name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
        }


class CardForm(CardPatch):
    """A whole card."""

    name: Name
    lab_id: int

    def card(self, now: datetime) -> Card:
        """The card; one without an inner id gets a number."""
        values = self.values()
        values["inner_id"] = values.get("inner_id") or reference("I", now)
        return Card(**values)  # type: ignore[arg-type]  # checked by the fields


class CardPage(CardPatch):
    """A card as it is filled in on a page: boxes not ticked are not sent, lists are one text."""

    name: Name
    disciplines: Annotated[list[Hundred], BeforeValidator(_split), Field(max_length=4)] = []
    aliases: Annotated[list[Name], BeforeValidator(_split), Field(max_length=20)] = []
    general_purpose: bool = False
    version: int | None = None
    lab_id: int | None = None

    def values(self) -> dict[str, object]:
        """Everything: what is empty on the page was emptied."""
        whole = self.model_copy()
        whole.model_fields_set.update(set(type(self).model_fields) - {"version", "lab_id"})
        told = CardPatch.values(whole)
        told.pop("version", None)
        return told


class HoursForm(_Said):
    """One weekly window."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    opens: ClockText
    closes: ClockText


def week_of(windows: Sequence[HoursForm]) -> dict[int, list[Hours]]:
    """The windows by weekday."""
    week: dict[int, list[Hours]] = {}
    for window in windows:
        hours = Hours(minute_of_day(window.opens), minute_of_day(window.closes))
        week.setdefault(window.weekday, []).append(hours)
    return week


class WindowForm(_Said):
    """One window of a day."""

    opens: ClockText
    closes: ClockText

    @property
    def hours(self) -> Hours:
        return Hours(minute_of_day(self.opens), minute_of_day(self.closes))


class DayForm(_Said):
    """A day's own windows; none means closed."""

    windows: list[WindowForm] = []


class QuotaForm(_Said):
    """At most so many hours or bookings of a person or organisation."""

    per: Annotated[str, StringConstraints(pattern="^(person|organisation)$")]
    measure: Annotated[str, StringConstraints(pattern="^(hours|count)$")]
    period: Annotated[str, StringConstraints(pattern="^(day|week|month|open)$")]
    limit: Annotated[int, Field(ge=0, le=100_000)]


class PolicyForm(_Said):
    """A whole booking policy."""

    grid_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    shortest_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 62)] = 30
    longest_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 62)] = 480
    notice_minutes: Minutes = 0
    horizon_days: dict[ClassName, Annotated[int, Field(ge=0, le=3660)]] = {}
    buffer_before_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    buffer_after_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    approval: Approval = Approval.NONE
    approval_hours: Annotated[int, Field(ge=1, le=24 * 62)] = 48
    training_required: bool = False
    training_unused_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    quotas: Annotated[list[QuotaForm], Field(max_length=20)] = []
    free_cancel_minutes: Minutes = 1440
    late_cancel_percent: Percent = 0
    no_show_grace_minutes: Annotated[int, Field(ge=0, le=1440)] = 30
    no_show_percent: Percent = 0
    follows_statutory_calendar: bool = True
    guaranteed_outside_hours_per_week: Annotated[int, Field(ge=0, le=168)] = 0
    guaranteed_release_minutes: Minutes = 2880
    confirm_days: Annotated[int, Field(ge=0, le=366)] = 7
    valid_from: Start | None = None

    @model_validator(mode="after")
    def _lengths_in_order(self) -> Self:
        if self.shortest_minutes > self.longest_minutes:
            raise PydanticCustomError("policy.lengths_backwards", "shortest above longest")
        return self

    def terms(self) -> PolicyTerms:
        told = self.model_dump(exclude={"valid_from", "quotas"})
        quotas = tuple(QuotaTerms(**quota.model_dump()) for quota in self.quotas)
        return PolicyTerms(**told, quotas=quotas)


class PolicyPage(PolicyForm):
    """A policy as it is filled in on a page: one horizon per class, boxes not ticked not sent."""

    follows_statutory_calendar: bool = False
    horizon_internal: Annotated[int, Field(ge=0, le=3660)] | None = None
    horizon_academic: Annotated[int, Field(ge=0, le=3660)] | None = None
    horizon_enterprise: Annotated[int, Field(ge=0, le=3660)] | None = None

    def terms(self) -> PolicyTerms:
        told = self.model_dump()
        horizon = {
            name.removeprefix("horizon_"): told.pop(name)
            for name in list(told)
            if name.startswith("horizon_") and name != "horizon_days"
        }
        told["horizon_days"] = {name: days for name, days in horizon.items() if days is not None}
        return PolicyForm(**told).terms()


class PeakForm(_Said):
    """A factor on the hourly price at some hours of some weekdays."""

    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1)]
    from_: Annotated[ClockText, Field(alias="from")]
    to: ClockText
    factor: Annotated[str, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,4})?$")]

    @field_validator("factor", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int | Decimal) else value


class StepForm(_Said):
    """Another price for the hours after the first ones."""

    over_hours: Annotated[Decimal, Field(gt=0, le=24 * 62, max_digits=6, decimal_places=2)]
    hour: Fen


class ClassForm(_Said):
    """What one kind of customer pays."""

    hour: Fen | None = None
    steps: Annotated[list[StepForm], Field(max_length=10)] = []
    day: Fen | None = None
    sample: Fen | None = None
    staff_hour: Fen | None = None
    minimum: Fen | None = None


class TariffForm(_Said):
    """A price list from a moment on."""

    valid_from: Start
    basis: Basis = Basis.RESERVED
    round_up_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    vat_rate: Annotated[str, StringConstraints(pattern=r"^0(\.\d{1,4})?$")] = "0.06"
    peak: Annotated[list[PeakForm], Field(max_length=20)] = []
    classes: Annotated[dict[ClassName, ClassForm], Field(min_length=1)]

    def stored_peak(self) -> list[dict[str, object]]:
        return [band.model_dump(mode="json", by_alias=True) for band in self.peak]

    def stored_classes(self) -> dict[str, dict[str, object]]:
        return {name: prices.model_dump(mode="json") for name, prices in self.classes.items()}


class TariffPage(_Said):
    """A price list as it is filled in on a page: three classes side by side."""

    valid_from: Start
    basis: Basis = Basis.RESERVED
    round_up_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    enterprise_hour: Fen
    academic_hour: Fen | None = None
    internal_hour: Fen | None = None
    enterprise_sample: Fen | None = None
    academic_sample: Fen | None = None
    internal_sample: Fen | None = None
    enterprise_staff_hour: Fen | None = None
    academic_staff_hour: Fen | None = None
    internal_staff_hour: Fen | None = None
    enterprise_minimum: Fen | None = None
    academic_minimum: Fen | None = None
    internal_minimum: Fen | None = None

    def stored_classes(self) -> dict[str, dict[str, object]]:
        """A class with no price per hour has no prices of its own."""
        told = self.model_dump(mode="json")
        classes = {
            name: {
                price: told[f"{name}_{price}"]
                for price in ("hour", "sample", "staff_hour", "minimum")
                if told[f"{name}_{price}"] is not None
            }
            for name in ("enterprise", "academic", "internal")
        }
        return {name: prices for name, prices in classes.items() if "hour" in prices}


class ClosureForm(_Said):
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


class ReasonForm(_Said):
    """Why a step is taken."""

    reason: Long = ""


class MovedDayForm(_Said):
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: Annotated[str, _text(50)] = ""


class CalendarForm(_Said):
    """The statutory calendar of a year."""

    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    provisional: bool = False
    days: Annotated[list[MovedDayForm], Field(max_length=120)]

    def moved(self) -> dict[date, tuple[DayKind, str]]:
        return {day.day: (day.kind, day.name) for day in self.days}


class ClosurePage(ClosureForm):
    """A closure as it is filled in on a page: in local time."""

    starts_at: LocalMoment
    ends_at: LocalMoment
