"""What an asked-for adjustment can be."""

from enum import StrEnum


class AdjustmentState(StrEnum):
    """Applied at once or by a second person; what is over does not change any more."""

    REQUESTED = "requested"
    APPLIED = "applied"
    REFUSED = "refused"
