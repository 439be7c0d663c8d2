"""Tables of what is to be told."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.notifications.rules import HookFailure
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.notice import Mail
from booking.notifications.rules.standing import Audience


class OutboxMessage(Row, table=True):
    """A letter that leaves after the deed: what it is about, not yet its words.

    Words are made when it is sent, and with them the signed link: none lies in the table. The same
    row is what its reader finds among the notices.
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
    # By what role its reader is told, and in which lab or organisation; see `rules/table.py`.
    audience: Audience = Field(
        default=Audience.HOLDER,
        sa_type=EnumText(Audience),
        sa_column_kwargs={"server_default": Audience.HOLDER.value},
    )
    place_id: int | None = Field(default=None, sa_type=Id)
    # The number of the record that it tells of, where it has one.
    about: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When it was put aside for the daily letter.
    bundled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Neither sent nor shown from then on: its reader is not to know it any more, or it is too late.
    withheld_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class NoticeTimes(Row, table=True):
    """When somebody wants to be told; without a row, what `rules/timing.py` says."""

    __tablename__ = "notice_times"
    __table_args__ = (
        sa.CheckConstraint("daily_hour BETWEEN 0 AND 23", name="daily_hour"),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="quiet_hours"
        ),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="both_ends"),
        sa.CheckConstraint("reminder_hours BETWEEN 1 AND 168", name="reminder_hours"),
    )

    person_id: int = Field(foreign_key="person.id", unique=True, sa_type=Id)
    daily_hour: int
    quiet_from: int | None = None
    quiet_until: int | None = None
    reminder_hours: int


class NoticeChoice(Row, table=True):
    """How somebody wants to be told of something, where it is not as usual."""

    __tablename__ = "notice_choice"
    __table_args__ = (sa.UniqueConstraint("person_id", "fact"),)

    person_id: int = Field(foreign_key="person.id", sa_type=Id)
    fact: NoticeFact = Field(sa_type=EnumText(NoticeFact))
    in_app: bool
    mail: Mail = Field(sa_type=EnumText(Mail))


class BookingReminder(Row, table=True):
    """That a booking's beginning was reminded of, or needed no reminder: once for each time."""

    __tablename__ = "booking_reminder"
    __table_args__ = (sa.UniqueConstraint("reservation_id", "starts_at"),)

    reservation_id: int = Field(foreign_key="reservation.id", sa_type=Id)
    starts_at: datetime = Field(sa_type=UtcDateTime)


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
