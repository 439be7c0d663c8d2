"""The shapes in which cards, terms and closures are answered."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel, Field
from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.actions.close import Closed
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.tariff import Tariff
from booking.instruments.queries.cards import ClosureRow, card_seen_by
from booking.instruments.queries.settings import (
    WeeklyWindow,
    in_force,
    policies,
    tariffs,
    weekly_hours,
)
from booking.instruments.rules.card import ResourceKind, ShareMode, Source
from booking.instruments.rules.opening import clock_text
from booking.instruments.rules.terms import PolicyTerms
from booking.instruments.states import InstrumentState
from booking.web.json import AwareMoment, YuanOut

# Of a class whose list does not say it.
_UNSAID: Final[Mapping[str, object]] = {
    **dict.fromkeys(("hour", "day", "sample", "staff_hour", "minimum", "late_cancel", "no_show")),
    "steps": [],
    "free_minutes": 0,
    "consumables": [],
}


class HoursOut(BaseModel):
    """One weekly window."""

    weekday: int
    opens: str
    closes: str


class PolicyOut(BaseModel):
    """The policy in force."""

    valid_from: AwareMoment | None
    grid_minutes: int
    shortest_minutes: int
    longest_minutes: int
    notice_minutes: int
    horizon_days: dict[str, int]
    buffer_before_minutes: int
    buffer_after_minutes: int
    approval: str
    approval_hours: int
    training_required: bool
    training_unused_days: int | None
    quotas: list[dict[str, str | int]]
    uncounted_off_peak: bool
    uncounted_within_minutes: int
    peak_hours: list[dict[str, object]]
    person_gap_minutes: int
    organisation_gap_minutes: int
    free_cancel_minutes: int
    late_cancel_percent: int
    no_show_grace_minutes: int
    no_show_percent: int
    follows_statutory_calendar: bool
    guaranteed_outside_hours_per_week: int
    guaranteed_release_minutes: int
    confirm_days: int
    offer_minutes: int
    ends_itself: bool
    overrun_grace_minutes: int
    overrun_percent: int
    confirm_tolerance_minutes: int | None
    code_at_place: bool
    prepaid: bool
    # Only where a class has rules of its own.
    per_class: dict[str, dict[str, int]] = Field(default={}, exclude_if=lambda own: not own)


class TariffOut(BaseModel):
    """A price list; amounts in yuan as text."""

    id: int
    valid_from: AwareMoment
    basis: str
    round_up_minutes: int
    vat_rate: str
    vat_included: bool
    peak: list[dict[str, object]]
    classes: dict[str, dict[str, object]]
    withdrawn_at: AwareMoment | None


class CardOut(BaseModel):
    """A card with its hours, policy and prices."""

    id: int
    version: int
    state: InstrumentState
    state_reason: str
    lab_id: int
    lab_name: str
    organisation_id: int
    organisation_name: str
    name: str
    name_en: str
    inner_id: str
    category_code: str
    classification_scheme: str
    other_codes: dict[str, str]
    resource_kind: ResourceKind
    original_value: YuanOut
    source: Source
    origin_country: str
    manufacturer: str
    model: str
    start_date: date | None
    acceptance_date: date | None
    filing_due: date | None
    filed_on: date | None
    general_purpose: bool
    customs_supervised: bool
    specs: str
    functions: str
    disciplines: list[str]
    services: str
    typical_results: str
    user_notes: str
    fee_notes: str
    address: str
    district: str
    province: str
    city: str
    postal_address: str
    postal_code: str
    funds: str
    customs: dict[str, str]
    contact_name: str
    contact_phone: str
    contact_email: str
    share_mode: ShareMode
    service_modes: list[str]
    units: int
    aliases: list[str]
    part_of_id: int | None
    opening_hours: list[HoursOut]
    policy: PolicyOut
    tariff: TariffOut | None


def card_out(
    session: Session, instrument_id: int, actor: Actor | None, *, now: datetime
) -> CardOut:
    """A card as this person may see it; why it was returned, and what customs keep,
    is the lab's own business."""
    seen = card_seen_by(session, instrument_id, actor)
    row: Instrument = seen.instrument
    policy = in_force(policies(session, instrument_id), now)
    tariff = in_force(tariffs(session, instrument_id), now)
    told = row.model_dump(exclude={"original_value_fen", "created_at", "updated_at"})
    return CardOut(
        **{
            **told,
            "original_value": row.original_value_fen,
            "state_reason": row.state_reason if seen.is_insider else "",
            "customs": row.customs if seen.is_insider else {},
            "lab_name": seen.lab_name,
            "organisation_id": seen.organisation_id,
            "organisation_name": seen.organisation_name,
            "units": seen.units,
            "opening_hours": hours_out(session, instrument_id),
            "policy": policy_out(policy if isinstance(policy, BookingPolicy) else None),
            "tariff": tariff_out(tariff) if isinstance(tariff, Tariff) else None,
        }
    )


def hours_out(session: Session, instrument_id: int) -> list[HoursOut]:
    """The weekly hours of an instrument."""
    return windows_out(weekly_hours(session, instrument_id))


def windows_out(week: Iterable[WeeklyWindow]) -> list[HoursOut]:
    """Weekly windows, as they are sent."""
    return [
        HoursOut(
            weekday=one.weekday,
            opens=clock_text(one.hours.opens),
            closes=clock_text(one.hours.closes),
        )
        for one in week
    ]


def policy_out(row: BookingPolicy | None) -> PolicyOut:
    """A version of the policy, or what holds without one."""
    if row is not None:
        return PolicyOut.model_validate(row.model_dump())
    plain = PolicyTerms()
    told = {name: getattr(plain, name) for name in PolicyOut.model_fields if name != "valid_from"}
    return PolicyOut.model_validate({**told, "valid_from": None, "quotas": []})


def tariff_out(row: Tariff) -> TariffOut:
    """A version of the price list; every class with every price, said or not."""
    told = row.model_dump()
    classes = {name: {**_UNSAID, **prices} for name, prices in row.classes.items()}
    return TariffOut.model_validate(told | {"classes": classes})


class AffectedOut(BaseModel):
    """A booking in the way of a fault."""

    reservation: str | None
    start: AwareMoment
    end: AwareMoment


class ClosureLine(BaseModel):
    """A closure in a list."""

    id: int
    kind: ClosureKind
    starts_at: AwareMoment
    ends_at: AwareMoment
    reason: str
    lifted_at: AwareMoment | None


class ClosureOut(ClosureLine):
    """A closure, and the bookings that a fault found in its way."""

    instrument_id: int
    affected: list[AffectedOut]


class ClosureList(BaseModel):
    items: list[ClosureLine]


def closure_line(row: ClosureRow | Closure) -> ClosureLine:
    """A closure as lists show it."""
    return ClosureLine(
        id=row.id or 0,
        kind=ClosureKind(row.kind),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        reason=row.reason,
        lifted_at=row.lifted_at,
    )


def closure_out(done: Closed) -> ClosureOut:
    """What was written, and whom a fault hits."""
    return ClosureOut(
        **closure_line(done.closure).model_dump(),
        instrument_id=done.closure.instrument_id,
        affected=[
            AffectedOut(
                reservation=hold.reservation_number, start=hold.span.start, end=hold.span.end
            )
            for hold in done.affected
        ],
    )
