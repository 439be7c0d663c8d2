"""Say in an audit entry on whose behalf it was done."""

from alembic import op

revision = "17_audit_on_behalf"
down_revision = "17_invitation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: a table made anew would lose the triggers that keep it.
    op.execute("ALTER TABLE audit_entry ADD COLUMN on_behalf_of VARCHAR(160) NOT NULL DEFAULT ''")


def downgrade() -> None:
    op.execute("ALTER TABLE audit_entry DROP COLUMN on_behalf_of")
