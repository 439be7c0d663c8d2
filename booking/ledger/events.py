"""Money that came in advance, and what was given back."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PrepaymentEvent(Event):
    """Something about what a company has with a provider."""

    account_id: int
    organisation_id: int
    provider_id: int
    amount_fen: int
    balance_fen: int


@dataclass(frozen=True, kw_only=True)
class PrepaymentReceived(PrepaymentEvent):
    name: ClassVar[str] = "prepayment.received"


@dataclass(frozen=True, kw_only=True)
class PrepaymentRefunded(PrepaymentEvent):
    name: ClassVar[str] = "prepayment.refunded"
