"""An instrument's card as a value: the national platform's fields (`policy-facts.md` §6.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Final

from booking.instruments.rules.terms import ServiceMode


class ResourceKind(StrEnum):
    """Kinds of resource offered; all are booked by the same engine."""

    INSTRUMENT = "instrument"
    PILOT_LINE = "pilot_line"
    POC_STATION = "poc_station"
    TESTING_SERVICE = "testing_service"


class ShareMode(StrEnum):
    """共享模式."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    NONE = "none"


class Source(StrEnum):
    """设备来源."""

    PURCHASE = "purchase"
    MADE = "made"
    GIFT = "gift"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a lab tells about an instrument."""

    name: str
    inner_id: str
    category_code: str = ""
    name_en: str = ""
    resource_kind: ResourceKind = ResourceKind.INSTRUMENT
    classification_scheme: str = "nrii"
    other_codes: Mapping[str, str] = field(default_factory=dict)
    original_value_fen: int = 0
    source: Source = Source.PURCHASE
    origin_country: str = ""
    manufacturer: str = ""
    model: str = ""
    general_purpose: bool = True
    start_date: date | None = None
    acceptance_date: date | None = None
    customs_supervised: bool = False
    specs: str = ""
    functions: str = ""
    disciplines: tuple[str, ...] = ()
    services: str = ""
    typical_results: str = ""
    user_notes: str = ""
    fee_notes: str = ""
    district: str = ""
    address: str = ""
    province: str = ""
    city: str = ""
    postal_address: str = ""
    postal_code: str = ""
    funds: str = ""
    customs: Mapping[str, str] = field(default_factory=dict)
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    share_mode: ShareMode = ShareMode.EXTERNAL
    service_modes: tuple[ServiceMode, ...] = (ServiceMode.SELF_OPERATED,)
    aliases: tuple[str, ...] = ()
    part_of_id: int | None = None

    def columns(self) -> dict[str, object]:
        """As the table stores it."""
        return stored({one.name: getattr(self, one.name) for one in fields(self)})


def stored(values: dict[str, object]) -> dict[str, object]:
    """Card values as columns: tuples are lists there."""
    return {
        name: [str(one) for one in value] if isinstance(value, tuple) else value
        for name, value in values.items()
    }


# What a card shown to the public cannot do without.
REQUIRED: Final = ("name", "category_code", "district", "service_modes")
# What no card can do without, not even a draft.
ALWAYS: Final = ("name", "inner_id")


def lacking(values: dict[str, object], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the wanted fields say nothing."""
    return tuple(name for name in wanted if not values.get(name))
