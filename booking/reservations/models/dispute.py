"""What both sides and the centre say to each other about a record that somebody objects to."""

from datetime import datetime

from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.reservations.states import Speaker


class DisputeMessage(Row, table=True):
    """Said once and kept as it was said."""

    __tablename__ = "dispute_message"

    reservation_id: int = Field(foreign_key="reservation.id", index=True, sa_type=Id)
    author_id: int = Field(foreign_key="person.id", sa_type=Id)
    side: Speaker = Field(sa_type=EnumText(Speaker))
    text: str = Field(max_length=500)
    said_at: datetime = Field(sa_type=UtcDateTime)
