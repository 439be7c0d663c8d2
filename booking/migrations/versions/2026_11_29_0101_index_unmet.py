"""Find refusals by when they lie, and whether who was refused booked soon after; keep days."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Id, UtcDateTime

revision = "101_unmet"
down_revision = "100_zone_reports"
branch_labels = None
depends_on = None

_ANSWERS = "ix_reservation_instrument_id_organisation_id_created_at"


def upgrade() -> None:
    op.create_index(_ANSWERS, "reservation", ["instrument_id", "organisation_id", "created_at"])
    op.create_index("ix_refusal_starts_at", "refusal", ["starts_at"])
    op.create_index(
        "ix_refusal_long",
        "refusal",
        ["ends_at"],
        sqlite_where=sa.text("ends_at - starts_at > 172800000000"),
        postgresql_where=sa.text("ends_at - starts_at > INTERVAL '48 hours'"),
    )
    op.create_table(
        "kept_day",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "lab_id",
            Id,
            sa.ForeignKey("lab.id", name=op.f("fk_kept_day_lab_id_lab")),
            nullable=False,
        ),
        sa.Column("district", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used_seconds", sa.BigInteger(), nullable=False),
        sa.Column("open_seconds", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "used_seconds BETWEEN 0 AND open_seconds", name=op.f("ck_kept_day_used_of_open")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_day")),
        sa.UniqueConstraint(
            "lab_id", "district", "day", name=op.f("uq_kept_day_lab_id_district_day")
        ),
    )
    op.create_index(op.f("ix_kept_day_day"), "kept_day", ["day"])


def downgrade() -> None:
    op.drop_table("kept_day")
    op.drop_index("ix_refusal_long", "refusal")
    op.drop_index("ix_refusal_starts_at", "refusal")
    op.drop_index(_ANSWERS, "reservation")
