"""Let a voucher pay again where a correction of its charge was put right."""

from alembic import op

revision = "107_restored"
down_revision = "106_money"
branch_labels = None
depends_on = None


def _adds(also: str) -> tuple[str, str]:
    """What each kind of movement takes from, and adds to; `also` pays like a redemption, but out
    of what is available."""
    paid = f"('redeemed'{also})"
    redeemed = (
        f"redeemed_fen = redeemed_fen + CASE WHEN NEW.kind IN {paid} THEN NEW.amount_fen "
        "WHEN NEW.kind = 'returned' THEN -NEW.amount_fen ELSE 0 END"
    )
    encumbered = (
        "encumbered_fen = encumbered_fen + CASE WHEN NEW.kind = 'encumbered' THEN NEW.amount_fen "
        "WHEN NEW.kind IN ('released', 'redeemed') THEN -NEW.amount_fen ELSE 0 END"
    )
    voucher = (
        "UPDATE voucher SET available_fen = available_fen + CASE "
        "WHEN NEW.kind IN ('issued', 'released', 'returned') THEN NEW.amount_fen "
        f"WHEN NEW.kind IN ('encumbered', 'expired'{also}) THEN -NEW.amount_fen ELSE 0 END, "
        f"{encumbered}, {redeemed}, expired_fen = expired_fen + "
        "CASE WHEN NEW.kind = 'expired' THEN NEW.amount_fen ELSE 0 END WHERE id = NEW.voucher_id;"
    )
    claim = (
        f"UPDATE voucher_claim SET {encumbered}, {redeemed} "
        "WHERE id = NEW.claim_id AND voucher_id = NEW.voucher_id;"
    )
    return voucher, claim


def _owed(also: str) -> str:
    return (
        "SELECT 1 FROM voucher_movement AS moved "
        "JOIN voucher_claim ON voucher_claim.id = moved.claim_id "
        "JOIN voucher_payment ON voucher_payment.provider_id = voucher_claim.provider_id "
        "WHERE moved.id = NEW.movement_id AND voucher_payment.id = NEW.payment_id "
        f"AND NEW.amount_fen = CASE WHEN moved.kind IN ('redeemed'{also}) THEN moved.amount_fen "
        "WHEN moved.kind = 'returned' THEN -moved.amount_fen END"
    )


def upgrade() -> None:
    _know(", 'restored'")


def downgrade() -> None:
    # What was paid again stays in the sums; only that nobody can do so any more.
    _know("")


def _know(also: str) -> None:
    voucher, claim = _adds(also)
    owed = _owed(also)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION add_up_voucher_movement() RETURNS trigger "
            f"LANGUAGE plpgsql AS $$ BEGIN {voucher} {claim} RETURN NEW; END $$"
        )
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_voucher_not_owed() RETURNS trigger "
            f"LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS ({owed}) THEN RAISE EXCEPTION 'not_owed' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        return
    op.execute("DROP TRIGGER voucher_movement_added_up")
    op.execute(
        "CREATE TRIGGER voucher_movement_added_up AFTER INSERT ON voucher_movement "
        f"BEGIN {voucher} {claim} END"
    )
    op.execute("DROP TRIGGER voucher_payment_line_owed")
    op.execute(
        "CREATE TRIGGER voucher_payment_line_owed BEFORE INSERT ON voucher_payment_line "
        f"WHEN NOT EXISTS ({owed}) BEGIN SELECT RAISE(ABORT, 'not_owed'); END"
    )
