"""Where the money of a voucher is, as the sum of its movements: in whatever order they are told."""

from collections.abc import Iterable
from dataclasses import dataclass

from booking.vouchers.states import FLOWS, MovementKind, Pot

Movement = tuple[MovementKind, int]


@dataclass(frozen=True, slots=True)
class Balance:
    """A face value, shared out; nothing of it is in two places."""

    available: int = 0
    encumbered: int = 0
    redeemed: int = 0
    expired: int = 0

    @property
    def face(self) -> int:
        return self.available + self.encumbered + self.redeemed + self.expired

    @property
    def holds(self) -> bool:
        """Whether there is no less than nothing anywhere."""
        return min(self.available, self.encumbered, self.redeemed, self.expired) >= 0


def balance_of(movements: Iterable[Movement]) -> Balance:
    """What all movements together make of a voucher."""
    pots = dict.fromkeys(Pot, 0)
    for kind, amount in movements:
        source, target = FLOWS[kind]
        if source is not None:
            pots[source] -= amount
        pots[target] += amount
    return Balance(**{pot.value: amount for pot, amount in pots.items()})


def may_move(balance: Balance, kind: MovementKind, amount: int) -> bool:
    """Whether so much is there to be moved; a voucher is issued once."""
    source, _ = FLOWS[kind]
    if amount <= 0:
        return False
    if source is None:
        return balance.face == 0
    return int(getattr(balance, source.value)) >= amount
