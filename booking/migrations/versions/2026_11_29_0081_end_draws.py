"""End draws of which the bank does not tell within the term of their credit line."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import freeze_columns, thaw_columns
from booking.db.types import UtcDateTime

revision = "81_draw_terms"
down_revision = "80_purchase_loans"
branch_labels = None
depends_on = None

_SAID = ("number", "credit_line_id", "charge_id", "amount_fen", "charge_fen", "share")
_TERM = "ck_credit_line_draw_days"
_INDEX = "ix_draw_request_state_expires_at"


def upgrade() -> None:
    with op.batch_alter_table("credit_line") as batch:
        batch.add_column(sa.Column("draw_days", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f(_TERM), "draw_days > 0")
    op.add_column("draw_request", sa.Column("expires_at", UtcDateTime(), nullable=True))
    op.create_index(op.f(_INDEX), "draw_request", ["state", "expires_at"])
    thaw_columns(op, "draw_request")
    freeze_columns(op, "draw_request", (*_SAID, "expires_at"), when="OLD.id IS NOT NULL")


def downgrade() -> None:
    thaw_columns(op, "draw_request")
    op.drop_index(op.f(_INDEX), table_name="draw_request")
    op.drop_column("draw_request", "expires_at")
    freeze_columns(op, "draw_request", _SAID, when="OLD.id IS NOT NULL")
    with op.batch_alter_table("credit_line") as batch:
        batch.drop_constraint(op.f(_TERM), type_="check")
        batch.drop_column("draw_days")
