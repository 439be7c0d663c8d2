"""A joint booking: several instruments that were taken together or not at all."""

from datetime import datetime

from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, UtcDateTime


class JointBooking(Row, table=True):
    """What was asked for at once; each step is an ordinary reservation on its instrument."""

    __tablename__ = "joint_booking"

    number: str = Field(max_length=24, unique=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    created_by: int = Field(foreign_key="person.id", sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
