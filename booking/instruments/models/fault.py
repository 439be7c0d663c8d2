"""Something that is wrong with an instrument: from its report to its repair."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.instruments.rules.faults import FaultState, Severity

_OUT: Final = sa.text("state = 'closed'")


class Fault(Row, table=True):
    """A report and what came of it; its closure says when the instrument was out of service."""

    __tablename__ = "fault"
    __table_args__ = (
        sa.CheckConstraint("state <> 'closed' OR closure_id IS NOT NULL", name="closed"),
        sa.Index(None, "instrument_id", "reported_at"),
        # One fault at a time keeps an instrument out of service.
        sa.Index(
            "uq_fault_closing",
            "instrument_id",
            unique=True,
            sqlite_where=_OUT,
            postgresql_where=_OUT,
        ),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    what: str = Field(max_length=500)
    state: FaultState = Field(default=FaultState.REPORTED, sa_type=EnumText(FaultState))
    severity: Severity | None = Field(default=None, sa_type=EnumText(Severity))
    # The booking whose holder reported it; empty when the lab did.
    reservation_number: str | None = Field(default=None, max_length=24)
    closure_id: int | None = Field(default=None, foreign_key="closure.id", unique=True, sa_type=Id)
    reported_by: int | None = Field(default=None, sa_type=Id)
    reported_at: datetime = Field(sa_type=UtcDateTime)
    ended_by: int | None = Field(default=None, sa_type=Id)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done: str = Field(default="", max_length=500)
