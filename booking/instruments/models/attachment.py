"""What hangs on a card: pictures that everybody sees, papers for those they are meant for."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.instruments.rules.attachments import Audience, PaperKind


class InstrumentPicture(Row, table=True):
    """A picture of an instrument in two sizes; the one with the lowest position stands first."""

    __tablename__ = "instrument_picture"
    __table_args__ = (sa.UniqueConstraint("instrument_id", "position"),)

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    position: int
    large_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    small_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    caption: str = Field(default="", max_length=100)
    added_at: datetime = Field(sa_type=UtcDateTime)


class InstrumentPaper(Row, table=True):
    """A document of an instrument: how it is worked, what it can do, that it was calibrated."""

    __tablename__ = "instrument_paper"

    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    file_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    kind: PaperKind = Field(sa_type=EnumText(PaperKind))
    audience: Audience = Field(sa_type=EnumText(Audience))
    title: str = Field(max_length=100)
    added_at: datetime = Field(sa_type=UtcDateTime)
