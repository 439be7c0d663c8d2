"""When a confirmed booking counts as missed, and what that costs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.reservations.rules.fees import share_of


@dataclass(frozen=True, slots=True)
class NoShowTerms:
    """What was agreed when the booking was made."""

    grace: timedelta
    percent: int


def missed_from(start: datetime, terms: NoShowTerms) -> datetime:
    """The first moment at which nobody is waited for any longer."""
    return start + terms.grace


def no_show_fee(price_fen: int, terms: NoShowTerms) -> int:
    return share_of(price_fen, terms.percent)
