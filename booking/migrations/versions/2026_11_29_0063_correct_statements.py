"""Let a line correct another that was locked, and keep what is recovered of a paid one."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting, freeze_columns, thaw_columns
from booking.db.refusals import allow_again, refuse_insert
from booking.db.types import UtcDateTime

revision = "63_corrections"
down_revision = "62_statement_files"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FROZEN = (
    *("id", "settlement_id", "statement_id", "revision", "position", "locked", "kind"),
    *("programme", "version", "charge_id", "credit_line_id", "reference", "day", "period_year"),
    *("user_key", "group_key", "provider_id", "instrument_id", "span_from", "span_until"),
    *("eligible", "amount_fen", "base_fen", "before_fen", "granted_fen", "payable_fen", "detail"),
)
_PLAIN = (
    ("ix_statement_line_programme_period_year", ["programme", "period_year"]),
    ("ix_statement_line_settlement_id", ["settlement_id"]),
    ("ix_statement_line_statement_id_position", ["statement_id", "position"]),
)
_CHARGE = ("uq_statement_line_live_charge", ["charge_id", "programme"])
_LOAN = (
    "uq_statement_line_live_loan",
    ["credit_line_id", "programme", "settlement_id", "span_from"],
)
_BEFORE = (
    (*_CHARGE, "live AND charge_id IS NOT NULL"),
    (*_LOAN, "live AND credit_line_id IS NOT NULL"),
)
_AFTER = (
    (*_CHARGE, "live AND charge_id IS NOT NULL AND corrects_id IS NULL"),
    (*_LOAN, "live AND credit_line_id IS NOT NULL AND clawback_id IS NULL"),
    (
        "uq_statement_line_live_correction",
        ["corrects_id", "settlement_id", "version", "day"],
        "live AND corrects_id IS NOT NULL AND clawback_id IS NULL",
    ),
    (
        "uq_statement_line_live_clawback",
        ["clawback_id"],
        "live AND clawback_id IS NOT NULL",
    ),
)
_TOO_MUCH = """
NEW.amount_fen + (SELECT COALESCE(SUM(amount_fen), 0) FROM clawback WHERE line_id = NEW.line_id)
> (SELECT COALESCE(SUM(payable_fen), 0) FROM statement_line
   WHERE (id = NEW.line_id OR corrects_id = NEW.line_id) AND clawback_id IS NULL AND live)
"""


def upgrade() -> None:
    thaw_columns(op, "statement_line")
    _drop_indexes(_BEFORE)
    with op.batch_alter_table("statement_line") as table:
        table.add_column(sa.Column("corrects_id", _ID))
        table.add_column(sa.Column("clawback_id", _ID))
        table.create_foreign_key(
            op.f("fk_statement_line_corrects_id_statement_line"),
            "statement_line",
            ["corrects_id"],
            ["id"],
        )
    _create_indexes(_AFTER)
    op.create_index(
        "ix_statement_line_corrects_id",
        "statement_line",
        ["corrects_id"],
        sqlite_where=sa.text("corrects_id IS NOT NULL"),
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    freeze_columns(
        op, "statement_line", (*_FROZEN, "corrects_id", "clawback_id"), when="OLD.locked"
    )
    op.create_table(
        "clawback",
        sa.Column("id", _ID, nullable=False),
        sa.Column("line_id", _ID, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("entered_by", _ID, nullable=True),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_clawback_amount")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_clawback_reason")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["statement_line.id"], name=op.f("fk_clawback_line_id_statement_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clawback")),
    )
    op.create_index(op.f("ix_clawback_line_id"), "clawback", ["line_id"])
    forbid_rewriting(op, "clawback")
    refuse_insert(op, "clawback", "clawback_too_much", when=_TOO_MUCH)


def downgrade() -> None:
    allow_again(op, "clawback", "clawback_too_much")
    allow_rewriting(op, "clawback")
    op.drop_table("clawback")
    thaw_columns(op, "statement_line")
    op.execute("DELETE FROM statement_line WHERE corrects_id IS NOT NULL")
    op.drop_index("ix_statement_line_corrects_id", "statement_line")
    _drop_indexes(_AFTER)
    with op.batch_alter_table("statement_line") as table:
        table.drop_constraint(
            op.f("fk_statement_line_corrects_id_statement_line"), type_="foreignkey"
        )
        table.drop_column("clawback_id")
        table.drop_column("corrects_id")
    _create_indexes(_BEFORE)
    freeze_columns(op, "statement_line", _FROZEN, when="OLD.locked")


def _drop_indexes(partial: tuple[tuple[str, list[str], str], ...]) -> None:
    for name, *_ in (*_PLAIN, *partial):
        op.drop_index(name, "statement_line")


def _create_indexes(partial: tuple[tuple[str, list[str], str], ...]) -> None:
    for name, columns in _PLAIN:
        op.create_index(name, "statement_line", columns)
    for name, columns, where in partial:
        op.create_index(
            name,
            "statement_line",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
