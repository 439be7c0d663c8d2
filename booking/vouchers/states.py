"""What moves the money of a voucher, and where a claim on it stands, as tables."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Pot(StrEnum):
    """Where each fen of a voucher's face value is: in exactly one of these."""

    AVAILABLE = "available"
    ENCUMBERED = "encumbered"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class MovementKind(StrEnum):
    """Why money of a voucher moves."""

    ISSUED = "issued"
    # Set aside for a booking, and given back by one that ended or came out cheaper.
    ENCUMBERED = "encumbered"
    RELEASED = "released"
    # Paid for a charge, and taken back where that was corrected afterwards.
    REDEEMED = "redeemed"
    RETURNED = "returned"
    # Paid again, where that correction was put right.
    RESTORED = "restored"
    EXPIRED = "expired"


# From where to where; what is issued comes from nowhere.
FLOWS: Final[Mapping[MovementKind, tuple[Pot | None, Pot]]] = {
    MovementKind.ISSUED: (None, Pot.AVAILABLE),
    MovementKind.ENCUMBERED: (Pot.AVAILABLE, Pot.ENCUMBERED),
    MovementKind.RELEASED: (Pot.ENCUMBERED, Pot.AVAILABLE),
    MovementKind.REDEEMED: (Pot.ENCUMBERED, Pot.REDEEMED),
    MovementKind.RETURNED: (Pot.REDEEMED, Pot.AVAILABLE),
    MovementKind.RESTORED: (Pot.AVAILABLE, Pot.REDEEMED),
    MovementKind.EXPIRED: (Pot.AVAILABLE, Pot.EXPIRED),
}


class ClaimState(StrEnum):
    """What a booking has of a voucher."""

    OPEN = "open"
    RELEASED = "released"
    REDEEMED = "redeemed"


class ClaimStep(StrEnum):
    """What happens to a claim."""

    ADJUST = "adjust"
    RELEASE = "release"
    REDEEM = "redeem"
    TAKE_BACK = "take_back"


CLAIM_TRANSITIONS: Final[Mapping[tuple[ClaimState, ClaimStep], ClaimState]] = {
    (ClaimState.OPEN, ClaimStep.ADJUST): ClaimState.OPEN,
    (ClaimState.OPEN, ClaimStep.RELEASE): ClaimState.RELEASED,
    (ClaimState.OPEN, ClaimStep.REDEEM): ClaimState.REDEEMED,
    (ClaimState.REDEEMED, ClaimStep.TAKE_BACK): ClaimState.REDEEMED,
}
