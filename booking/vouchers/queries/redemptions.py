"""What is owed to providers for vouchers that they honoured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge
from booking.kernel.periods import Period
from booking.kernel.timespan import local_midnight
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.vouchers.models import VoucherClaim, VoucherMovement
from booking.vouchers.states import MovementKind

# What of a charged use was paid by voucher; NULL where none was cited.
REDEEMED: Final = (
    sa.select(col(VoucherClaim.redeemed_fen))
    .where(col(VoucherClaim.reservation_id) == col(Reservation.id))
    .scalar_subquery()
)


def redeemed_of(session: Session, *conditions: sa.ColumnElement[bool]) -> dict[str, int]:
    """By booking what was paid by voucher of charges of which something holds."""
    query = (
        sa.select(col(VoucherClaim.number), col(VoucherClaim.redeemed_fen))
        .join(Charge, col(Charge.reservation_id) == col(VoucherClaim.reservation_id))
        .where(col(VoucherClaim.redeemed_fen) > 0, *conditions)
    )
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True, slots=True)
class OwedRow:
    """One provider: how many bookings, and redeemed less returned."""

    provider_id: int
    provider: str
    bookings: int
    owed_fen: int


def redeemed_in(session: Session, period: Period) -> list[OwedRow]:
    """By provider what was redeemed in a period, less what was taken back in it, by name."""
    amount = col(VoucherMovement.amount_fen)
    redeemed = col(VoucherMovement.kind) == MovementKind.REDEEMED
    kinds = (MovementKind.REDEEMED, MovementKind.RETURNED)
    made_at = col(VoucherMovement.made_at)
    query = (
        sa.select(
            col(VoucherClaim.provider_id),
            col(Organisation.name),
            sa.func.count(sa.distinct(col(VoucherClaim.id))),
            sa.func.sum(sa.case((redeemed, amount), else_=-amount)),
        )
        .join_from(
            VoucherMovement, VoucherClaim, col(VoucherClaim.id) == col(VoucherMovement.claim_id)
        )
        .join(Organisation, col(Organisation.id) == col(VoucherClaim.provider_id))
        .where(
            col(VoucherMovement.kind).in_(kinds),
            made_at >= local_midnight(period.first),
            made_at < local_midnight(period.until),
        )
        .group_by(col(VoucherClaim.provider_id), col(Organisation.name))
        .order_by(col(Organisation.name), col(VoucherClaim.provider_id))
    )
    return [OwedRow(row[0], row[1], row[2], int(row[3])) for row in session.execute(query)]


def owed_in_all(rows: Sequence[OwedRow]) -> int:
    """What is owed to all of them together."""
    return sum(row.owed_fen for row in rows)
