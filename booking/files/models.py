"""The table of files; their bytes lie on disk under the same name."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.files.rules.kinds import FileKind


class ScanState(StrEnum):
    """Whether a scanner saw it; what one refused was never kept."""

    CLEAN = "clean"
    NOT_SCANNED = "not_scanned"


class StoredFile(Row, table=True):
    """A file that somebody sent. Whoever needs it points at it by a foreign key; it is never
    changed, and removed when nothing points at it any more.
    """

    __tablename__ = "stored_file"

    name: str = Field(max_length=32, unique=True)
    kind: FileKind = Field(sa_type=EnumText(FileKind))
    size: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(max_length=64)
    given_name: str = Field(max_length=100)
    scan: ScanState = Field(sa_type=EnumText(ScanState))
    uploaded_by: int | None = Field(default=None, sa_type=Id)
    uploaded_at: datetime = Field(sa_type=UtcDateTime, index=True)
