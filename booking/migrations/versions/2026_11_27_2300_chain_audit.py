"""Name the request of an audit entry, and create the chain."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting

revision = "16_audit_chain"
down_revision = "15_subsidies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: a table made anew would lose the triggers that keep it.
    op.execute("ALTER TABLE audit_entry ADD COLUMN request_id VARCHAR(32) NOT NULL DEFAULT ''")
    op.create_table(
        "audit_link",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
    )
    forbid_rewriting(op, "audit_link")


def downgrade() -> None:
    allow_rewriting(op, "audit_link")
    op.drop_table("audit_link")
    op.execute("ALTER TABLE audit_entry DROP COLUMN request_id")
