"""Create the tables of billing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from booking.db.append_only import allow_rewriting, forbid_rewriting
from booking.db.types import UtcDateTime

revision = "08_billing"
down_revision = "075_released_unit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column(
            "reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "instrument_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "lines", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "tariff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("vat_rate", sa.String(length=8), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("service_started_at", UtcDateTime(), nullable=False),
        sa.Column("service_ended_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column(
            "flags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_charge_amount")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_charge_instrument_id_instrument")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_charge_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisation.id"], name=op.f("fk_charge_provider_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_charge_reservation_id_reservation"),
        ),
        sa.ForeignKeyConstraint(
            ["tariff_id"], ["tariff.id"], name=op.f("fk_charge_tariff_id_tariff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("number", name=op.f("uq_charge_number")),
        sa.UniqueConstraint("reservation_id", "kind", name=op.f("uq_charge_reservation_id_kind")),
    )
    op.create_index(
        op.f("ix_charge_confirmed_at_kind"), "charge", ["confirmed_at", "kind"], unique=False
    )
    op.create_index(op.f("ix_charge_instrument_id"), "charge", ["instrument_id"], unique=False)
    op.create_index(
        op.f("ix_charge_organisation_id_confirmed_at"),
        "charge",
        ["organisation_id", "confirmed_at"],
        unique=False,
    )
    op.create_index(op.f("ix_charge_provider_id"), "charge", ["provider_id"], unique=False)
    forbid_rewriting(op, "charge")


def downgrade() -> None:
    allow_rewriting(op, "charge")
    op.drop_table("charge")
