"""What became of locked statements outside of the house: files they were given out as, and
exports of a whole period."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.subsidies.states import ExportState


class StatementPrint(Row, table=True):
    """The hash of one file of a locked document. `maker` says which template, programs and address
    it was made with: when those change, the files of before are still known."""

    __tablename__ = "statement_print"
    __table_args__ = (sa.UniqueConstraint("snapshot_id", "kind", "language", "maker"),)

    snapshot_id: int = Field(foreign_key="statement_snapshot.id", sa_type=Id)
    kind: str = Field(max_length=8)
    language: str = Field(max_length=4)
    maker: str = Field(max_length=64)
    sha256: str = Field(max_length=64)


class StatementExport(Row, table=True):
    """All statements of a period as one ZIP being written; `done` moves on with what is in it."""

    __tablename__ = "statement_export"
    __table_args__ = (sa.CheckConstraint("done <= total", name="within_total"),)

    period: str = Field(max_length=16, index=True)
    language: str = Field(max_length=4)
    asked_by: int | None = Field(default=None, sa_type=Id)
    state: ExportState = Field(
        default=ExportState.WAITING, index=True, sa_type=EnumText(ExportState)
    )
    total: int = 0
    done: int = 0
    # The number of the last statement that is in it.
    reached: str = Field(default="", max_length=32)
    # What the unfinished file is called.
    draft: str = Field(max_length=32)
    file_id: int | None = Field(default=None, foreign_key="stored_file.id", index=True, sa_type=Id)
    # How often in a row it went wrong.
    attempts: int = 0
    asked_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)
