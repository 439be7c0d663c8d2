"""Create invoices, payments, their files, and what they are matched with; written once."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting, freeze_columns, thaw_columns
from booking.db.types import Id, UtcDateTime

revision = "58_invoices"
down_revision = "57_quotes"
branch_labels = None
depends_on = None

_COLUMNS = {
    "invoice": (
        *("id", "reference", "kind", "code", "number", "provider_id", "organisation_id"),
        *("seller_uscc", "buyer_uscc", "issued_on", "net_fen", "tax_fen", "total_fen"),
        *("original_id", "note", "recorded_by", "recorded_at"),
    ),
    "payment": (
        *("id", "reference", "organisation_id", "provider_id", "paid_on", "amount_fen", "bank"),
        *("bank_transaction_number", "original_id", "note", "recorded_by", "recorded_at"),
    ),
}
_UNIQUE = {"invoice": ["code", "number"], "payment": ["bank", "bank_transaction_number"]}
_SIDES = {"invoice_match": ("invoice", "charge"), "payment_match": ("payment", "invoice")}
_MATCHES = {
    "invoice_match": ("id", "invoice_id", "charge_id", "amount_fen", "matched_by", "matched_at"),
    "payment_match": ("id", "payment_id", "invoice_id", "amount_fen", "matched_by", "matched_at"),
}


def _life() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("state_reason", sa.String(500), nullable=False),
        sa.Column("recorded_by", Id, nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("checked_by", Id, nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("voided_by", Id, nullable=True),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
    )


def _foreign_key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _parties(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.CheckConstraint("checked_by <> recorded_by", name=op.f(f"ck_{table}_two_people")),
        _foreign_key(table, "organisation_id", "organisation"),
        _foreign_key(table, "provider_id", "organisation"),
        _foreign_key(table, "original_id", table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("reference", name=op.f(f"uq_{table}_reference")),
    )


def _create_invoice() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", Id, nullable=False),
        sa.Column("reference", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("provider_id", Id, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("seller_uscc", sa.String(18), nullable=False),
        sa.Column("buyer_uscc", sa.String(18), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("net_fen", sa.BigInteger(), nullable=False),
        sa.Column("tax_fen", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("original_id", Id, nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        *_life(),
        sa.CheckConstraint("total_fen = net_fen + tax_fen", name=op.f("ck_invoice_sums")),
        sa.CheckConstraint(
            "(original_id IS NULL) = (total_fen > 0)", name=op.f("ck_invoice_credit")
        ),
        sa.CheckConstraint("total_fen <> 0", name=op.f("ck_invoice_not_nought")),
        *_parties("invoice"),
    )


def _create_payment() -> None:
    op.create_table(
        "payment",
        sa.Column("id", Id, nullable=False),
        sa.Column("reference", sa.String(24), nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("provider_id", Id, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("bank", sa.String(100), nullable=False),
        sa.Column("bank_transaction_number", sa.String(64), nullable=False),
        sa.Column("original_id", Id, nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        *_life(),
        sa.CheckConstraint(
            "(original_id IS NULL) = (amount_fen > 0)", name=op.f("ck_payment_refund")
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_payment_not_nought")),
        *_parties("payment"),
    )


def _create_file(owner: str) -> None:
    table = f"{owner}_file"
    op.create_table(
        table,
        sa.Column("id", Id, nullable=False),
        sa.Column(f"{owner}_id", Id, nullable=False),
        sa.Column("file_id", Id, nullable=False),
        sa.Column("added_by", Id, nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        _foreign_key(table, f"{owner}_id", owner),
        _foreign_key(table, "file_id", "stored_file"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{owner}_id"), table, [f"{owner}_id"])
    op.create_index(op.f(f"ix_{table}_file_id"), table, ["file_id"])
    forbid_rewriting(op, table)


def _create_match(table: str) -> None:
    left, right = _SIDES[table]
    op.create_table(
        table,
        sa.Column("id", Id, nullable=False),
        sa.Column(f"{left}_id", Id, nullable=False),
        sa.Column(f"{right}_id", Id, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("matched_by", Id, nullable=True),
        sa.Column("matched_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", Id, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount_fen <> 0", name=op.f(f"ck_{table}_not_nought")),
        _foreign_key(table, f"{left}_id", left),
        _foreign_key(table, f"{right}_id", right),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{right}_id"), table, [f"{right}_id"])
    op.create_index(
        f"uq_{table}_live",
        table,
        [f"{left}_id", f"{right}_id"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )


def upgrade() -> None:
    _create_invoice()
    _create_payment()
    for table in _COLUMNS:
        parties = ["organisation_id", "provider_id"]
        op.create_index(op.f(f"ix_{table}_organisation_id_provider_id"), table, parties)
        for column in ("provider_id", "original_id", "state"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        op.create_index(
            f"uq_{table}_standing",
            table,
            _UNIQUE[table],
            unique=True,
            sqlite_where=sa.text("state <> 'voided'"),
            postgresql_where=sa.text("state <> 'voided'"),
        )
        _create_file(table)
    for table in _SIDES:
        _create_match(table)
    # Only states move, and a match can only end; what is voided or has ended stays as it is.
    for table, columns in (_COLUMNS | _MATCHES).items():
        freeze_columns(op, table, columns, when="OLD.id IS NOT NULL")
        ended = "NOT OLD.live" if table in _MATCHES else "OLD.state = 'voided'"
        forbid_rewriting(op, table, when=ended)


def downgrade() -> None:
    for table in _COLUMNS | _MATCHES:
        allow_rewriting(op, table)
        thaw_columns(op, table)
    for table in ("payment", "invoice"):
        allow_rewriting(op, f"{table}_file")
        op.drop_table(f"{table}_match")
        op.drop_table(f"{table}_file")
    op.drop_table("payment")
    op.drop_table("invoice")
