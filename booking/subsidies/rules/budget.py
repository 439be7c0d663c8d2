"""Pro rata: what every grant of a settlement cycle gets when there is not enough for all."""

from collections.abc import Sequence

from booking.kernel.money import split_by_largest_remainder


def pro_rata(amount: int, granted: Sequence[int]) -> list[int]:
    """The grants as they are if they fit, else their shares: floors, then a fen each to the largest
    remainders, ties to the earlier; the shares sum to the amount exactly."""
    if sum(granted) <= amount:
        return list(granted)
    return split_by_largest_remainder(amount, granted)
