"""Addresses under which other programs read a calendar."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, UtcDateTime


class CalendarFeed(Row, table=True):
    """A person's calendar, or as this person may see it that of an instrument or of a lab.

    The address was shown once; here is only the SHA-256 of its secret.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        sa.CheckConstraint("instrument_id IS NULL OR lab_id IS NULL", name="one_subject"),
        # Nothing twice is the same, which a plain constraint would not see.
        sa.Index(
            "uq_calendar_feed_person_subject",
            "person_id",
            sa.text("coalesce(instrument_id, 0)"),
            sa.text("coalesce(lab_id, 0)"),
            unique=True,
        ),
    )

    person_id: int = Field(foreign_key="person.id", sa_type=Id)
    instrument_id: int | None = Field(
        default=None, foreign_key="instrument.id", index=True, sa_type=Id
    )
    lab_id: int | None = Field(default=None, foreign_key="lab.id", index=True, sa_type=Id)
    digest: str = Field(max_length=64, unique=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
