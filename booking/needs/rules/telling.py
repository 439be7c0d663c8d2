"""What a company tells and a lab answers, as values."""

from dataclasses import dataclass
from datetime import date

from booking.organisations.rules import District


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a company says of its need."""

    what: str
    by_day: date
    district: District
    material: str = ""
    accuracy: str = ""
    samples: int = 0
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """What a lab offers; the price in fen."""

    words: str
    until: date
    lab_id: int | None = None
    instrument_id: int | None = None
    price_fen: int | None = None
