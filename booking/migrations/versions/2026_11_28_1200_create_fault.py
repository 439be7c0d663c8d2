"""Create the table of faults."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "33_fault"
down_revision = "32_training"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OUT = sa.text("state = 'closed'")


def upgrade() -> None:
    op.create_table(
        "fault",
        sa.Column("id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.Column("what", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=32), nullable=True),
        sa.Column("reservation_number", sa.String(length=24), nullable=True),
        sa.Column("closure_id", _ID, nullable=True),
        sa.Column("reported_by", _ID, nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("done", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state <> 'closed' OR closure_id IS NOT NULL", name=op.f("ck_fault_closed")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_fault_instrument_id_instrument")
        ),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closure.id"], name=op.f("fk_fault_closure_id_closure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault")),
        sa.UniqueConstraint("closure_id", name=op.f("uq_fault_closure_id")),
    )
    op.create_index(
        op.f("ix_fault_instrument_id_reported_at"),
        "fault",
        ["instrument_id", "reported_at"],
        unique=False,
    )
    op.create_index(
        "uq_fault_closing",
        "fault",
        ["instrument_id"],
        unique=True,
        sqlite_where=_OUT,
        postgresql_where=_OUT,
    )


def downgrade() -> None:
    op.drop_index("uq_fault_closing", table_name="fault")
    op.drop_index(op.f("ix_fault_instrument_id_reported_at"), table_name="fault")
    op.drop_table("fault")
