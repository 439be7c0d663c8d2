"""Why time that was asked for was not given: for lack of time, or for another reason.

Only a request that nothing but time spoke against tells of demand that more time would have met.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from booking.kernel.errors import Conflict, Violation, codes_of
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.opening import ClosedBecause

# What is said of time that a booking holds (`instruments.queries.holds`).
OCCUPIED: Final = "occupied"
SLOT_TAKEN: Final = "reservation.slot_taken"
# How much later a booking still counts as what a refusal led to.
ANSWERED_WITHIN_HOURS: Final = 24


class Lack(StrEnum):
    """What was lacking; where several things were, the last of them in this order."""

    OCCUPIED = "occupied"
    CLOSED = "closed"
    BROKEN = "broken"
    OTHER = "other"


# The codes that speak of time. Hours kept for others are occupied for who asks, and so are those
# of operators who serve elsewhere; where nobody is on duty the lab is closed.
OF_TIME: Final[Mapping[str, Lack]] = MappingProxyType(
    {
        SLOT_TAKEN: Lack.OCCUPIED,
        "guarantee.outside": Lack.OCCUPIED,
        "operator.none_free": Lack.OCCUPIED,
        "opening.closed": Lack.CLOSED,
        "operator.off_duty": Lack.CLOSED,
    }
)
# More time of one instrument would have met these.
FOR_LACK_OF_TIME: Final = (Lack.OCCUPIED, Lack.CLOSED, Lack.BROKEN)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which time was asked for, and for whom."""

    instrument_id: int
    organisation_id: int
    span: TimeSpan


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for and not given, and every reason."""

    asked: Asked
    codes: tuple[str, ...]
    lack: Lack


def refused(
    asked: Asked, violations: Iterable[Violation], taken: Collection[Conflict] | None = None
) -> Refused:
    """A refusal by what was said of it; `taken` is by what the time is held, if it is."""
    violations = tuple(violations)
    found = {_lack_of(violation) for violation in violations}
    if taken is not None:
        found.add(_held(taken))
    codes = (*(() if taken is None else (SLOT_TAKEN,)), *codes_of(violations))
    return Refused(asked, codes, max(found or {Lack.OTHER}, key=list(Lack).index))


def _held(taken: Collection[Conflict]) -> Lack:
    """A place that is booked might become free; where none is, closures are in the way."""
    kinds = {conflict.kind for conflict in taken}
    if not kinds or OCCUPIED in kinds:
        return Lack.OCCUPIED
    return Lack.BROKEN if ClosedBecause.FAULT.value in kinds else Lack.CLOSED


def _lack_of(violation: Violation) -> Lack:
    if violation.params.get("reason") == ClosedBecause.FAULT:
        return Lack.BROKEN
    return OF_TIME.get(violation.code, Lack.OTHER)
