"""Keep which kinds of loans the centre takes on."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting
from booking.db.types import Id, UtcDateTime

revision = "108_loan_kinds"
down_revision = "107_restored"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loan_kind_setting",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("set_by", Id, nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("accepted OR reason <> ''", name=op.f("ck_loan_kind_setting_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_kind_setting")),
    )
    op.create_index(op.f("ix_loan_kind_setting_kind_id"), "loan_kind_setting", ["kind", "id"])
    forbid_rewriting(op, "loan_kind_setting")


def downgrade() -> None:
    allow_rewriting(op, "loan_kind_setting")
    op.drop_table("loan_kind_setting")
