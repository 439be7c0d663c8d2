"""The roll-up: one row per instrument and month, in whole seconds."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, UtcDateTime


class InstrumentMonth(Row, table=True):
    """calendar = closed + maintenance + fault + open; open = used + booked_unused + idle."""

    __tablename__ = "instrument_month"
    __table_args__ = (
        sa.UniqueConstraint("instrument_id", "month"),
        sa.CheckConstraint(
            "calendar_seconds = closed_seconds + maintenance_seconds + fault_seconds + open_seconds",
            name="calendar_sums",
        ),
        sa.CheckConstraint(
            "open_seconds = used_seconds + booked_unused_seconds + idle_seconds", name="open_sums"
        ),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    month: str = Field(max_length=7, index=True)
    calendar_seconds: int = Field(sa_type=sa.BigInteger)
    closed_seconds: int = Field(sa_type=sa.BigInteger)
    maintenance_seconds: int = Field(sa_type=sa.BigInteger)
    fault_seconds: int = Field(sa_type=sa.BigInteger)
    open_seconds: int = Field(sa_type=sa.BigInteger)
    used_seconds: int = Field(sa_type=sa.BigInteger)
    booked_unused_seconds: int = Field(sa_type=sa.BigInteger)
    idle_seconds: int = Field(sa_type=sa.BigInteger)
    effective_seconds: int = Field(sa_type=sa.BigInteger)
    external_seconds: int = Field(sa_type=sa.BigInteger)
    bookings: int = 0
    missed: int = 0
    samples: int = 0
    income_fen: int = Field(default=0, sa_type=sa.BigInteger)
    computed_at: datetime = Field(sa_type=UtcDateTime)
