"""Payments to providers for vouchers, and what has not been paid yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.kernel.timespan import local_midnight
from booking.organisations.models import Organisation
from booking.vouchers.models import (
    VoucherClaim,
    VoucherMovement,
    VoucherPayment,
    VoucherPaymentLine,
)
from booking.vouchers.states import MovementKind

_ADDS: Final = (MovementKind.REDEEMED, MovementKind.RESTORED)
OWED_BY: Final = (*_ADDS, MovementKind.RETURNED)
# What a movement adds to what its provider is owed, with its sign.
SIGNED: Final = sa.case(
    (col(VoucherMovement.kind).in_(_ADDS), col(VoucherMovement.amount_fen)),
    else_=-col(VoucherMovement.amount_fen),
)


def provider_for_update(session: Session, provider_id: int) -> str:
    """Wait for whoever pays it; its name. Bookings at its labs need not wait."""
    query = (
        sa.select(col(Organisation.name))
        .where(col(Organisation.id) == provider_id)
        .with_for_update(key_share=True)
    )
    name: str | None = session.execute(query).scalar_one_or_none()
    if name is None:
        raise NotFound(provider_id=provider_id)
    return name


def unpaid_of(session: Session, provider_id: int, *, period: Period) -> Sequence[tuple[int, int]]:
    """Each movement up to the end of a period that is in no payment, and what it adds."""
    query = (
        sa.select(col(VoucherMovement.id), SIGNED)
        .join(VoucherClaim, col(VoucherClaim.id) == col(VoucherMovement.claim_id))
        .outerjoin(
            VoucherPaymentLine, col(VoucherPaymentLine.movement_id) == col(VoucherMovement.id)
        )
        .where(
            col(VoucherClaim.provider_id) == provider_id,
            col(VoucherMovement.kind).in_(OWED_BY),
            col(VoucherMovement.made_at) < local_midnight(period.until),
            col(VoucherPaymentLine.id).is_(None),
        )
        .order_by(col(VoucherMovement.id))
    )
    return [(row[0], int(row[1])) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment; redemptions of so many movements are in it."""

    id: int
    number: str
    provider_id: int
    provider: str
    period: str
    amount_fen: int
    paid_on: date
    bank_reference: str
    note: str
    made_at: datetime
    movements: int
    provider_en: str


def voucher_payments(
    session: Session, *, before_id: int | None = None, limit: int
) -> list[PaymentRow]:
    """A piece of all of them, the newest first."""
    movements = (
        sa.select(sa.func.count())
        .where(col(VoucherPaymentLine.payment_id) == col(VoucherPayment.id))
        .correlate(VoucherPayment)
        .scalar_subquery()
    )
    query = (
        sa.select(
            *(col(VoucherPayment.id), col(VoucherPayment.number), col(VoucherPayment.provider_id)),
            *(col(Organisation.name), col(VoucherPayment.period), col(VoucherPayment.amount_fen)),
            *(col(VoucherPayment.paid_on), col(VoucherPayment.bank_reference)),
            *(col(VoucherPayment.note), col(VoucherPayment.made_at), movements),
            col(Organisation.name_en),
        )
        .join(Organisation, col(Organisation.id) == col(VoucherPayment.provider_id))
        .order_by(col(VoucherPayment.id).desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(col(VoucherPayment.id) < before_id)
    return [PaymentRow(*row) for row in session.execute(query)]
