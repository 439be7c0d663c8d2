"""What a provider has from the centre for vouchers that it honoured, redemption by redemption."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.kernel.timespan import local_midnight
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.lists import known_to
from booking.vouchers.models import (
    VoucherClaim,
    VoucherMovement,
    VoucherPayment,
    VoucherPaymentLine,
)
from booking.vouchers.queries.payments import OWED_BY, SIGNED
from booking.vouchers.queries.redemptions import OwedInAll


@dataclass(frozen=True, slots=True)
class OwedLine:
    """One redemption, or what came back of one (negative), and the payment that it is in."""

    id: int
    made_at: datetime
    provider: str
    booking: str
    amount_fen: int
    payment: str | None
    paid_on: date | None
    bank_reference: str | None
    # Whether this person may read the booking; who administers a provider need not.
    is_known: bool
    provider_en: str


def owed_lines(
    session: Session, actor: Actor, period: Period, *, after_id: int | None = None, limit: int
) -> list[OwedLine]:
    """A piece of what adds to it in a period, and of what before it was not paid, oldest first."""
    query = (
        _of(actor, period)
        .with_only_columns(
            *(col(VoucherMovement.id), col(VoucherMovement.made_at), col(Organisation.name)),
            *(col(VoucherClaim.number), SIGNED, col(VoucherPayment.number)),
            *(col(VoucherPayment.paid_on), col(VoucherPayment.bank_reference), _known(actor)),
            col(Organisation.name_en),
        )
        .order_by(col(VoucherMovement.id))
        .limit(limit)
    )
    if after_id is not None:
        query = query.where(col(VoucherMovement.id) > after_id)
    return [OwedLine(*row) for row in session.execute(query)]


def owed_to(session: Session, actor: Actor, period: Period) -> OwedInAll:
    """What was redeemed in a period less what came back in it, and what is not paid of it all."""
    nothing = sa.literal(0, sa.BigInteger())
    inside = col(VoucherMovement.made_at) >= local_midnight(period.first)
    unpaid = col(VoucherPaymentLine.id).is_(None)
    sums = (
        sa.func.coalesce(sa.func.sum(sa.case((which, SIGNED), else_=nothing)), 0)
        for which in (inside, unpaid)
    )
    return OwedInAll(*map(int, session.execute(_of(actor, period).with_only_columns(*sums)).one()))


def honours_any(session: Session, organisation_ids: Sequence[int]) -> bool:
    """Whether one of these organisations ever took a voucher."""
    query = sa.select(col(VoucherClaim.id)).where(
        col(VoucherClaim.provider_id).in_(organisation_ids)
    )
    return session.execute(query.limit(1)).first() is not None


def _known(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        col(Reservation.id) == col(VoucherClaim.reservation_id),
        col(Instrument.id) == col(Reservation.instrument_id),
        col(Lab.id) == col(Instrument.lab_id),
        known_to(actor),
    )


def _of(actor: Actor, period: Period) -> sa.Select[*tuple[Any, ...]]:
    made_at = col(VoucherMovement.made_at)
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(VoucherMovement.id))
        .join_from(
            VoucherMovement, VoucherClaim, col(VoucherClaim.id) == col(VoucherMovement.claim_id)
        )
        .join(Organisation, col(Organisation.id) == col(VoucherClaim.provider_id))
        .outerjoin(
            VoucherPaymentLine, col(VoucherPaymentLine.movement_id) == col(VoucherMovement.id)
        )
        .outerjoin(VoucherPayment, col(VoucherPayment.id) == col(VoucherPaymentLine.payment_id))
        .where(
            col(VoucherMovement.kind).in_(OWED_BY),
            made_at < local_midnight(period.until),
            sa.or_(made_at >= local_midnight(period.first), col(VoucherPaymentLine.id).is_(None)),
        )
    )
    if actor.reach(Permission.VOUCHER_CLAIM_READ).everywhere:
        return query
    mine = actor.organisations_giving(Permission.VOUCHER_CLAIM_READ)
    return query.where(col(VoucherClaim.provider_id).in_(mine))
