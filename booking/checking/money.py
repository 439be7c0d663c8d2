"""Invariants 3 and 10: the books balance, and everything that is owed was charged exactly once."""

from collections.abc import Iterable
from typing import Final

from sqlmodel import Session

from booking.checking.proof import Proof, Row, selecting
from booking.ledger.queries import unbalanced_postings


def _unbalanced(session: Session) -> Iterable[Row]:
    for reference, difference_fen in unbalanced_postings(session):
        yield {"reference": reference, "difference_fen": difference_fen}


PROOFS: Final = (
    Proof(3, "a posting does not balance", _unbalanced),
    Proof(
        3,
        "a charge differs from its posting",
        selecting("""
            SELECT charge.number, charge.amount_fen,
                COALESCE(SUM(ledger_entry.amount_fen), 0) AS posted_fen
            FROM charge
            LEFT JOIN posting ON posting.reference = 'charge:' || charge.number
            LEFT JOIN ledger_account ON ledger_account.kind = 'receivable'
                AND ledger_account.organisation_id = charge.organisation_id
            LEFT JOIN ledger_entry ON ledger_entry.posting_id = posting.id
                AND ledger_entry.account_id = ledger_account.id
            GROUP BY charge.id, charge.number, charge.amount_fen
            HAVING charge.amount_fen <> COALESCE(SUM(ledger_entry.amount_fen), 0)
        """),
    ),
    Proof(
        10,
        "a settled use was not charged",
        selecting("""
            SELECT number FROM reservation
            WHERE state = 'settled' AND NOT EXISTS (
                SELECT 1 FROM charge WHERE reservation_id = reservation.id AND kind = 'use'
            )
        """),
    ),
    Proof(
        10,
        "a fee was not charged",
        selecting("""
            SELECT number, state, fee_fen FROM reservation
            WHERE state IN ('cancelled', 'missed') AND fee_fen > 0 AND NOT EXISTS (
                SELECT 1 FROM charge
                WHERE reservation_id = reservation.id AND kind <> 'use'
                AND charge.amount_fen = fee_fen
            )
        """),
    ),
    Proof(
        10,
        "running over was not charged",
        selecting("""
            SELECT number, overrun_fen
            FROM usage_session JOIN reservation ON reservation.id = reservation_id
            WHERE overrun_fen > 0 AND NOT EXISTS (
                SELECT 1 FROM charge
                WHERE charge.reservation_id = reservation.id AND kind = 'overrun'
                AND charge.amount_fen = overrun_fen
            )
        """),
    ),
    Proof(
        10,
        "a charge has nothing to charge for",
        selecting("""
            SELECT charge.number, kind, state
            FROM charge JOIN reservation ON reservation.id = reservation_id
            WHERE (kind = 'use' AND state <> 'settled')
            OR (kind = 'late_cancellation' AND state <> 'cancelled')
            OR (kind = 'no_show' AND state <> 'missed')
            OR (kind = 'overrun' AND state NOT IN ('completed', 'disputed', 'settled'))
        """),
    ),
)
