"""Booking policy: dated versions; old bookings keep theirs."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.instruments.rules.terms import Approval


class BookingPolicy(Row, table=True):
    """One version of an instrument's policy, in force from `valid_from` until the next one."""

    __tablename__ = "booking_policy"
    __table_args__ = (
        sa.Index(
            "uq_booking_policy_instrument_id_valid_from",
            "instrument_id",
            "valid_from",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.CheckConstraint("grid_minutes BETWEEN 1 AND 1440", name="grid"),
        sa.CheckConstraint("shortest_minutes <= longest_minutes", name="lengths_in_order"),
        sa.CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="buffers"
        ),
        sa.CheckConstraint("late_cancel_percent BETWEEN 0 AND 100", name="late_cancel"),
        sa.CheckConstraint("no_show_percent BETWEEN 0 AND 100", name="no_show"),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    valid_from: datetime = Field(sa_type=UtcDateTime)
    grid_minutes: int = 30
    shortest_minutes: int = 30
    longest_minutes: int = 480
    notice_minutes: int = 0
    # Days ahead per customer class: {"internal": 90, "academic": 60, "enterprise": 60}.
    horizon_days: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    approval: Approval = Field(
        default=Approval.NONE,
        sa_type=EnumText(Approval),
    )
    approval_hours: int = 48
    training_required: bool = False
    training_unused_days: int | None = None
    # Items of {per, measure, period, limit}, see api.md.
    quotas: list[dict[str, object]] = Field(default_factory=list, sa_type=Json)
    # What does not count against quotas of hours; peak hours are items of {weekdays, from, to}.
    uncounted_off_peak: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    uncounted_within_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    peak_hours: list[dict[str, object]] = Field(
        default_factory=list, sa_type=Json, sa_column_kwargs={"server_default": "[]"}
    )
    # The smallest time between two bookings of one person, and of one organisation.
    person_gap_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    organisation_gap_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    free_cancel_minutes: int = 1440
    late_cancel_percent: int = 0
    no_show_grace_minutes: int = 30
    no_show_percent: int = 0
    follows_statutory_calendar: bool = True
    guaranteed_outside_hours_per_week: int = 0
    guaranteed_release_minutes: int = 2880
    confirm_days: int = 7
    # How long freed time is held for the next in line.
    offer_minutes: int = Field(default=30, sa_column_kwargs={"server_default": "30"})
    # A use ends with its booking whether or not somebody checks out.
    ends_itself: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    # Running over costs nothing so long; then so much of what the tariff asks for the time.
    overrun_grace_minutes: int = Field(default=10, sa_column_kwargs={"server_default": "10"})
    overrun_percent: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    # As booked but for so many minutes: the silent side counts as agreeing at once. None: never.
    confirm_tolerance_minutes: int | None = None
    # Users check in with the code that the screen in the lab shows.
    code_at_place: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    # The price is held of what the company has paid the provider in advance.
    prepaid: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    # What differs for a customer class: {"academic": {"notice_minutes": 0, "quotas": []}}.
    per_class: dict[str, dict[str, object]] = Field(
        default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"}
    )
    created_by: int | None = Field(default=None, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Taken back before it began; bookings made under it meanwhile keep it.
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
