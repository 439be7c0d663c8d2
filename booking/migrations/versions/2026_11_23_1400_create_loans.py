"""Create the tables of loans."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting
from booking.db.types import UtcDateTime

revision = "14_loans"
down_revision = "13_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.Column("contract_number", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("credit_limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("annual_rate", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("credit_limit_fen >= 0", name=op.f("ck_credit_line_limit")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_credit_line_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_credit_line_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_line")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_line_number")),
    )
    op.create_index(
        op.f("ix_credit_line_organisation_id"), "credit_line", ["organisation_id"], unique=False
    )
    op.create_table(
        "bank_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank_transaction_number", sa.String(length=64), nullable=False),
        sa.Column(
            "credit_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("order_reference", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column(
            "imported_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_bank_record_amount")),
        sa.ForeignKeyConstraint(
            ["credit_line_id"],
            ["credit_line.id"],
            name=op.f("fk_bank_record_credit_line_id_credit_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_record")),
        sa.UniqueConstraint(
            "bank_transaction_number", name=op.f("uq_bank_record_bank_transaction_number")
        ),
    )
    op.create_index(
        op.f("ix_bank_record_credit_line_id_day"),
        "bank_record",
        ["credit_line_id", "day"],
        unique=False,
    )
    op.create_table(
        "overdue_spell",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "credit_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "until IS NULL OR first < until", name=op.f("ck_overdue_spell_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["credit_line_id"],
            ["credit_line.id"],
            name=op.f("fk_overdue_spell_credit_line_id_credit_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overdue_spell")),
        sa.UniqueConstraint(
            "credit_line_id", "first", name=op.f("uq_overdue_spell_credit_line_id_first")
        ),
    )
    op.create_table(
        "reference_rate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("term", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_rate")),
        sa.UniqueConstraint("term", "valid_from", name=op.f("uq_reference_rate_term_valid_from")),
    )
    forbid_rewriting(op, "bank_record")


def downgrade() -> None:
    allow_rewriting(op, "bank_record")
    op.drop_table("reference_rate")
    op.drop_table("overdue_spell")
    op.drop_table("bank_record")
    op.drop_table("credit_line")
