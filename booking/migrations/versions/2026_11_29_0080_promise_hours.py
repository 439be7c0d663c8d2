"""Keep what purchase loans paid for, the outside hours promised for it, and what came of them."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import forbid_rewriting
from booking.db.types import Id, UtcDateTime

revision = "80_purchase_loans"
down_revision = "78_applications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purchase_promise",
        sa.Column("id", Id, nullable=False),
        sa.Column("credit_line_id", Id, nullable=False),
        sa.Column("instrument_id", Id, nullable=False),
        sa.Column("acquired", sa.String(length=32), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("contract_number", sa.String(length=80), nullable=False),
        sa.Column("hours_a_year", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("agreed_by", Id, nullable=True),
        sa.Column("agreed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("cost_fen > 0", name=op.f("ck_purchase_promise_cost")),
        sa.CheckConstraint("hours_a_year > 0", name=op.f("ck_purchase_promise_hours")),
        sa.CheckConstraint("years > 0", name=op.f("ck_purchase_promise_years")),
        sa.ForeignKeyConstraint(
            ["credit_line_id"],
            ["credit_line.id"],
            name=op.f("fk_purchase_promise_credit_line_id_credit_line"),
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_purchase_promise_instrument_id_instrument"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_promise")),
        sa.UniqueConstraint("credit_line_id", name=op.f("uq_purchase_promise_credit_line_id")),
    )
    op.create_index(
        op.f("ix_purchase_promise_instrument_id"), "purchase_promise", ["instrument_id"]
    )
    forbid_rewriting(op, "purchase_promise")
    op.create_table(
        "promise_judgement",
        sa.Column("id", Id, nullable=False),
        sa.Column("credit_line_id", Id, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("promised_hours", sa.Integer(), nullable=False),
        sa.Column("delivered_seconds", sa.BigInteger(), nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("delivered_seconds >= 0", name=op.f("ck_promise_judgement_delivered")),
        sa.ForeignKeyConstraint(
            ["credit_line_id"],
            ["credit_line.id"],
            name=op.f("fk_promise_judgement_credit_line_id_credit_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_judgement")),
    )
    op.create_index(
        op.f("ix_promise_judgement_credit_line_id_first"),
        "promise_judgement",
        ["credit_line_id", "first"],
    )
    forbid_rewriting(op, "promise_judgement")
    op.create_table(
        "promise_warning",
        sa.Column("id", Id, nullable=False),
        sa.Column("credit_line_id", Id, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_line_id"],
            ["credit_line.id"],
            name=op.f("fk_promise_warning_credit_line_id_credit_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_warning")),
        sa.UniqueConstraint(
            "credit_line_id", "first", name=op.f("uq_promise_warning_credit_line_id_first")
        ),
    )


def downgrade() -> None:
    for table in ("promise_warning", "promise_judgement", "purchase_promise"):
        op.drop_table(table)
