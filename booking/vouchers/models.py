"""Vouchers, what bookings claim of them, and every movement; the database keeps the balances.

A trigger adds each movement to the sums of its voucher and its claim: where that would make less
than nothing of any of them, or more than the face value, the movement is refused.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.vouchers.states import ClaimState, MovementKind


class Voucher(Row, table=True):
    """A promise to a company under the terms of its day; only the sums ever change."""

    __tablename__ = "voucher"
    __table_args__ = (
        sa.CheckConstraint("face_fen > 0", name="face"),
        sa.CheckConstraint("valid_from <= valid_to", name="in_order"),
        sa.CheckConstraint(
            "available_fen >= 0 AND encumbered_fen >= 0 AND redeemed_fen >= 0 AND expired_fen >= 0",
            name="not_below_nought",
        ),
        sa.CheckConstraint(
            "available_fen + encumbered_fen + redeemed_fen + expired_fen <= face_fen",
            name="within_face",
        ),
        sa.Index(None, "organisation_id", "valid_to"),
        sa.Index(None, "programme", "organisation_id"),
    )

    number: str = Field(max_length=24, unique=True)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    programme: str = Field(max_length=64)
    programme_version: int
    programme_name: dict[str, object] = Field(sa_type=Json)
    document: str = Field(default="", max_length=200)
    # The year of the programme that its cap counts it in.
    period: int
    face_fen: int = Field(sa_type=sa.BigInteger)
    terms: dict[str, object] = Field(sa_type=Json)
    valid_from: date
    valid_to: date = Field(index=True)
    available_fen: int = Field(default=0, sa_type=sa.BigInteger)
    encumbered_fen: int = Field(default=0, sa_type=sa.BigInteger)
    redeemed_fen: int = Field(default=0, sa_type=sa.BigInteger)
    expired_fen: int = Field(default=0, sa_type=sa.BigInteger)
    issued_by: int | None = Field(default=None, sa_type=Id)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    # When the company was told that it ends soon.
    warned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class VoucherClaim(Row, table=True):
    """What one booking has of a voucher; a booking cites no more than one."""

    __tablename__ = "voucher_claim"
    __table_args__ = (
        sa.CheckConstraint("encumbered_fen >= 0 AND redeemed_fen >= 0", name="not_below_nought"),
        sa.CheckConstraint("state = 'open' OR encumbered_fen = 0", name="nothing_left"),
        sa.CheckConstraint("redeemed_fen = 0 OR state <> 'released'", name="not_given_back"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
    )

    voucher_id: int = Field(foreign_key="voucher.id", index=True, sa_type=Id)
    reservation_id: int = Field(foreign_key="reservation.id", unique=True, sa_type=Id)
    number: str = Field(max_length=24)
    provider_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    state: ClaimState = Field(default=ClaimState.OPEN, sa_type=EnumText(ClaimState))
    encumbered_fen: int = Field(default=0, sa_type=sa.BigInteger)
    redeemed_fen: int = Field(default=0, sa_type=sa.BigInteger)
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class VoucherMovement(Row, table=True):
    """One movement; written once, and each in time after what it undoes."""

    __tablename__ = "voucher_movement"
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint(
            "(kind IN ('issued', 'expired')) = (claim_id IS NULL)", name="of_a_claim"
        ),
        # A voucher is issued once, and a booking redeems once.
        sa.Index(
            "uq_voucher_movement_issued",
            "voucher_id",
            unique=True,
            sqlite_where=sa.text("kind = 'issued'"),
            postgresql_where=sa.text("kind = 'issued'"),
        ),
        sa.Index(
            "uq_voucher_movement_redeemed",
            "claim_id",
            unique=True,
            sqlite_where=sa.text("kind = 'redeemed'"),
            postgresql_where=sa.text("kind = 'redeemed'"),
        ),
        sa.Index(None, "voucher_id"),
        sa.Index(None, "claim_id"),
        sa.Index(None, "kind", "made_at"),
    )

    voucher_id: int = Field(foreign_key="voucher.id", sa_type=Id)
    claim_id: int | None = Field(default=None, foreign_key="voucher_claim.id", sa_type=Id)
    kind: MovementKind = Field(sa_type=EnumText(MovementKind))
    amount_fen: int = Field(sa_type=sa.BigInteger)
    # What it was posted under, where the books know of it.
    reference: str = Field(default="", max_length=64)
    made_by: int | None = Field(default=None, sa_type=Id)
    made_at: datetime = Field(sa_type=UtcDateTime)


class VoucherPayment(Row, table=True):
    """A provider was paid for vouchers that it honoured; written once, by the bank's reference."""

    __tablename__ = "voucher_payment"
    __table_args__ = (sa.CheckConstraint("amount_fen > 0", name="amount"),)

    number: str = Field(max_length=24, unique=True)
    provider_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    # Everything owed up to the end of it.
    period: str = Field(max_length=10)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    paid_on: date
    bank_reference: str = Field(max_length=40, unique=True)
    note: str = Field(default="", max_length=200)
    made_by: int | None = Field(default=None, sa_type=Id)
    made_at: datetime = Field(sa_type=UtcDateTime)


class VoucherPaymentLine(Row, table=True):
    """One redemption in a payment, or what came back of one, which counts against it.

    A trigger refuses what is not owed to the provider that is paid, or another amount.
    """

    __tablename__ = "voucher_payment_line"

    payment_id: int = Field(foreign_key="voucher_payment.id", index=True, sa_type=Id)
    # Paid once.
    movement_id: int = Field(foreign_key="voucher_movement.id", unique=True, sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
