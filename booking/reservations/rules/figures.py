"""Hours as quotas state them."""

from datetime import timedelta
from fractions import Fraction

_MICROSECOND = timedelta(microseconds=1)


def hours_text(length: timedelta) -> str:
    """Hours as people write them: `3`, `2.5`, `0.33`."""
    exact = Fraction(length // _MICROSECOND, 3_600_000_000)
    return f"{float(exact):.2f}".rstrip("0").rstrip(".")
