"""Sheets of instruments that somebody sent, how far they are read, and their faulty rows."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.instruments.states import ImportState


class SheetImport(Row, table=True):
    """One sheet on its way in; `done` counts its rows and moves on with what they made."""

    __tablename__ = "instrument_import"
    __table_args__ = (
        sa.CheckConstraint("done = created + changed + unchanged + faulty", name="adds_up"),
        sa.CheckConstraint("done <= total", name="within_total"),
        sa.Index(None, "user_id", "id"),
    )

    user_id: int = Field(foreign_key="person.id", sa_type=Id)
    # For rows that name no lab.
    lab_id: int | None = Field(default=None, foreign_key="lab.id", sa_type=Id)
    file_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    sha256: str = Field(max_length=64)
    state: ImportState = Field(
        default=ImportState.WAITING, index=True, sa_type=EnumText(ImportState)
    )
    # Headings of the sheet that are no columns of ours.
    unread: list[str] = Field(default_factory=list, sa_type=Json)
    total: int = 0
    done: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faulty: int = 0
    # How often in a row it went wrong since a row was done.
    attempts: int = 0
    error: str = Field(default="", max_length=60)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)


class SheetFault(Row, table=True):
    """A row of which nothing was written: what stood in it, and everything wrong with it."""

    __tablename__ = "instrument_import_fault"
    __table_args__ = (sa.UniqueConstraint("import_id", "line"),)

    import_id: int = Field(foreign_key="instrument_import.id", sa_type=Id)
    line: int
    cells: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    faults: list[list[object]] = Field(default_factory=list, sa_type=Json)
