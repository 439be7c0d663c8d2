"""A series: the wish that several bookings were made from."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, Json, UtcDateTime


class ReservationSeries(Row, table=True):
    """What was asked for at once; every occurrence that was booked is an ordinary reservation."""

    __tablename__ = "reservation_series"
    __table_args__ = (sa.CheckConstraint("starts_at < ends_at", name="not_empty"),)

    number: str = Field(max_length=24, unique=True)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    # RFC 5545; the first occurrence, and with it the time of day.
    rule: str = Field(max_length=300)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    # What could not be had: [{"starts_at": "…", "ends_at": "…", "codes": ["…"]}].
    skipped: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    created_by: int = Field(foreign_key="person.id", sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
