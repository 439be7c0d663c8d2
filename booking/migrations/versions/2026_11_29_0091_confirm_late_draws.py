"""A draw that expired may still be confirmed: the bank's word came late."""

from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting

revision = "91_late_draws"
down_revision = "90_yearly_sheets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    allow_rewriting(op, "draw_request")
    forbid_rewriting(op, "draw_request", when="OLD.state NOT IN ('asked', 'expired')")


def downgrade() -> None:
    allow_rewriting(op, "draw_request")
    forbid_rewriting(op, "draw_request", when="OLD.state <> 'asked'")
