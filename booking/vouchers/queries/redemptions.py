"""What is owed to providers for vouchers that they honoured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge
from booking.kernel.periods import Period
from booking.kernel.timespan import local_midnight
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.vouchers.models import VoucherClaim, VoucherMovement, VoucherPaymentLine
from booking.vouchers.queries.payments import OWED_BY, SIGNED

# What of a charged use was paid by voucher; NULL where none was cited.
REDEEMED: Final = (
    sa.select(col(VoucherClaim.redeemed_fen))
    .where(col(VoucherClaim.reservation_id) == col(Reservation.id))
    .scalar_subquery()
)
BY_VOUCHER: Final = sa.func.coalesce(REDEEMED, 0)


def redeemed_until(
    reservation_id: sa.SQLColumnExpression[int], *moments: sa.ColumnElement[bool]
) -> sa.ScalarSelect[int]:
    """What a voucher had paid for a booking by its movements of these moments; nought of none."""
    return (
        sa.select(sa.cast(sa.func.coalesce(sa.func.sum(SIGNED), 0), sa.BigInteger))
        .join_from(
            VoucherMovement, VoucherClaim, col(VoucherClaim.id) == col(VoucherMovement.claim_id)
        )
        .where(
            col(VoucherClaim.reservation_id) == reservation_id,
            col(VoucherMovement.kind).in_(OWED_BY),
            *moments,
        )
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
    """One provider: how many bookings, what was redeemed in a period less what came back in it,
    and what of everything up to its end has not been paid."""

    provider_id: int
    provider: str
    bookings: int
    owed_fen: int
    unpaid_fen: int
    provider_en: str


@dataclass(frozen=True, slots=True)
class OwedInAll:
    """The same of all providers together."""

    owed_fen: int
    unpaid_fen: int


def _sums(period: Period) -> Sequence[sa.ColumnElement[Any]]:
    inside = col(VoucherMovement.made_at) >= local_midnight(period.first)
    nothing = sa.literal(0, sa.BigInteger())
    unpaid = col(VoucherPaymentLine.id).is_(None)
    return (
        sa.func.coalesce(sa.func.sum(sa.case((inside, SIGNED), else_=nothing)), 0),
        sa.func.coalesce(sa.func.sum(sa.case((unpaid, SIGNED), else_=nothing)), 0),
    )


def _moved(query: sa.Select[*tuple[Any, ...]], period: Period) -> sa.Select[*tuple[Any, ...]]:
    """What adds to it: nothing after the period's end, and before it only what is not paid."""
    made_at = col(VoucherMovement.made_at)
    return (
        query.join_from(
            VoucherMovement, VoucherClaim, col(VoucherClaim.id) == col(VoucherMovement.claim_id)
        )
        .outerjoin(
            VoucherPaymentLine, col(VoucherPaymentLine.movement_id) == col(VoucherMovement.id)
        )
        .where(
            col(VoucherMovement.kind).in_(OWED_BY),
            made_at < local_midnight(period.until),
            sa.or_(made_at >= local_midnight(period.first), col(VoucherPaymentLine.id).is_(None)),
        )
    )


def _by_provider(period: Period) -> sa.Select[*tuple[Any, ...]]:
    inside = col(VoucherMovement.made_at) >= local_midnight(period.first)
    bookings = sa.func.count(sa.distinct(sa.case((inside, col(VoucherClaim.id)))))
    return (
        _moved(sa.select(_KEY, _NAME, bookings, *_sums(period), _NAME_EN), period)
        .join(Organisation, col(Organisation.id) == _KEY)
        .group_by(_KEY, _NAME, _NAME_EN)
    )


_KEY: Final = col(VoucherClaim.provider_id)
_NAME: Final = col(Organisation.name)
_NAME_EN: Final = col(Organisation.name_en)


def redeemed_in(
    session: Session, period: Period, *, after: tuple[str, int] | None = None, limit: int = 1_000
) -> list[OwedRow]:
    """A piece of what is owed in a period, by provider's name."""
    query = _by_provider(period).order_by(_NAME, _KEY).limit(limit)
    if after is not None:
        query = query.where(sa.or_(_NAME > after[0], sa.and_(_NAME == after[0], _KEY > after[1])))
    return [_row(row) for row in session.execute(query)]


def owed_by(session: Session, provider_id: int, period: Period) -> OwedRow | None:
    """The same of one provider; None where it never honoured a voucher up to then."""
    row = session.execute(_by_provider(period).where(_KEY == provider_id)).one_or_none()
    return None if row is None else _row(row)


def _row(row: sa.Row[*tuple[Any, ...]]) -> OwedRow:
    key, name, bookings, owed_fen, unpaid_fen, name_en = row
    return OwedRow(key, name, bookings, int(owed_fen), int(unpaid_fen), name_en)


def owed_in_all(session: Session, period: Period) -> OwedInAll:
    """What is owed to all of them together."""
    row = session.execute(_moved(sa.select(*_sums(period)), period)).one()
    return OwedInAll(*map(int, row))
