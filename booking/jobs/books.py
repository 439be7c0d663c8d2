"""Whether everything that is owed or paid stands in the ledger once: proven by night, and by
`booking check`. Each question finds the rows that must not exist."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.ledger.queries.balances import unbalanced_postings

# What is written down, under which reference, and whose accounts it moves; a statement is owed when
# it is approved, and paid when it is paid.
_WITH: Final = """
    WITH charged AS (
        SELECT 'charge:' || charge.number AS reference, charge.amount_fen,
            charge.organisation_id, charge.provider_id
        FROM charge
        UNION ALL
        SELECT 'charge:' || entered.number, entered.amount_fen,
            charge.organisation_id, charge.provider_id
        FROM charge_correction AS entered JOIN charge ON charge.id = entered.charge_id
    ), stated AS (
        SELECT 'statement:' || number || '/' || revision || '\\:subsidy_payable' AS reference,
            'subsidy_payable' AS kind, organisation_id, payable_fen
        FROM statement WHERE state IN ('approved', 'paid')
        UNION ALL
        SELECT 'statement:' || number || '/' || revision || '\\:bank', 'bank', organisation_id,
            payable_fen
        FROM statement WHERE state = 'paid'
    ), booked AS (
        SELECT posting.reference, ledger_account.kind, ledger_account.organisation_id,
            SUM(ledger_entry.amount_fen) AS amount_fen
        FROM posting
        JOIN ledger_entry ON ledger_entry.posting_id = posting.id
        JOIN ledger_account ON ledger_account.id = ledger_entry.account_id
        GROUP BY posting.reference, ledger_account.kind, ledger_account.organisation_id
    )"""
_QUESTIONS: Final = {
    "a charge differs from its posting": """
        SELECT charged.reference, charged.amount_fen, COALESCE(owed.amount_fen, 0) AS owed_fen,
            COALESCE(earned.amount_fen, 0) AS earned_fen
        FROM charged
        LEFT JOIN booked AS owed ON owed.reference = charged.reference
            AND owed.kind = 'receivable' AND owed.organisation_id = charged.organisation_id
        LEFT JOIN booked AS earned ON earned.reference = charged.reference
            AND earned.kind = 'revenue' AND earned.organisation_id = charged.provider_id
        WHERE COALESCE(owed.amount_fen, 0) <> charged.amount_fen
        OR COALESCE(earned.amount_fen, 0) <> -charged.amount_fen
    """,
    "a posting of a charge has no charge": """
        SELECT posting.reference FROM posting
        LEFT JOIN charged ON charged.reference = posting.reference
        WHERE posting.reference LIKE 'charge:%' AND charged.reference IS NULL
    """,
    "a statement differs from its posting": """
        SELECT stated.reference, stated.payable_fen, COALESCE(booked.amount_fen, 0) AS posted_fen
        FROM stated
        LEFT JOIN booked ON booked.reference = stated.reference AND booked.kind = stated.kind
            AND booked.organisation_id = stated.organisation_id
        WHERE COALESCE(booked.amount_fen, 0) <> -stated.payable_fen
    """,
    "a prepaid balance is not the sum of its entries": """
        SELECT 'prepaid account ' || account.id AS reference, account.balance_fen,
            account.held_fen
        FROM prepaid_account AS account
        WHERE balance_fen <> COALESCE((
            SELECT SUM(amount_fen) FROM prepaid_entry WHERE account_id = account.id
        ), 0)
        OR held_fen <> COALESCE((
            SELECT SUM(amount_fen) FROM funds_hold
            WHERE account_id = account.id AND released_at IS NULL
        ), 0)
        OR held_fen < 0 OR held_fen > balance_fen
    """,
    "a prepaid entry differs from its posting": """
        SELECT entry.reference, entry.amount_fen, COALESCE(booked.amount_fen, 0) AS posted_fen
        FROM prepaid_entry AS entry JOIN prepaid_account AS account ON account.id = account_id
        LEFT JOIN booked ON booked.reference = 'prepaid:' || entry.reference
            AND booked.kind = 'prepaid' AND booked.organisation_id = account.provider_id
        WHERE COALESCE(booked.amount_fen, 0) <> -entry.amount_fen
    """,
    "a posting of a prepayment has no entry": """
        SELECT posting.reference FROM posting
        LEFT JOIN prepaid_entry AS entry ON 'prepaid:' || entry.reference = posting.reference
        WHERE posting.reference LIKE 'prepaid:%' AND entry.id IS NULL
    """,
    "money is held for a booking that is over": """
        SELECT funds_hold.reference, state FROM funds_hold
        LEFT JOIN reservation ON reservation.number = funds_hold.reference
        WHERE released_at IS NULL AND (
            state IS NULL OR state IN ('settled', 'cancelled', 'rejected', 'expired', 'missed')
        )
    """,
    "a voucher is not the sum of its movements": """
        SELECT voucher.number AS reference, face_fen FROM voucher
        LEFT JOIN (
            SELECT voucher_id,
                SUM(CASE WHEN kind = 'issued' THEN amount_fen ELSE 0 END) AS issued_fen,
                SUM(CASE WHEN kind = 'encumbered' THEN amount_fen
                    WHEN kind IN ('released', 'redeemed') THEN -amount_fen ELSE 0 END) AS held_fen,
                SUM(CASE WHEN kind IN ('redeemed', 'restored') THEN amount_fen
                    WHEN kind = 'returned' THEN -amount_fen ELSE 0 END) AS paid_fen,
                SUM(CASE WHEN kind = 'expired' THEN amount_fen ELSE 0 END) AS lost_fen
            FROM voucher_movement GROUP BY voucher_id
        ) AS moved ON moved.voucher_id = voucher.id
        WHERE issued_fen IS NULL OR issued_fen <> face_fen OR held_fen <> encumbered_fen
        OR paid_fen <> redeemed_fen OR lost_fen <> expired_fen
        OR available_fen + encumbered_fen + redeemed_fen + expired_fen <> face_fen
    """,
    "a payment for vouchers is not the sum of its lines": """
        SELECT number AS reference, voucher_payment.amount_fen FROM voucher_payment
        LEFT JOIN (
            SELECT payment_id, SUM(amount_fen) AS listed_fen FROM voucher_payment_line
            GROUP BY payment_id
        ) AS listed ON listed.payment_id = voucher_payment.id
        WHERE COALESCE(listed_fen, 0) <> amount_fen
    """,
    "a redemption of a voucher differs from its posting": """
        SELECT moved.reference, moved.amount_fen FROM voucher_movement AS moved
        JOIN voucher ON voucher.id = moved.voucher_id
        LEFT JOIN booked ON booked.reference = moved.reference AND booked.kind = 'receivable'
            AND booked.organisation_id = voucher.organisation_id
        WHERE (moved.kind IN ('redeemed', 'restored')
            AND COALESCE(booked.amount_fen, 0) <> -moved.amount_fen)
        OR (moved.kind = 'returned' AND COALESCE(booked.amount_fen, 0) <> moved.amount_fen)
    """,
    "a payment for vouchers differs from its posting": """
        SELECT paid.number AS reference, paid.amount_fen FROM voucher_payment AS paid
        LEFT JOIN booked AS owed ON owed.reference = 'voucher-payment:' || paid.number
            AND owed.kind = 'voucher_payable' AND owed.organisation_id = paid.provider_id
        LEFT JOIN booked AS claimed ON claimed.reference = 'voucher-payment:' || paid.number
            AND claimed.kind = 'voucher_claim' AND claimed.organisation_id = paid.provider_id
        WHERE COALESCE(owed.amount_fen, 0) <> paid.amount_fen
        OR COALESCE(claimed.amount_fen, 0) <> -paid.amount_fen
    """,
    "what a provider is owed for vouchers is not what the books say": """
        SELECT 'provider ' || provider_id AS reference, SUM(owed_fen) AS owed_fen,
            SUM(payable_fen) AS payable_fen, SUM(claim_fen) AS claim_fen
        FROM (
            SELECT voucher_claim.provider_id, CASE WHEN moved.kind IN ('redeemed', 'restored')
                THEN moved.amount_fen ELSE -moved.amount_fen END AS owed_fen,
                0 AS payable_fen, 0 AS claim_fen
            FROM voucher_movement AS moved
            JOIN voucher_claim ON voucher_claim.id = moved.claim_id
            LEFT JOIN voucher_payment_line AS line ON line.movement_id = moved.id
            WHERE moved.kind IN ('redeemed', 'restored', 'returned') AND line.id IS NULL
            UNION ALL
            SELECT organisation_id, 0,
                CASE WHEN kind = 'voucher_payable' THEN -amount_fen ELSE 0 END,
                CASE WHEN kind = 'voucher_claim' THEN amount_fen ELSE 0 END
            FROM booked WHERE kind IN ('voucher_payable', 'voucher_claim')
        ) AS said
        GROUP BY provider_id
        HAVING SUM(owed_fen) <> SUM(payable_fen) OR SUM(owed_fen) <> SUM(claim_fen)
    """,
    "a posting of a payment for vouchers has no payment": """
        SELECT posting.reference FROM posting
        LEFT JOIN voucher_payment AS paid ON 'voucher-payment:' || paid.number = posting.reference
        WHERE posting.reference LIKE 'voucher-payment:%' AND paid.id IS NULL
    """,
    "a voucher waits for a booking that is over": """
        SELECT voucher_claim.number AS reference, reservation.state FROM voucher_claim
        JOIN reservation ON reservation.id = voucher_claim.reservation_id
        WHERE voucher_claim.state = 'open'
        AND reservation.state IN ('settled', 'cancelled', 'rejected', 'expired', 'missed')
    """,
    "a posting of a statement has no statement": """
        SELECT posting.reference FROM posting
        LEFT JOIN stated ON stated.reference = posting.reference
        WHERE posting.reference LIKE 'statement:%' AND stated.reference IS NULL
    """,
}
BOOKS: Final = {name: "".join((_WITH, asked)) for name, asked in _QUESTIONS.items()}


def broken_books(session: Session) -> Iterator[str]:
    """What is wrong with the books, each with what it is about."""
    for reference, difference_fen in unbalanced_postings(session):
        yield f"a posting does not balance: {reference} ({difference_fen})"
    for name, sql in BOOKS.items():
        for row in session.execute(sa.text(sql)).mappings():
            yield f"{name}: {row['reference']}"
