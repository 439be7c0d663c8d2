"""Giving time back: free until a deadline, then for a share of the price."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.reservations.rules.fees import share_of
from booking.reservations.states import State


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """What was agreed when the booking was made."""

    free_until: timedelta
    late_percent: int


@dataclass(frozen=True, slots=True)
class Cancellation:
    """How a cancellation is taken."""

    late: bool
    fee_fen: int


def free_until(start: datetime, terms: CancellationTerms) -> datetime:
    """The first moment at which cancelling is late."""
    return start - terms.free_until


def cancellation(
    state: State, *, start: datetime, price_fen: int, terms: CancellationTerms, now: datetime
) -> Cancellation:
    """Free in good time, and always while nobody has promised the time yet."""
    if state is State.REQUESTED or now < free_until(start, terms):
        return Cancellation(late=False, fee_fen=0)
    return Cancellation(late=True, fee_fen=share_of(price_fen, terms.late_percent))
