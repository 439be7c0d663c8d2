"""Create the holds on units' time, which never overlap."""

import sqlalchemy as sa
from alembic import op

from booking.db.exclusion import allow_double_hold, forbid_double_hold
from booking.db.types import UtcDateTime

revision = "07_slot_hold"
down_revision = "06_reservations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slot_hold",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reservation_number", sa.String(length=24), nullable=True),
        sa.Column(
            "closure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "(reservation_number IS NULL) <> (closure_id IS NULL)",
            name=op.f("ck_slot_hold_one_reason"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_slot_hold_not_empty")),
        sa.ForeignKeyConstraint(
            ["closure_id"],
            ["closure.id"],
            name=op.f("fk_slot_hold_closure_id_closure"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reservation_number"],
            ["reservation.number"],
            name=op.f("fk_slot_hold_reservation_number_reservation"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_slot_hold_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_hold")),
    )
    op.create_index(op.f("ix_slot_hold_closure_id"), "slot_hold", ["closure_id"], unique=False)
    op.create_index(
        op.f("ix_slot_hold_reservation_number"), "slot_hold", ["reservation_number"], unique=False
    )
    op.create_index(
        op.f("ix_slot_hold_unit_id_starts_at_ends_at"),
        "slot_hold",
        ["unit_id", "starts_at", "ends_at"],
        unique=False,
    )
    forbid_double_hold(op)


def downgrade() -> None:
    allow_double_hold(op)
    op.drop_table("slot_hold")
