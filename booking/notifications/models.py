"""Tables of what is to be told."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.notifications.rules import HookFailure


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


class Webhook(Row, table=True):
    """An address of an organisation's own that is told what happens to it."""

    __tablename__ = "webhook"

    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    url: str = Field(max_length=500)
    facts: list[str] = Field(sa_type=Json)
    # Empty only while it is being made.
    sealed_secret: str = Field(default="", max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The first failure after the last success.
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookDelivery(Row, table=True):
    """One message to a webhook: the same reference and body however often it is sent."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.Index(
            "ix_webhook_delivery_waiting",
            "due_at",
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
    )

    webhook_id: int = Field(foreign_key="webhook.id", index=True, sa_type=Id)
    reference: str = Field(max_length=40, unique=True)
    fact: str = Field(max_length=40)
    body: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    given_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # What the receiver answered last, and why that was no success.
    status: int | None = None
    failure: HookFailure | None = Field(default=None, sa_type=EnumText(HookFailure))
