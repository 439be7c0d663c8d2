"""Create the table of answers that are repeated, never given twice."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "03_idempotent_answer"
down_revision = "02_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotent_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("caller", sa.String(length=40), nullable=False),
        sa.Column("caller_key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_answer")),
        sa.UniqueConstraint(
            "caller", "caller_key", name=op.f("uq_idempotent_answer_caller_caller_key")
        ),
    )
    op.create_index(
        op.f("ix_idempotent_answer_created_at"), "idempotent_answer", ["created_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("idempotent_answer")
