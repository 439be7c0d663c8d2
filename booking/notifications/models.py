"""Tables of what is to be told."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, Json, UtcDateTime


class OutboxMessage(Row, table=True):
    """A letter that leaves after the deed: what it is about, not yet its words.

    Words are made when it is sent, and with them the signed link: none lies in the table.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.Index(
            "ix_outbox_message_waiting",
            "due_at",
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
    )

    fact: str = Field(max_length=40)
    # Whom it is for, where there is an account.
    user_id: int | None = Field(default=None, foreign_key="person.id", index=True, sa_type=Id)
    email: str = Field(max_length=254)
    locale: str = Field(max_length=8)
    params: dict[str, object] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    given_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str = Field(default="", max_length=300)
