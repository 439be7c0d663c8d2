"""Giving time back: free until a deadline, then for a share of the price."""

from dataclasses import dataclass
from datetime import datetime

from booking.reservations.rules.fees import share_of
from booking.reservations.states import State


@dataclass(frozen=True, slots=True)
class Cancellation:
    """How a cancellation is taken."""

    late: bool
    fee_fen: int


FREE = Cancellation(late=False, fee_fen=0)


def cancellation(
    state: State, *, deadline: datetime, price_fen: int, percent: int, now: datetime
) -> Cancellation:
    """Free before the deadline, and always while nobody has promised the time yet."""
    if state is State.REQUESTED or now < deadline:
        return FREE
    return Cancellation(late=True, fee_fen=share_of(price_fen, percent))
