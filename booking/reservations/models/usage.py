"""What really happened: check-in, check-out, the operator's record, both sides' word."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, Json, UtcDateTime


class UsageSession(Row, table=True):
    """One use of one unit; effective = preparation + test + post-processing (minutes)."""

    __tablename__ = "usage_session"
    __table_args__ = (
        sa.CheckConstraint("ended_at IS NULL OR started_at <= ended_at", name="in_order"),
        sa.CheckConstraint(
            "preparation_minutes >= 0 AND test_minutes >= 0 AND post_minutes >= 0"
            " AND idle_minutes >= 0",
            name="minutes",
        ),
        # One open session per unit.
        sa.Index(
            "uq_usage_session_open_unit",
            "unit_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index(None, "started_at"),
        sa.Index(None, "ended_at"),
        sa.Index(None, "settled_at"),
        sa.Index(
            "ix_usage_session_hindered_id",
            "hindered_id",
            sqlite_where=sa.text("hindered_id IS NOT NULL"),
            postgresql_where=sa.text("hindered_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_usage_session_silent",
            "confirm_by",
            sqlite_where=sa.text("settled_at IS NULL AND ended_at IS NOT NULL"),
            postgresql_where=sa.text("settled_at IS NULL AND ended_at IS NOT NULL"),
        ),
    )

    reservation_id: int = Field(foreign_key="reservation.id", unique=True, sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    unit_id: int = Field(foreign_key="unit.id", sa_type=Id)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    preparation_minutes: int = 0
    test_minutes: int = 0
    post_minutes: int = 0
    idle_minutes: int = 0
    staff_minutes: int = 0
    samples: int = 0
    # Pieces by their name in the price list.
    consumables: dict[str, int] = Field(
        default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"}
    )
    condition: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=500)
    started_by: int | None = Field(default=None, sa_type=Id)
    ended_by: int | None = Field(default=None, sa_type=Id)
    # Forgotten sessions are closed by the clock and wait for the operator's figures.
    to_be_completed: bool = False
    host_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    host_confirmed_by: int | None = Field(default=None, sa_type=Id)
    user_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    user_confirmed_by: int | None = Field(default=None, sa_type=Id)
    # Without a dispute by then, silence is a yes.
    confirm_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When the clock saw that it ran past its booked end, and whose booking it stood in the way of.
    overrun_noted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    overrun_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    overrun_fen: int = Field(
        default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"}
    )
    hindered_id: int | None = Field(default=None, sa_type=Id)
    # Since then only the centre decides a dispute.
    centre_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
