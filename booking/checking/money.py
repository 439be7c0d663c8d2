"""Invariants 3 and 10: the books balance, and everything that is owed was charged exactly once."""

from collections.abc import Iterable
from typing import Final

from sqlmodel import Session

from booking.checking.proof import Proof, Row, selecting
from booking.jobs.books import BOOKS
from booking.ledger.queries.balances import unbalanced_postings


def _unbalanced(session: Session) -> Iterable[Row]:
    for reference, difference_fen in unbalanced_postings(session):
        yield {"reference": reference, "difference_fen": difference_fen}


PROOFS: Final = (
    Proof(3, "a posting does not balance", _unbalanced),
    *(Proof(3, name, selecting(sql)) for name, sql in BOOKS.items()),
    Proof(
        4,
        "a charge comes to less than nothing",
        selecting("""
            SELECT charge.number, charge.amount_fen, SUM(entered.amount_fen) AS entered_fen
            FROM charge JOIN charge_correction AS entered ON entered.charge_id = charge.id
            GROUP BY charge.id, charge.number, charge.amount_fen
            HAVING charge.amount_fen + SUM(entered.amount_fen) < 0
        """),
    ),
    Proof(
        10,
        "an adjustment was not entered, or nobody agreed to it",
        selecting("""
            SELECT asked.id AS adjustment_id, asked.state, asked.amount_fen, entered.amount_fen
                AS entered_fen
            FROM charge_adjustment AS asked
            LEFT JOIN charge_correction AS entered ON entered.adjustment_id = asked.id
            WHERE (asked.state = 'applied') <> (entered.id IS NOT NULL)
            OR (entered.id IS NOT NULL AND (entered.amount_fen <> asked.amount_fen
                OR entered.charge_id <> asked.charge_id))
            OR asked.decided_by = asked.asked_by
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
            SELECT number, overrun_fen, reckoned_fen
            FROM usage_session JOIN reservation ON reservation.id = usage_session.reservation_id
            LEFT JOIN (
                SELECT charge.reservation_id AS booking_id, charge.amount_fen + COALESCE((
                    SELECT SUM(entered.amount_fen) FROM charge_correction AS entered
                    WHERE entered.charge_id = charge.id AND entered.kind = 'facts'
                ), 0) AS reckoned_fen, charge.amount_fen + COALESCE((
                    SELECT SUM(entered.amount_fen) FROM charge_correction AS entered
                    WHERE entered.charge_id = charge.id
                ), 0) AS owed_fen
                FROM charge WHERE charge.kind = 'overrun'
            ) AS overrun ON overrun.booking_id = reservation.id
            WHERE COALESCE(reckoned_fen, 0) <> overrun_fen AND COALESCE(owed_fen, 1) <> 0
        """),
    ),
    Proof(
        10,
        "a charge has nothing to charge for",
        selecting("""
            SELECT charge.number, kind, state
            FROM charge JOIN reservation ON reservation.id = reservation_id
            WHERE (kind = 'use' AND state <> 'settled')
            OR (kind = 'late_cancellation' AND state <> 'cancelled'
                AND NOT (state = 'settled' AND given_back_fen > 0))
            OR (kind = 'no_show' AND state <> 'missed')
            OR (kind = 'overrun' AND state NOT IN ('completed', 'disputed', 'settled'))
        """),
    ),
)
