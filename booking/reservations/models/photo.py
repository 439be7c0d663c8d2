"""How an instrument looked before and after a use."""

from datetime import datetime

from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.reservations.states import Taken


class ConditionPhoto(Row, table=True):
    """A photo in two sizes, for the company and the lab."""

    __tablename__ = "condition_photo"

    reservation_id: int = Field(foreign_key="reservation.id", index=True, sa_type=Id)
    taken: Taken = Field(sa_type=EnumText(Taken))
    large_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    small_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    added_by: int = Field(foreign_key="person.id", sa_type=Id)
    added_at: datetime = Field(sa_type=UtcDateTime)
