"""What those who used an instrument say of it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.reservations.rules.feedback import Grade


class UseFeedback(Row, table=True):
    """One word of a use; the database keeps it as it is from the moment it was reported."""

    __tablename__ = "use_feedback"
    __table_args__ = (
        sa.CheckConstraint(
            "grade IN ('very_good', 'good', 'fair', 'poor', 'very_poor')", name="grade"
        ),
    )

    reservation_id: int = Field(foreign_key="reservation.id", unique=True, sa_type=Id)
    # That of the booking, so that averages need no further table.
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    grade: Grade = Field(sa_type=EnumText(Grade))
    comment: str = Field(default="", max_length=300)
    given_by: int = Field(foreign_key="person.id", sa_type=Id)
    given_at: datetime = Field(sa_type=UtcDateTime)
    # When the quarter's records were handed in with it.
    reported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
