"""What is told of a payment to a provider."""

from dataclasses import dataclass
from datetime import date

from booking.kernel.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What left the bank, for what, and under which reference."""

    provider_id: int
    period: Period
    amount_fen: int
    paid_on: date
    bank_reference: str
    note: str = ""
