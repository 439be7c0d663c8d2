"""Giving time back: free until a deadline, then for a share of the price and a fixed amount."""

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


@dataclass(frozen=True, slots=True)
class LateFee:
    """What is agreed for giving time back late."""

    price_fen: int
    percent: int
    fixed_fen: int = 0

    @property
    def fen(self) -> int:
        return share_of(self.price_fen, self.percent) + self.fixed_fen


def cancellation(
    state: State, *, deadline: datetime, fee: LateFee, now: datetime, stays_late: bool = False
) -> Cancellation:
    """Free before the deadline, and always while nobody has promised the time yet.

    What `stays_late` was promised, and changed when giving it back cost something already.
    """
    if now < deadline or (state is State.REQUESTED and not stays_late):
        return FREE
    return Cancellation(late=True, fee_fen=fee.fen)


def costs_to_give_back(
    state: State, *, stays_late: bool, deadline: datetime, now: datetime
) -> bool:
    """Whether somebody was promised the time, and its deadline has passed."""
    promised = state is State.CONFIRMED or (state is State.REQUESTED and stays_late)
    return promised and now >= deadline
