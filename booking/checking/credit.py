"""Invariants 9 and 10 of credit: every entry has its fact, and what takes one back its decision."""

from typing import Final

from booking.checking.proof import Proof, selecting

PROOFS: Final = (
    Proof(
        10,
        "a credit entry without the booking that it is about",
        selecting("""
            SELECT credit_entry.id AS entry_id, cause, reservation_number, state
            FROM credit_entry LEFT JOIN reservation ON number = reservation_number
            WHERE state IS NULL
            OR (cause = 'no_show' AND state <> 'missed')
            OR (cause = 'late_cancellation' AND NOT (state = 'cancelled' AND late))
            OR (cause = 'host_cancellation' AND state <> 'cancelled')
            OR (cause IN ('late_confirmation', 'host_late_confirmation', 'good_use',
                'host_good_use') AND state <> 'settled')
        """),
    ),
    Proof(
        9,
        "a credit entry is taken back by another than its opposite",
        selecting("""
            SELECT back.id AS entry_id, back.annuls_id AS annuls_id
            FROM credit_entry AS back JOIN credit_entry AS first ON first.id = back.annuls_id
            WHERE back.points <> -first.points OR back.cause <> first.cause
            OR back.lapses_at <> first.lapses_at OR first.annuls_id IS NOT NULL
            OR COALESCE(back.organisation_id, 0) <> COALESCE(first.organisation_id, 0)
            OR COALESCE(back.lab_id, 0) <> COALESCE(first.lab_id, 0)
        """),
    ),
    Proof(
        9,
        # Of running over, the centre decides in a dispute too.
        "a credit entry is taken back without a granted appeal, or the other way round",
        selecting("""
            SELECT first.id AS entry_id, credit_appeal.state AS state
            FROM credit_entry AS first
            LEFT JOIN credit_entry AS back ON back.annuls_id = first.id
            LEFT JOIN credit_appeal ON credit_appeal.entry_id = first.id
            WHERE (back.id IS NOT NULL) <> (COALESCE(credit_appeal.state, '') = 'granted')
            AND NOT (back.id IS NOT NULL AND first.cause = 'overrun')
        """),
    ),
)
