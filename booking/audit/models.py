"""One entry per announced fact, and the chain that proves that none was touched."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from booking.db.base import Row
from booking.db.types import Id, Json, UtcDateTime


class AuditEntry(Row, table=True):
    """A fact as it was told, never changed; `actor_id` is empty when the clock acted."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index(None, "subject", "at"), sa.Index(None, "actor_id", "at"))

    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_id: int | None = Field(default=None, sa_type=Id)
    name: str = Field(max_length=64)
    subject: str = Field(max_length=80)
    cause: str = Field(default="", max_length=500)
    # Field → [before, after].
    changes: dict[str, list[object]] = Field(default_factory=dict, sa_type=Json)
    # For whom, when not for oneself: `user:5`, or several with blanks between, nearest first.
    on_behalf_of: str = Field(default="", max_length=160)
    # The request in which it happened, as its answer and the log name it.
    request_id: str = Field(default="", max_length=32)


class AuditLink(SQLModel, table=True):
    """An entry's place in the chain: a row of its own, so that entries are written once.

    Entries become links by a job, in one queue; chained as they are written, each deed would wait
    for the one before it.
    """

    __tablename__ = "audit_link"

    position: int = Field(primary_key=True, sa_type=Id)
    entry_id: int = Field(unique=True, sa_type=Id)
    hash: str = Field(max_length=64)
