"""Create what says since when the centre keeps invoices here; every entry stays."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting
from booking.db.types import Id, UtcDateTime

revision = "60_invoice_keeping"
down_revision = "59_invoice_guards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoice_keeping",
        sa.Column("id", Id, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("set_by", Id, nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_keeping")),
    )
    forbid_rewriting(op, "invoice_keeping")


def downgrade() -> None:
    allow_rewriting(op, "invoice_keeping")
    op.drop_table("invoice_keeping")
