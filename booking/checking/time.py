"""Invariants 1 and 2: no double hold, and a hold exists exactly as long as its reason."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.checking.proof import Proof, Row, selecting
from booking.db.types import UtcDateTime
from booking.kernel.timespan import TimeSpan
from booking.reservations.states import HOLDING

_HOLDING: Final = ", ".join(f"'{state.value}'" for state in sorted(HOLDING))

_PROPOSED: Final = sa.text("""
    SELECT reservation_proposal.id AS proposal_id, reservation_proposal.starts_at AS starts_at,
        reservation_proposal.ends_at AS ends_at, slot_hold.starts_at AS held_from,
        slot_hold.ends_at AS held_until
    FROM reservation_proposal
    JOIN reservation ON reservation.id = reservation_proposal.reservation_id
    LEFT JOIN slot_hold ON slot_hold.unit_id = reservation_proposal.unit_id
        AND (proposal_id = reservation_proposal.id OR reservation_number = number)
    WHERE reservation_proposal.state = 'open' ORDER BY reservation_proposal.id
""").columns(
    proposal_id=sa.BigInteger(),
    **{name: UtcDateTime() for name in ("starts_at", "ends_at", "held_from", "held_until")},
)


def unheld_proposals(session: Session) -> Iterable[Row]:
    """Open proposals of whose time something is held neither for them nor for their booking."""
    held: dict[tuple[int, TimeSpan], list[TimeSpan]] = {}
    for row in session.execute(_PROPOSED):
        spans = held.setdefault((row.proposal_id, TimeSpan(row.starts_at, row.ends_at)), [])
        if row.held_from is not None:
            spans.append(TimeSpan(row.held_from, row.held_until))
    for (proposal_id, span), spans in held.items():
        if span.minus(spans):
            yield {"proposal_id": proposal_id}


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
        "a booking's place is not held for its time",
        selecting("""
            SELECT number, state FROM reservation
            WHERE state IN ('requested', 'confirmed', 'in_use')
            AND EXISTS (SELECT 1 FROM slot_hold WHERE reservation_number = number)
            AND NOT EXISTS (
                SELECT 1 FROM slot_hold
                WHERE reservation_number = number AND slot_hold.unit_id = reservation.unit_id
                AND slot_hold.starts_at <= reservation.starts_at
                AND slot_hold.ends_at >= reservation.ends_at
            )
        """),
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
    Proof(
        2,
        "an accepted offer booked nothing",
        selecting("""
            SELECT waitlist_offer.id AS offer_id, waitlist_entry.state AS state
            FROM waitlist_offer JOIN waitlist_entry ON waitlist_entry.id = entry_id
            WHERE waitlist_offer.state = 'accepted'
            AND (reservation_id IS NULL OR waitlist_entry.state <> 'served')
        """),
    ),
    Proof(
        2,
        "a hold outlived its proposal",
        selecting("""
            SELECT slot_hold.id AS hold_id, proposal_id
            FROM slot_hold LEFT JOIN reservation_proposal ON reservation_proposal.id = proposal_id
            WHERE proposal_id IS NOT NULL AND (state IS NULL OR state <> 'open')
        """),
    ),
    Proof(2, "the time of an open proposal is not held for it", unheld_proposals),
    Proof(
        2,
        "a proposal is open although its booking is not to come",
        selecting("""
            SELECT reservation_proposal.id AS proposal_id, number
            FROM reservation_proposal JOIN reservation ON reservation.id = reservation_id
            WHERE reservation_proposal.state = 'open'
            AND reservation.state NOT IN ('requested', 'confirmed')
        """),
    ),
    Proof(
        2,
        "an exchange is open although one of its bookings is not promised",
        selecting("""
            SELECT reservation_swap.id AS swap_id, number
            FROM reservation_swap JOIN reservation ON reservation.id IN (asking_id, asked_id)
            WHERE reservation_swap.state = 'open' AND reservation.state <> 'confirmed'
        """),
    ),
)
