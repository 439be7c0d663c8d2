"""Who left an organisation lately: somebody may have booked for them in the same moment."""

from datetime import datetime

from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, UtcDateTime


class Departed(Row, table=True):
    """Kept for a day, longer than any deed takes, or until what slipped through is handed over."""

    __tablename__ = "departed"

    person_id: int = Field(foreign_key="person.id", sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    successor_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Id)
    left_at: datetime = Field(sa_type=UtcDateTime)
