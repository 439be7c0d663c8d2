"""Vouchers that a booking may cite: the booking panel offers them, and another room keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class VoucherToCite:
    """One that is honoured here today, whatever the time comes to."""

    number: str
    left_fen: int
    valid_to: date


class VoucherSource(Protocol):
    """Knows the vouchers; a room above is one, and the application names it."""

    def citable(
        self, session: Session, organisation_id: int, instrument_id: int, *, day: date
    ) -> Sequence[VoucherToCite]: ...
