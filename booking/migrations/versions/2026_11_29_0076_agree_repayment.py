"""Keep how draws are repaid, and reckon overdue days from it beside those that banks told."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import forbid_rewriting
from booking.db.types import Id, UtcDateTime

revision = "76_repayment"
down_revision = "75_draws"
branch_labels = None
depends_on = None

_BEFORE = "uq_overdue_spell_credit_line_id_first"


def upgrade() -> None:
    op.create_table(
        "repayment_terms",
        sa.Column("id", Id, nullable=False),
        sa.Column("credit_line_id", Id, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("repaying", sa.String(length=32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("day_count", sa.String(length=32), nullable=False),
        sa.Column("pay_day", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("agreed_by", Id, nullable=True),
        sa.Column("agreed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("ck_repayment_terms_months")),
        sa.CheckConstraint("pay_day BETWEEN 1 AND 31", name=op.f("ck_repayment_terms_pay_day")),
        sa.CheckConstraint("grace_days >= 0", name=op.f("ck_repayment_terms_grace")),
        sa.ForeignKeyConstraint(
            ["credit_line_id"],
            ["credit_line.id"],
            name=op.f("fk_repayment_terms_credit_line_id_credit_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment_terms")),
        sa.UniqueConstraint(
            "credit_line_id",
            "valid_from",
            name=op.f("uq_repayment_terms_credit_line_id_valid_from"),
        ),
    )
    forbid_rewriting(op, "repayment_terms")
    op.add_column(
        "overdue_spell",
        sa.Column("reckoned", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("overdue_spell") as batch:
        batch.alter_column("reckoned", existing_type=sa.Boolean(), server_default=None)
        batch.drop_constraint(op.f(_BEFORE), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_overdue_spell_credit_line_id_first_reckoned"),
            ["credit_line_id", "first", "reckoned"],
        )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM overdue_spell WHERE reckoned"))
    with op.batch_alter_table("overdue_spell") as batch:
        batch.drop_constraint(
            op.f("uq_overdue_spell_credit_line_id_first_reckoned"), type_="unique"
        )
        batch.create_unique_constraint(op.f(_BEFORE), ["credit_line_id", "first"])
        batch.drop_column("reckoned")
    op.drop_table("repayment_terms")
