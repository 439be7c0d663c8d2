"""A fee as a share of the price, rounded once to the fen."""

from decimal import Decimal

from booking.kernel.money import half_up


def share_of(price_fen: int, percent: int) -> int:
    """`percent` of a price, half-up."""
    return half_up(Decimal(price_fen) * percent / 100)
