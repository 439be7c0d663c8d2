"""Create the counters of the shared rate limits."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "18_rate_limit"
down_revision = "17_audit_on_behalf"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_window",
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("holder", "starts_at", name=op.f("pk_rate_window")),
    )
    op.create_index(op.f("ix_rate_window_starts_at"), "rate_window", ["starts_at"])


def downgrade() -> None:
    op.drop_table("rate_window")
