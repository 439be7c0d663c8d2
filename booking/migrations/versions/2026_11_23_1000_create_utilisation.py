"""Create the tables of utilisation."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "10_utilisation"
down_revision = "08_billing"
branch_labels = None
depends_on = None


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
        sa.Column("samples", sa.Integer(), nullable=False),
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


def downgrade() -> None:
    op.drop_table("instrument_month")
