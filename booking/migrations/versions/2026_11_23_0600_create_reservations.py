"""Create the tables of reservations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from booking.db.types import UtcDateTime

revision = "06_reservations"
down_revision = "055_instrument_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column(
            "instrument_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("customer_class", sa.String(length=16), nullable=False),
        sa.Column("policy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "tariff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "quote", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("quoted_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("decide_by", UtcDateTime(), nullable=True),
        sa.Column("missed_from", UtcDateTime(), nullable=False),
        sa.Column("free_cancel_until", UtcDateTime(), nullable=False),
        sa.Column("override_reason", sa.String(length=500), nullable=False),
        sa.Column("state_reason", sa.String(length=500), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("quoted_fen >= 0 AND fee_fen >= 0", name=op.f("ck_reservation_amounts")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_reservation_not_empty")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_reservation_created_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["person.id"], name=op.f("fk_reservation_holder_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_reservation_instrument_id_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_reservation_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["booking_policy.id"],
            name=op.f("fk_reservation_policy_id_booking_policy"),
        ),
        sa.ForeignKeyConstraint(
            ["tariff_id"], ["tariff.id"], name=op.f("fk_reservation_tariff_id_tariff")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reservation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("number", name=op.f("uq_reservation_number")),
    )
    op.create_index(
        op.f("ix_reservation_holder_id_starts_at"),
        "reservation",
        ["holder_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reservation_instrument_id_starts_at"),
        "reservation",
        ["instrument_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reservation_organisation_id_starts_at"),
        "reservation",
        ["organisation_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reservation_state_ends_at"), "reservation", ["state", "ends_at"], unique=False
    )
    _create_partial_index("undecided", ["decide_by"], "state = 'requested'")
    _create_partial_index("awaited", ["missed_from"], "state = 'confirmed'")
    _create_partial_index(
        "open",
        ["organisation_id", "instrument_id"],
        "state IN ('requested', 'confirmed', 'in_use')",
    )
    op.create_index(
        "ix_reservation_long",
        "reservation",
        ["instrument_id", "ends_at"],
        unique=False,
        sqlite_where=sa.text("ends_at - starts_at > 172800000000"),
        postgresql_where=sa.text("ends_at - starts_at > INTERVAL '48 hours'"),
    )
    op.create_table(
        "usage_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "instrument_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("preparation_minutes", sa.Integer(), nullable=False),
        sa.Column("test_minutes", sa.Integer(), nullable=False),
        sa.Column("post_minutes", sa.Integer(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("staff_minutes", sa.Integer(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "started_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_be_completed", sa.Boolean(), nullable=False),
        sa.Column("host_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column(
            "host_confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("user_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column(
            "user_confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("confirm_by", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR started_at <= ended_at", name=op.f("ck_usage_session_in_order")
        ),
        sa.CheckConstraint(
            "preparation_minutes >= 0 AND test_minutes >= 0 AND post_minutes >= 0 AND idle_minutes >= 0",
            name=op.f("ck_usage_session_minutes"),
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_usage_session_instrument_id_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_usage_session_reservation_id_reservation"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_usage_session_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_session")),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_usage_session_reservation_id")),
    )
    op.create_index(
        op.f("ix_usage_session_instrument_id"), "usage_session", ["instrument_id"], unique=False
    )
    op.create_index(
        op.f("ix_usage_session_settled_at"), "usage_session", ["settled_at"], unique=False
    )
    op.create_index(
        "ix_usage_session_silent",
        "usage_session",
        ["confirm_by"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL AND ended_at IS NOT NULL"),
        postgresql_where=sa.text("settled_at IS NULL AND ended_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_usage_session_started_at"), "usage_session", ["started_at"], unique=False
    )
    op.create_index(
        "uq_usage_session_open_unit",
        "usage_session",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_partial_index(name: str, columns: list[str], when: str) -> None:
    op.create_index(
        f"ix_reservation_{name}",
        "reservation",
        columns,
        unique=False,
        sqlite_where=sa.text(when),
        postgresql_where=sa.text(when),
    )


def downgrade() -> None:
    op.drop_table("usage_session")
    op.drop_table("reservation")
