"""Money in integer fen; yuan appear only at the edges, as exact decimals.

Rounding is half-up once per line (`domain.md` §5); totals are sums of rounded lines.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

Exact = Decimal | Fraction | int


def fen(yuan: str | Decimal) -> int:
    """Yuan with at most two decimals → fen; anything finer is refused, never rounded away."""
    try:
        hundredfold = Decimal(yuan) * 100
    except InvalidOperation as broken:
        raise ValueError(f"not an amount in yuan: {yuan!r}") from broken
    if not hundredfold.is_finite() or hundredfold != hundredfold.to_integral_value():
        raise ValueError(f"not an amount in whole fen: {yuan!r}")
    return int(hundredfold)


def yuan(amount_fen: int) -> str:
    """Fen → yuan as the API writes them: two decimals, no separators."""
    sign = "-" if amount_fen < 0 else ""
    whole, rest = divmod(abs(amount_fen), 100)
    return f"{sign}{whole}.{rest:02d}"


def half_up(amount: Exact) -> int:
    """The nearest whole number, halves away from zero."""
    if isinstance(amount, Decimal):
        return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
    exact = Fraction(amount)
    rounded = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return rounded if exact >= 0 else -rounded


def split_by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Shares of `total` in proportion to `weights`, summing to it exactly.

    Each gets the floor; what is left goes one by one to the largest remainders, ties to the
    earlier.
    """
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("nothing to weigh by")
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares
