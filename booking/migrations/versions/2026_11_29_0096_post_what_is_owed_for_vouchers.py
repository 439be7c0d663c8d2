"""Post to the books what providers are owed for vouchers, and were paid, before it was posted.

From now on each redemption, what comes back of one, and each payment post it themselves.
"""

from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting

revision = "96_voucher_postings"
down_revision = "95_early_end"
branch_labels = None
depends_on = None

# What the centre owes a provider more (or less) with a step, under which reference.
_OWED = """
    SELECT moved.reference || '/owed' AS reference, moved.made_at AS at, voucher.number AS memo,
        voucher_claim.provider_id,
        CASE WHEN moved.kind = 'redeemed' THEN moved.amount_fen ELSE -moved.amount_fen END
            AS amount_fen
    FROM voucher_movement AS moved
    JOIN voucher ON voucher.id = moved.voucher_id
    JOIN voucher_claim ON voucher_claim.id = moved.claim_id
    WHERE moved.kind IN ('redeemed', 'returned')
"""
_PAID = """
    SELECT 'voucher-payment:' || number AS reference, made_at AS at, bank_reference AS memo,
        provider_id, amount_fen
    FROM voucher_payment
"""
# An asset of the provider and a debt of the centre; paid, money leaves one and comes to the other.
_LEGS = {
    _OWED: (("voucher_claim", 1), ("voucher_payable", -1)),
    _PAID: (("voucher_payable", 1), ("bank", -1), ("bank", 1), ("voucher_claim", -1)),
}
_KINDS = "('voucher_claim', 'voucher_payable')"
_POSTED = (
    "reference LIKE 'voucher-payment:%' OR (reference LIKE 'voucher:%' AND reference LIKE '%/owed')"
)


def upgrade() -> None:
    for steps, legs in _LEGS.items():
        op.execute(
            f"INSERT INTO posting (reference, at, memo) "
            f"SELECT reference, at, memo FROM ({steps}) AS step ORDER BY at, reference"
        )
        for kind in sorted({kind for kind, _ in legs}):
            op.execute(
                f"INSERT INTO ledger_account (kind, organisation_id) "
                f"SELECT DISTINCT '{kind}', provider_id FROM ({steps}) AS step "
                f"WHERE NOT EXISTS (SELECT 1 FROM ledger_account AS known "
                f"WHERE known.kind = '{kind}' AND known.organisation_id = step.provider_id)"
            )
        for kind, sign in legs:
            op.execute(
                f"INSERT INTO ledger_entry (posting_id, account_id, amount_fen) "
                f"SELECT posting.id, ledger_account.id, {sign} * step.amount_fen "
                f"FROM ({steps}) AS step "
                f"JOIN posting ON posting.reference = step.reference "
                f"JOIN ledger_account ON ledger_account.kind = '{kind}' "
                f"AND ledger_account.organisation_id = step.provider_id"
            )


def downgrade() -> None:
    """Without these legs every posting still balances; older books know no such accounts."""
    for table in ("ledger_entry", "posting"):
        allow_rewriting(op, table)
    op.execute(
        f"DELETE FROM ledger_entry WHERE account_id IN "
        f"(SELECT id FROM ledger_account WHERE kind IN {_KINDS}) OR posting_id IN "
        f"(SELECT id FROM posting WHERE {_POSTED})"
    )
    op.execute(f"DELETE FROM posting WHERE {_POSTED}")
    op.execute(f"DELETE FROM ledger_account WHERE kind IN {_KINDS}")
    for table in ("ledger_entry", "posting"):
        forbid_rewriting(op, table)
