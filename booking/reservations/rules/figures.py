"""Whole minutes and exact hours, as violations and quotas state them."""

from datetime import timedelta
from fractions import Fraction

_MINUTE = timedelta(minutes=1)
_MICROSECOND = timedelta(microseconds=1)


def minutes(length: timedelta) -> int:
    """Whole minutes, rounded down."""
    return length // _MINUTE


def hours_text(length: timedelta) -> str:
    """Hours as people write them: `3`, `2.5`, `0.33`."""
    exact = Fraction(length // _MICROSECOND, 3_600_000_000)
    return f"{float(exact):.2f}".rstrip("0").rstrip(".")
