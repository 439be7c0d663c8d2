"""Take in banks' files row by row: mappings, files, what became of each row; numbers are a bank's."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting, freeze_columns, thaw_columns
from booking.db.types import Id, Json, UtcDateTime

revision = "68_bank_files"
down_revision = "66_simulations"
branch_labels = None
depends_on = None

_ROW = (
    *("bank_file_id", "line", "bank", "outcome", "code", "number", "account", "day", "kind"),
    *("amount_fen", "order_reference", "note", "text"),
)
_OF_ITS_LINE = sa.text(
    "UPDATE bank_record SET bank = (SELECT credit_line.bank FROM credit_line "
    "WHERE credit_line.id = bank_record.credit_line_id)"
)


def upgrade() -> None:
    _name_the_bank()
    op.create_table(
        "bank_mapping",
        sa.Column("id", Id, nullable=False),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("saved_by", Id, nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_mapping")),
        sa.UniqueConstraint("bank", name=op.f("uq_bank_mapping_bank")),
    )
    _create_files()
    _create_rows()


def _name_the_bank() -> None:
    allow_rewriting(op, "bank_record")
    op.add_column(
        "bank_record", sa.Column("bank", sa.String(length=100), nullable=False, server_default="")
    )
    op.execute(_OF_ITS_LINE)
    with op.batch_alter_table("bank_record") as batch:
        batch.alter_column("bank", existing_type=sa.String(length=100), server_default=None)
        batch.drop_constraint("uq_bank_record_bank_transaction_number", type_="unique")
        batch.create_unique_constraint(
            op.f("uq_bank_record_bank_bank_transaction_number"), ["bank", "bank_transaction_number"]
        )
    forbid_rewriting(op, "bank_record")


def _create_files() -> None:
    op.create_table(
        "bank_file",
        sa.Column("id", Id, nullable=False),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.Column("file_id", Id, nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("encoding", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("total", "done", "taken", "known", "conflicting", "queued", "refused")
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=60), nullable=False),
        sa.Column("sent_by", Id, nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "done = taken + known + conflicting + queued + refused",
            name=op.f("ck_bank_file_adds_up"),
        ),
        sa.CheckConstraint("done <= total", name=op.f("ck_bank_file_within_total")),
        sa.CheckConstraint("state <> 'done' OR done = total", name=op.f("ck_bank_file_whole")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_bank_file_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_bank_file_fingerprint")),
    )
    for name in ("bank", "file_id", "state"):
        op.create_index(op.f(f"ix_bank_file_{name}"), "bank_file", [name], unique=False)


def _create_rows() -> None:
    op.create_table(
        "bank_file_row",
        sa.Column("id", Id, nullable=False),
        sa.Column("bank_file_id", Id, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("order_reference", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("credit_line_id", Id, nullable=True),
        sa.Column("decision", sa.String(length=32), nullable=True),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'queued') = (decision IS NOT NULL)", name=op.f("ck_bank_file_row_decided")
        ),
        sa.ForeignKeyConstraint(
            ["bank_file_id"],
            ["bank_file.id"],
            name=op.f("fk_bank_file_row_bank_file_id_bank_file"),
        ),
        sa.ForeignKeyConstraint(
            ["credit_line_id"],
            ["credit_line.id"],
            name=op.f("fk_bank_file_row_credit_line_id_credit_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file_row")),
        sa.UniqueConstraint(
            "bank_file_id", "line", name=op.f("uq_bank_file_row_bank_file_id_line")
        ),
    )
    op.create_index(
        "uq_bank_file_row_queued",
        "bank_file_row",
        ["bank", "number"],
        unique=True,
        sqlite_where=sa.text("outcome = 'queued'"),
        postgresql_where=sa.text("outcome = 'queued'"),
    )
    op.create_index(op.f("ix_bank_file_row_credit_line_id"), "bank_file_row", ["credit_line_id"])
    op.create_index(op.f("ix_bank_file_row_decision_id"), "bank_file_row", ["decision", "id"])
    # Whatever is decided, what the bank said stays.
    freeze_columns(op, "bank_file_row", _ROW, when="OLD.id IS NOT NULL")


def downgrade() -> None:
    thaw_columns(op, "bank_file_row")
    op.drop_table("bank_file_row")
    op.drop_table("bank_file")
    op.drop_table("bank_mapping")
    allow_rewriting(op, "bank_record")
    with op.batch_alter_table("bank_record") as batch:
        batch.drop_constraint("uq_bank_record_bank_bank_transaction_number", type_="unique")
        batch.create_unique_constraint(
            op.f("uq_bank_record_bank_transaction_number"), ["bank_transaction_number"]
        )
        batch.drop_column("bank")
    forbid_rewriting(op, "bank_record")
