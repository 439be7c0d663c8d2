"""Notices of one's own: by what role, read when; how and when somebody wants to be told."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "49_notices"
down_revision = "48_use"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OUTBOX = "outbox_message"
_MOMENTS = ("read_at", "bundled_at", "withheld_at")
_TABLES = ("booking_reminder", "notice_choice", "notice_times")


def upgrade() -> None:
    for column in (
        sa.Column("audience", sa.String(length=32), nullable=False, server_default="holder"),
        sa.Column("place_id", _ID, nullable=True),
        sa.Column("about", sa.String(length=40), nullable=False, server_default=""),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in _MOMENTS),
    ):
        op.add_column(_OUTBOX, column)
    op.create_table(
        "notice_times",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("daily_hour", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("reminder_hours", sa.Integer(), nullable=False),
        _check("daily_hour", "daily_hour BETWEEN 0 AND 23"),
        _check("quiet_hours", "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23"),
        _check("both_ends", "(quiet_from IS NULL) = (quiet_until IS NULL)"),
        _check("reminder_hours", "reminder_hours BETWEEN 1 AND 168"),
        _refers("notice_times", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_times")),
        sa.UniqueConstraint("person_id", name=op.f("uq_notice_times_person_id")),
    )
    op.create_table(
        "notice_choice",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("fact", sa.String(length=32), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.String(length=32), nullable=False),
        _refers("notice_choice", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_choice")),
        sa.UniqueConstraint("person_id", "fact", name=op.f("uq_notice_choice_person_id_fact")),
    )
    op.create_table(
        "booking_reminder",
        sa.Column("id", _ID, nullable=False),
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        _refers("booking_reminder", "reservation_id", "reservation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_reminder")),
        sa.UniqueConstraint(
            "reservation_id",
            "starts_at",
            name=op.f("uq_booking_reminder_reservation_id_starts_at"),
        ),
    )


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)
    for name in (*_MOMENTS, "about", "place_id", "audience"):
        op.drop_column(_OUTBOX, name)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_notice_times_{name}"))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
