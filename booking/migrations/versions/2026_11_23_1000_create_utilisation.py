"""Create the tables of utilisation."""

import sqlalchemy as sa
from alembic import op

from booking.db.marks import Watched, leave_marks, leave_no_marks
from booking.db.types import UtcDateTime

revision = "10_utilisation"
down_revision = "08_billing"
branch_labels = None
depends_on = None


# Everything that a month's figures are made of. Charges are written with the settling of their use.
WATCHED = (
    Watched(
        "reservation",
        ("instrument_id", "unit_id", "state", "starts_at", "ends_at"),
        starts="starts_at",
        ends="ends_at",
    ),
    Watched(
        "usage_session",
        (
            "started_at",
            "ended_at",
            "settled_at",
            "samples",
            "preparation_minutes",
            "test_minutes",
            "post_minutes",
        ),
        starts="started_at",
        ends="ended_at",
    ),
    Watched(
        "closure",
        ("kind", "starts_at", "ends_at", "lifted_at"),
        starts="starts_at",
        ends="ends_at",
    ),
    Watched("opening_hours", ("instrument_id", "weekday", "opens", "closes")),
    Watched("opening_exception", ("instrument_id", "day", "opens", "closes")),
    Watched("booking_policy", ("follows_statutory_calendar", "valid_from")),
    Watched("unit", ("instrument_id", "kind", "active")),
    Watched("instrument", ("state",), owner="id"),
    Watched("calendar_day", ("day", "kind"), owner=None),
    Watched("calendar_year", ("year",), owner=None),
)


def upgrade() -> None:
    op.create_table(
        "instrument_month",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "instrument_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("calendar_seconds", sa.BigInteger(), nullable=False),
        sa.Column("closed_seconds", sa.BigInteger(), nullable=False),
        sa.Column("maintenance_seconds", sa.BigInteger(), nullable=False),
        sa.Column("fault_seconds", sa.BigInteger(), nullable=False),
        sa.Column("open_seconds", sa.BigInteger(), nullable=False),
        sa.Column("used_seconds", sa.BigInteger(), nullable=False),
        sa.Column("booked_unused_seconds", sa.BigInteger(), nullable=False),
        sa.Column("idle_seconds", sa.BigInteger(), nullable=False),
        sa.Column("effective_seconds", sa.BigInteger(), nullable=False),
        sa.Column("external_seconds", sa.BigInteger(), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("income_fen", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "calendar_seconds = closed_seconds + maintenance_seconds + fault_seconds + open_seconds",
            name=op.f("ck_instrument_month_calendar_sums"),
        ),
        sa.CheckConstraint(
            "open_seconds = used_seconds + booked_unused_seconds + idle_seconds",
            name=op.f("ck_instrument_month_open_sums"),
        ),
        sa.CheckConstraint(
            "closed_seconds >= 0 AND maintenance_seconds >= 0 AND fault_seconds >= 0"
            " AND used_seconds >= 0 AND booked_unused_seconds >= 0 AND idle_seconds >= 0",
            name=op.f("ck_instrument_month_nothing_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_instrument_month_instrument_id_instrument"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_month")),
        sa.UniqueConstraint(
            "instrument_id", "month", name=op.f("uq_instrument_month_instrument_id_month")
        ),
    )
    op.create_index(op.f("ix_instrument_month_month"), "instrument_month", ["month"], unique=False)
    op.create_table(
        "utilisation_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "instrument_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utilisation_mark")),
    )
    for watched in WATCHED:
        leave_marks(op, watched, into="utilisation_mark")


def downgrade() -> None:
    for watched in WATCHED:
        leave_no_marks(op, watched)
    op.drop_table("utilisation_mark")
    op.drop_table("instrument_month")
