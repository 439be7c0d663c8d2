"""Charges: written once from confirmed use or a fee, with a snapshot of the rate they came from."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

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
