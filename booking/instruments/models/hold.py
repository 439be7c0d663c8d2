"""The only record that a unit's time is taken."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, UtcDateTime

# A hold longer than this is a mistake; the bound also keeps week queries on the index.
LONGEST_HOLD_DAYS = 366


class SlotHold(Row, table=True):
    """`[starts_at, ends_at)` of one unit, buffers included, for exactly one reason.

    No two holds of a unit overlap: `booking.db.exclusion` makes the database refuse it. The reason
    is a foreign key, so a hold cannot outlive what it is for; the keys are deferred because the
    time is taken before the reservation is written.
    """

    __tablename__ = "slot_hold"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        sa.CheckConstraint(
            "(CASE WHEN reservation_number IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN closure_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN offer_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN proposal_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_reason",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_number"], ["reservation.number"], deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closure.id"], deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["waitlist_offer.id"], deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["reservation_proposal.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.Index(None, "unit_id", "starts_at", "ends_at"),
    )

    unit_id: int = Field(foreign_key="unit.id", sa_type=Id)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    reservation_number: str | None = Field(default=None, max_length=24, index=True)
    closure_id: int | None = Field(default=None, index=True, sa_type=Id)
    offer_id: int | None = Field(default=None, index=True, sa_type=Id)
    proposal_id: int | None = Field(default=None, index=True, sa_type=Id)


class ReleasedUnit(Row, table=True):
    """A unit on which time became free: a mark that triggers leave, whoever gave it back.

    Slot searches remember taken time; only what became free since could make them wrong.
    """

    __tablename__ = "released_unit"

    unit_id: int = Field(sa_type=Id)
