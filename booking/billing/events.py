"""What is owed has been written down."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Charged(Event):
    """A use or a fee became a charge."""

    name: ClassVar[str] = "charge.made"

    charge_id: int
    reservation_id: int
    organisation_id: int
    provider_id: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class ChargeEvent(Event):
    """Something happened to a charge: whose it is, and for which booking."""

    charge_id: int
    number: str
    reservation_number: str
    holder_id: int
    organisation_id: int
    provider_id: int
    lab_id: int
    instrument_id: int
    # By how much it changes, or would.
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class ChargeCorrected(ChargeEvent):
    """It comes to another amount from now on."""

    name: ClassVar[str] = "charge.corrected"

    total_fen: int


@dataclass(frozen=True, kw_only=True)
class AdjustmentAsked(ChargeEvent):
    """More than one person may change alone: a second has to agree."""

    name: ClassVar[str] = "charge.adjustment_asked"

    asked_by: int


@dataclass(frozen=True, kw_only=True)
class AdjustmentRefused(ChargeEvent):
    """The second person did not agree."""

    name: ClassVar[str] = "charge.adjustment_refused"

    asked_by: int


@dataclass(frozen=True, kw_only=True)
class AdjustmentLimitSet(Event):
    """How much one person alone may take off."""

    name: ClassVar[str] = "charge.limit_set"

    limit_fen: int
