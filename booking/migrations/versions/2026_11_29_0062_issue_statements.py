"""Keep the hashes of the files that a locked statement was given out as, and exports of a period."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting
from booking.db.types import UtcDateTime

revision = "62_statement_files"
down_revision = "61_statement_chain"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "statement_print",
        sa.Column("id", _ID, nullable=False),
        sa.Column("snapshot_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["statement_snapshot.id"],
            name=op.f("fk_statement_print_snapshot_id_statement_snapshot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_print")),
        sa.UniqueConstraint(
            "snapshot_id",
            "kind",
            "language",
            "maker",
            name=op.f("uq_statement_print_snapshot_id_kind_language_maker"),
        ),
    )
    forbid_rewriting(op, "statement_print")
    op.create_table(
        "statement_export",
        sa.Column("id", _ID, nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("asked_by", _ID, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("reached", sa.String(length=32), nullable=False),
        sa.Column("draft", sa.String(length=32), nullable=False),
        sa.Column("file_id", _ID, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("done <= total", name=op.f("ck_statement_export_within_total")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_statement_export_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_export")),
    )
    for column in ("ended_at", "file_id", "period", "state"):
        op.create_index(op.f(f"ix_statement_export_{column}"), "statement_export", [column])


def downgrade() -> None:
    op.drop_table("statement_export")
    allow_rewriting(op, "statement_print")
    op.drop_table("statement_print")
