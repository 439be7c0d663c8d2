"""Create the batches in which approved statements are paid."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import freeze_columns, thaw_columns
from booking.db.refusals import allow_again, refuse_insert
from booking.db.types import UtcDateTime

revision = "64_payment_batches"
down_revision = "63_corrections"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("open")
_REFERRED = sa.text("bank_reference <> ''")
# A row pays what its statements come to, and only statements of its own organisation.
_NOT_ITS_OWN = """
(SELECT organisation_id FROM statement WHERE id = NEW.statement_id)
<> (SELECT organisation_id FROM payment_row WHERE id = NEW.row_id)
OR (SELECT payable_fen FROM statement WHERE id = NEW.statement_id) <> NEW.amount_fen
OR (SELECT state FROM statement WHERE id = NEW.statement_id) <> 'approved'
"""


def upgrade() -> None:
    op.create_table(
        "payment_batch",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("drawn_by", _ID, nullable=True),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by", _ID, nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_batch_number")),
    )
    op.create_table(
        "payment_row",
        sa.Column("id", _ID, nullable=False),
        sa.Column("batch_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("account_name", sa.String(length=200), nullable=False),
        sa.Column("bank_name", sa.String(length=200), nullable=False),
        sa.Column("account_no", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", _ID, nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_row_amount")),
        sa.CheckConstraint(
            "account_name <> '' AND bank_name <> '' AND account_no <> ''",
            name=op.f("ck_payment_row_account"),
        ),
        sa.CheckConstraint(
            "state <> 'paid' OR bank_reference <> ''", name=op.f("ck_payment_row_reference")
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR reason <> ''", name=op.f("ck_payment_row_reason")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batch.id"], name=op.f("fk_payment_row_batch_id_payment_batch")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_payment_row_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_row")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_payment_row_batch_id_position")),
    )
    op.create_index(
        "uq_payment_row_bank_reference",
        "payment_row",
        ["bank_reference"],
        unique=True,
        sqlite_where=_REFERRED,
        postgresql_where=_REFERRED,
    )
    op.create_table(
        "payment_item",
        sa.Column("id", _ID, nullable=False),
        sa.Column("row_id", _ID, nullable=False),
        sa.Column("statement_id", _ID, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"], ["payment_row.id"], name=op.f("fk_payment_item_row_id_payment_row")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_payment_item_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_item")),
        sa.UniqueConstraint(
            "row_id", "statement_id", name=op.f("uq_payment_item_row_id_statement_id")
        ),
    )
    op.create_index(
        "uq_payment_item_open_statement",
        "payment_item",
        ["statement_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    freeze_columns(
        op,
        "payment_batch",
        ("id", "number", "row_count", "amount_fen", "drawn_by", "drawn_at"),
        when="OLD.id IS NOT NULL",
    )
    freeze_columns(
        op,
        "payment_row",
        (
            *("id", "batch_id", "position", "organisation_id", "amount_fen"),
            *("account_name", "bank_name", "account_no"),
        ),
        when="OLD.id IS NOT NULL",
    )
    freeze_columns(
        op,
        "payment_item",
        ("id", "row_id", "statement_id", "amount_fen"),
        when="OLD.id IS NOT NULL",
    )
    refuse_insert(op, "payment_item", "payment_item_not_its_own", when=_NOT_ITS_OWN)


def downgrade() -> None:
    allow_again(op, "payment_item", "payment_item_not_its_own")
    for table in ("payment_item", "payment_row", "payment_batch"):
        thaw_columns(op, table)
        op.drop_table(table)
