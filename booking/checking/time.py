"""Invariants 1 and 2: no double hold, and a hold exists exactly as long as its reason."""

from typing import Final

from booking.checking.proof import Proof, selecting
from booking.reservations.states import HOLDING

_HOLDING: Final = ", ".join(f"'{state.value}'" for state in sorted(HOLDING))

PROOFS: Final = (
    Proof(
        1,
        "two holds overlap on one unit",
        selecting("""
            SELECT unit_id, earlier_id, id AS later_id FROM (
                SELECT id, unit_id, starts_at,
                    LAG(id) OVER (PARTITION BY unit_id ORDER BY starts_at, id) AS earlier_id,
                    MAX(ends_at) OVER (
                        PARTITION BY unit_id ORDER BY starts_at, id
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                    ) AS earlier_ends_at
                FROM slot_hold
            ) AS in_order
            WHERE earlier_ends_at > starts_at
        """),
    ),
    Proof(
        1,
        "two uses are open on one unit",
        selecting("""
            SELECT unit_id, COUNT(*) AS uses FROM usage_session
            WHERE ended_at IS NULL GROUP BY unit_id HAVING COUNT(*) > 1
        """),
    ),
    Proof(
        2,
        "a hold outlived its reservation",
        selecting(f"""
            SELECT slot_hold.id AS hold_id, number, state
            FROM slot_hold LEFT JOIN reservation ON number = reservation_number
            WHERE reservation_number IS NOT NULL AND (state IS NULL OR state NOT IN ({_HOLDING}))
        """),  # noqa: S608 - our own enum
    ),
    Proof(
        2,
        "a reservation holds nothing",
        selecting(f"""
            SELECT number, state FROM reservation
            WHERE state IN ({_HOLDING})
            AND NOT EXISTS (SELECT 1 FROM slot_hold WHERE reservation_number = number)
        """),  # noqa: S608 - our own enum
    ),
    Proof(
        2,
        "a hold outlived its closure",
        selecting("""
            SELECT slot_hold.id AS hold_id, closure_id
            FROM slot_hold LEFT JOIN closure ON closure.id = closure_id
            WHERE closure_id IS NOT NULL AND (closure.id IS NULL OR slot_hold.ends_at > lifted_at)
        """),
    ),
    Proof(
        2,
        "a hold outlived its offer",
        selecting("""
            SELECT slot_hold.id AS hold_id, offer_id
            FROM slot_hold LEFT JOIN waitlist_offer ON waitlist_offer.id = offer_id
            WHERE offer_id IS NOT NULL AND (state IS NULL OR state <> 'open')
        """),
    ),
    Proof(
        2,
        "an open offer holds nothing, or other time than it says",
        selecting("""
            SELECT id AS offer_id FROM waitlist_offer
            WHERE state = 'open' AND NOT EXISTS (
                SELECT 1 FROM slot_hold JOIN unit ON unit.id = slot_hold.unit_id
                WHERE slot_hold.offer_id = waitlist_offer.id
                AND unit.instrument_id = waitlist_offer.instrument_id
                AND slot_hold.starts_at <= waitlist_offer.starts_at
                AND slot_hold.ends_at >= waitlist_offer.ends_at
            )
        """),
    ),
    Proof(
        2,
        "a place in line and its offer say different things",
        selecting("""
            SELECT waitlist_entry.id AS entry_id, waitlist_entry.state AS state
            FROM waitlist_entry LEFT JOIN waitlist_offer
                ON entry_id = waitlist_entry.id AND waitlist_offer.state = 'open'
            WHERE (waitlist_entry.state = 'offered') <> (waitlist_offer.id IS NOT NULL)
        """),
    ),
)
