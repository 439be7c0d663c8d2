"""Keep which redeemed vouchers a provider was paid for; the database lets none be paid twice."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting
from booking.db.types import Id, UtcDateTime

revision = "82_vouchers_paid"
down_revision = "81_draw_terms"
branch_labels = None
depends_on = None

# A line is just one redemption, or what came back of one, of the provider that is paid.
_OWED = """
    SELECT 1 FROM voucher_movement AS moved
    JOIN voucher_claim ON voucher_claim.id = moved.claim_id
    JOIN voucher_payment ON voucher_payment.provider_id = voucher_claim.provider_id
    WHERE moved.id = NEW.movement_id AND voucher_payment.id = NEW.payment_id
    AND NEW.amount_fen = CASE moved.kind
        WHEN 'redeemed' THEN moved.amount_fen WHEN 'returned' THEN -moved.amount_fen END
"""


def upgrade() -> None:
    _create_payments()
    _create_lines()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_voucher_not_owed() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF NOT EXISTS ({_OWED}) THEN RAISE EXCEPTION 'not_owed' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER voucher_payment_line_owed BEFORE INSERT ON voucher_payment_line "
            "FOR EACH ROW EXECUTE FUNCTION refuse_voucher_not_owed()"
        )
    else:
        op.execute(
            "CREATE TRIGGER voucher_payment_line_owed BEFORE INSERT ON voucher_payment_line "
            f"WHEN NOT EXISTS ({_OWED}) BEGIN SELECT RAISE(ABORT, 'not_owed'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER voucher_payment_line_owed ON voucher_payment_line")
        op.execute("DROP FUNCTION refuse_voucher_not_owed()")
    else:
        op.execute("DROP TRIGGER voucher_payment_line_owed")
    for table in ("voucher_payment_line", "voucher_payment"):
        allow_rewriting(op, table)
        op.drop_table(table)


def _create_payments() -> None:
    op.create_table(
        "voucher_payment",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("provider_id", Id, nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_by", Id, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_voucher_payment_amount")),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["organisation.id"],
            name=op.f("fk_voucher_payment_provider_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_payment")),
        sa.UniqueConstraint("number", name=op.f("uq_voucher_payment_number")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_voucher_payment_bank_reference")),
    )
    op.create_index(op.f("ix_voucher_payment_provider_id"), "voucher_payment", ["provider_id"])
    forbid_rewriting(op, "voucher_payment")


def _create_lines() -> None:
    op.create_table(
        "voucher_payment_line",
        sa.Column("id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("movement_id", Id, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["voucher_payment.id"],
            name=op.f("fk_voucher_payment_line_payment_id_voucher_payment"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"],
            ["voucher_movement.id"],
            name=op.f("fk_voucher_payment_line_movement_id_voucher_movement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_payment_line")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_voucher_payment_line_movement_id")),
    )
    op.create_index(
        op.f("ix_voucher_payment_line_payment_id"), "voucher_payment_line", ["payment_id"]
    )
    forbid_rewriting(op, "voucher_payment_line")
