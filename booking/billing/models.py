"""Charges, written once with a snapshot of their rate, and what corrects them afterwards."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from booking.billing.states import AdjustmentState
from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime


class ChargeKind(StrEnum):
    """Only `use` is ever subsidised."""

    USE = "use"
    LATE_CANCELLATION = "late_cancellation"
    NO_SHOW = "no_show"
    OVERRUN = "overrun"


class Charge(Row, table=True):
    """What a using organisation owes a provider for one reservation, in fen, VAT included."""

    __tablename__ = "charge"
    __table_args__ = (
        sa.UniqueConstraint("reservation_id", "kind"),
        sa.CheckConstraint("amount_fen >= 0", name="amount"),
        sa.Index(None, "confirmed_at", "kind"),
        sa.Index(None, "organisation_id", "confirmed_at"),
    )

    number: str = Field(max_length=24, unique=True)
    reservation_id: int = Field(foreign_key="reservation.id", sa_type=Id)
    kind: ChargeKind = Field(sa_type=EnumText(ChargeKind))
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    provider_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    # [{"kind", "quantity", "unit_price", "amount"}] and the tariff version they came from.
    lines: list[dict[str, object]] = Field(default_factory=list, sa_type=Json)
    tariff_id: int = Field(foreign_key="tariff.id", sa_type=Id)
    vat_rate: str = Field(default="0.06", max_length=8)
    basis: str = Field(default="reserved", max_length=16)
    # When the service was ordered, ended and confirmed: the dates a programme may ask for.
    ordered_at: datetime = Field(sa_type=UtcDateTime)
    service_started_at: datetime = Field(sa_type=UtcDateTime)
    service_ended_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime = Field(sa_type=UtcDateTime)
    # Flags of a subsidy line: internal_use, related_party, …
    flags: list[str] = Field(default_factory=list, sa_type=Json)


class CorrectionKind(StrEnum):
    """Why a charge is corrected: the facts are others, or somebody adjusted the amount."""

    FACTS = "facts"
    ADJUSTMENT = "adjustment"


_OPEN = sa.text("state = 'requested'")


class ChargeAdjustment(Row, table=True):
    """By how much somebody wants a charge changed; above the limit a second person agrees."""

    __tablename__ = "charge_adjustment"
    __table_args__ = (
        sa.CheckConstraint("amount_fen <> 0", name="not_nought"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="second_person"),
        # Alone one may make it cheaper, and not by more than the limit.
        sa.CheckConstraint(
            "state <> 'applied' OR decided_by IS NOT NULL"
            " OR (amount_fen < 0 AND -amount_fen <= limit_fen)",
            name="within_limit",
        ),
        sa.CheckConstraint("(state = 'requested') = (decided_at IS NULL)", name="decided"),
        sa.Index(
            "uq_charge_adjustment_open",
            "charge_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index(None, "charge_id"),
    )

    charge_id: int = Field(foreign_key="charge.id", sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    reason: str = Field(max_length=500)
    # What one could do alone when it was asked.
    limit_fen: int = Field(sa_type=sa.BigInteger)
    state: AdjustmentState = Field(sa_type=EnumText(AdjustmentState))
    asked_by: int = Field(foreign_key="person.id", sa_type=Id)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="person.id", sa_type=Id)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decision: str = Field(default="", max_length=500)


class ChargeCorrection(Row, table=True):
    """An entry that changes what a charge comes to: never below nothing, says the database."""

    __tablename__ = "charge_correction"
    __table_args__ = (
        sa.CheckConstraint("amount_fen <> 0", name="not_nought"),
        sa.CheckConstraint(
            "(kind = 'adjustment') = (adjustment_id IS NOT NULL)", name="adjusted_by"
        ),
        sa.Index(None, "charge_id"),
    )

    # The charge's with a count behind it; its posting is called after it.
    number: str = Field(max_length=32, unique=True)
    charge_id: int = Field(foreign_key="charge.id", sa_type=Id)
    kind: CorrectionKind = Field(sa_type=EnumText(CorrectionKind))
    amount_fen: int = Field(sa_type=sa.BigInteger)
    reason: str = Field(max_length=500)
    adjustment_id: int | None = Field(
        default=None, foreign_key="charge_adjustment.id", unique=True, sa_type=Id
    )
    made_by: int | None = Field(default=None, sa_type=Id)
    made_at: datetime = Field(sa_type=UtcDateTime)


class AdjustmentLimit(Row, table=True):
    """How much one person alone may take off a charge; the last row holds."""

    __tablename__ = "adjustment_limit"
    __table_args__ = (sa.CheckConstraint("limit_fen >= 0", name="amount"),)

    limit_fen: int = Field(sa_type=sa.BigInteger)
    note: str = Field(default="", max_length=500)
    set_by: int | None = Field(default=None, sa_type=Id)
    set_at: datetime = Field(sa_type=UtcDateTime)
