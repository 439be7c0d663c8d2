"""Time of units that was given back."""

from collections.abc import Iterable
from dataclasses import dataclass

from booking.kernel.timespan import TimeSpan


@dataclass(frozen=True, slots=True)
class Freed:
    """Time of a unit that was given back in this transaction."""

    unit_id: int
    span: TimeSpan


def gave_back(freed: Iterable[Freed], unit_id: int, span: TimeSpan) -> bool:
    """Whether all of a span was given back on a unit."""
    return not span.minus([one.span for one in freed if one.unit_id == unit_id])
