"""Vouchers that a booking may cite: the booking panel offers them, and another room keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlmodel import Session

from booking.kernel.errors import Violation


@dataclass(frozen=True, slots=True)
class VoucherToCite:
    """One that is honoured here today, whatever the time comes to."""

    number: str
    left_fen: int
    valid_to: date


@dataclass(frozen=True, slots=True)
class VoucherShare:
    """What a voucher would pay of one of several bookings, or why nothing."""

    pays_fen: int = 0
    refused: tuple[Violation, ...] = ()


class VoucherSource(Protocol):
    """Knows the vouchers; a room above is one, and the application names it."""

    def citable(
        self, session: Session, organisation_id: int, instrument_id: int, *, day: date
    ) -> Sequence[VoucherToCite]: ...

    def shares(
        self,
        session: Session,
        organisation_id: int,
        number: str,
        *,
        priced: Sequence[tuple[int, int]],
        day: date,
    ) -> Sequence[VoucherShare]:
        """Of bookings that are made together, each by its instrument and price, in order."""
        ...
