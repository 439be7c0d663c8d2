"""What must be true when a sequence is over, beside what is at every step."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# Whatever became of a row was told once, or once to each of two sides.
_TOLD = {
    "waitlist.joined": "SELECT COUNT(*) FROM waitlist_entry",
    "waitlist.left": "SELECT COUNT(*) FROM waitlist_entry WHERE state = 'left'",
    "waitlist.expired": "SELECT COUNT(*) FROM waitlist_entry WHERE state = 'expired'",
    "waitlist.offered": "SELECT COUNT(*) FROM waitlist_offer",
    "waitlist.accepted": "SELECT COUNT(*) FROM waitlist_offer WHERE state = 'accepted'",
    "waitlist.lapsed": "SELECT COUNT(*) FROM waitlist_offer WHERE state = 'lapsed'",
    "proposal.made": "SELECT COUNT(*) FROM reservation_proposal",
    "proposal.accepted": "SELECT COUNT(*) FROM reservation_proposal WHERE state = 'accepted'",
    "proposal.declined": "SELECT COUNT(*) FROM reservation_proposal WHERE state = 'declined'",
    "proposal.lapsed": "SELECT COUNT(*) FROM reservation_proposal WHERE state = 'lapsed'",
    "swap.asked": "SELECT 2 * COUNT(*) FROM reservation_swap",
    "swap.accepted": "SELECT COUNT(*) FROM reservation_swap WHERE state = 'accepted'",
    "swap.declined": "SELECT COUNT(*) FROM reservation_swap WHERE state = 'declined'",
    "swap.lapsed": "SELECT 2 * COUNT(*) FROM reservation_swap WHERE state = 'lapsed'",
    "charge.made": "SELECT COUNT(*) FROM charge",
    "credit.entered": "SELECT COUNT(*) FROM credit_entry WHERE annuls_id IS NULL",
}
_UNTOLD = sa.text(
    " UNION ALL ".join(
        f"SELECT '{name}' AS what, ({rows}) AS is_so,"
        f" (SELECT COUNT(*) FROM audit_entry WHERE name = '{name}') AS told"
        for name, rows in _TOLD.items()
    )
)
# All or nothing: a whole with every place of its parts, assisted work with somebody who assists.
_HALF_TAKEN = sa.text("""
    SELECT number, 'a place of a part' AS lacks FROM reservation
    JOIN instrument AS part ON part.part_of_id = reservation.instrument_id
    JOIN unit ON unit.instrument_id = part.id AND unit.kind = 'place'
    WHERE reservation.state IN ('requested', 'confirmed', 'in_use') AND NOT EXISTS (
        SELECT 1 FROM slot_hold WHERE reservation_number = number AND unit_id = unit.id
    )
    UNION ALL SELECT number, 'an operator' FROM reservation
    WHERE state IN ('requested', 'confirmed', 'in_use') AND mode = 'assisted' AND EXISTS (
        SELECT 1 FROM unit_offer WHERE unit_offer.instrument_id = reservation.instrument_id
    ) AND NOT EXISTS (
        SELECT 1 FROM slot_hold JOIN unit ON unit.id = unit_id
        WHERE reservation_number = number AND unit.kind = 'operator'
    )
""")


def assert_complete(connection: Connection) -> None:
    """Everything that became of something was told, and nothing was taken by half."""
    untold = [tuple(row) for row in connection.execute(_UNTOLD) if row.is_so != row.told]
    assert not untold, untold
    half = [tuple(row) for row in connection.execute(_HALF_TAKEN)]
    assert not half, half
