"""A price that somebody kept: until when it holds, for what, and how it was reckoned."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.instruments.rules.terms import ServiceMode


class PriceQuote(Row, table=True):
    """Written once; a booking that cites it in time gets its price."""

    __tablename__ = "price_quote"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        sa.CheckConstraint("total_fen >= 0", name="amount"),
        sa.Index(None, "organisation_id", "valid_until"),
    )

    number: str = Field(max_length=24, unique=True)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    mode: ServiceMode = Field(sa_type=EnumText(ServiceMode))
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    samples: int = 0
    consumables: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    # What was chosen besides and changes nothing of the price.
    accessory_ids: list[int] = Field(
        default_factory=list, sa_type=Json, sa_column_kwargs={"server_default": "[]"}
    )
    voucher: str = Field(default="", max_length=24, sa_column_kwargs={"server_default": ""})
    tariff_id: int = Field(foreign_key="tariff.id", sa_type=Id)
    customer_class: str = Field(max_length=16)
    # As bookings keep it: lines, total, fees.
    quote: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    total_fen: int = Field(sa_type=sa.BigInteger)
    asked_by: int = Field(foreign_key="person.id", sa_type=Id)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    valid_until: datetime = Field(sa_type=UtcDateTime)
