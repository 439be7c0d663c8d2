"""Keep by what a settlement differs from its last run."""

import sqlalchemy as sa
from alembic import op

revision = "65_differences"
down_revision = "64_payment_batches"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("settlement", sa.Column("runs", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "settlement_difference",
        sa.Column("id", _ID, nullable=False),
        sa.Column("settlement_id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("before_fen", sa.BigInteger(), nullable=False),
        sa.Column("after_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_settlement_difference_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["settlement.id"],
            name=op.f("fk_settlement_difference_settlement_id_settlement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_difference")),
    )
    op.create_index(
        op.f("ix_settlement_difference_settlement_id"), "settlement_difference", ["settlement_id"]
    )


def downgrade() -> None:
    op.drop_table("settlement_difference")
    op.drop_column("settlement", "runs")
