"""Fees: a share of the price, rounded once to the fen, and a fixed amount agreed with it."""

from collections.abc import Mapping
from decimal import Decimal

from booking.instruments.rules.pricing import FixedFees
from booking.kernel.money import fen, half_up


def share_of(price_fen: int, percent: int) -> int:
    """`percent` of a price, half-up."""
    return half_up(Decimal(price_fen) * percent / 100)


def agreed_fees(quote: Mapping[str, object]) -> FixedFees:
    """The fixed amounts that a booking keeps with its price; none where it names none."""
    kept = quote.get("fees")
    if not isinstance(kept, Mapping):
        return FixedFees()
    return FixedFees(fen(str(kept["late_cancel"])), fen(str(kept["no_show"])))
