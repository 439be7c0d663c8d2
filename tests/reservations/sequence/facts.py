"""What must have happened in the sequences, or they prove nothing about it."""

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import col

from booking.audit.models import AuditEntry

MUST_HAPPEN = frozenset(
    {
        *("reservation.requested", "reservation.confirmed", "reservation.rejected"),
        *("reservation.expired", "reservation.moved", "reservation.handed_over"),
        *("reservation.cancelled", "reservation.missed", "reservation.overran"),
        *("reservation.hindered", "use.started", "use.ended", "use.confirmed", "use.settled"),
        *("use.disputed", "use.dispute_answered", "use.centre_asked", "use.dispute_resolved"),
        *("series.reserved", "series.approved", "series.rejected"),
        *("series.moved", "series.cancelled"),
        *("joint.reserved", "joint.moved", "joint.cancelled"),
        *("waitlist.joined", "waitlist.left", "waitlist.expired"),
        *("waitlist.offered", "waitlist.accepted", "waitlist.declined", "waitlist.lapsed"),
        *("proposal.made", "proposal.accepted", "proposal.declined"),
        *("proposal.lapsed", "proposal.withdrawn"),
        *("swap.asked", "swap.accepted", "swap.declined", "swap.lapsed", "swap.withdrawn"),
        *("instrument.closed", "instrument.reopened"),
        *("fault.reported", "fault.closed", "fault.put_off", "fault.repaired"),
        *("order.asked", "order.quoted", "order.quote_accepted", "order.scheduled"),
        *("order.samples_moved", "order.withdrawn", "order.called_off"),
        *("organisation.suspended", "organisation.reinstated"),
        *("credit.appealed", "credit.appeal_decided"),
        # How a booking came to be, or ended.
        *("cancelled late", "cancelled free", "approval asked again", "against the rules"),
        *("with an operator", "with all parts", "ended by the clock", "record corrected"),
        *("a step lost with another", "settled by silence", "settled by the centre"),
        # What it cost, and what it counted.
        *("charge use", "charge late_cancellation", "charge no_show", "charge overrun"),
        *("credit late_cancellation", "credit no_show", "credit overrun", "credit good_use"),
        *("credit late_confirmation", "credit host_cancellation", "credit host_late_start"),
        *("credit host_late_confirmation", "credit host_good_use"),
    }
)

_COUNTS = sa.text("""
    SELECT 'cancelled ' || CASE WHEN late THEN 'late' ELSE 'free' END AS what, COUNT(*) AS times
    FROM reservation WHERE state = 'cancelled' GROUP BY late
    UNION ALL SELECT 'against the rules', COUNT(*) FROM reservation WHERE override_reason <> ''
    UNION ALL SELECT 'a step lost with another', COUNT(*) FROM reservation
    WHERE state = 'cancelled' AND state_reason = 'a step of the joint booking was lost'
    UNION ALL SELECT 'with an operator', COUNT(DISTINCT reservation_number)
    FROM slot_hold JOIN unit ON unit.id = unit_id WHERE kind = 'operator'
    UNION ALL SELECT 'with all parts', COUNT(*) FROM (
        SELECT reservation_number FROM slot_hold WHERE reservation_number IS NOT NULL
        GROUP BY reservation_number HAVING COUNT(*) > 2
    ) AS held
    UNION ALL SELECT 'ended by the clock', COUNT(*) FROM usage_session
    WHERE ended_at IS NOT NULL AND ended_by IS NULL
    UNION ALL SELECT 'settled by the centre', COUNT(*) FROM usage_session
    WHERE centre_asked_at IS NOT NULL AND settled_at IS NOT NULL
    UNION ALL SELECT 'settled by silence', COUNT(*) FROM usage_session
    WHERE settled_at >= confirm_by
    AND (host_confirmed_at IS NULL OR user_confirmed_at IS NULL)
    UNION ALL SELECT 'charge ' || kind, COUNT(*) FROM charge GROUP BY kind
    UNION ALL SELECT 'credit ' || cause, COUNT(*) FROM credit_entry
    WHERE annuls_id IS NULL GROUP BY cause
""")
_NAMES = sa.select(col(AuditEntry.name), col(AuditEntry.changes))


def count_facts(connection: Connection) -> Counter[str]:
    """How often everything happened in a sequence."""
    counted = Counter({row.what: row.times for row in connection.execute(_COUNTS)})
    for name, changes in connection.execute(_NAMES):
        counted[name] += 1
        asked_again = changes.get("state") == ["confirmed", "requested"]
        counted["approval asked again"] += asked_again
        corrected = name == "use.dispute_resolved" and "test_minutes" in changes
        counted["record corrected"] += corrected
    return +counted


def listed(facts: Counter[str]) -> str:
    """Every kind with how often it happened: first what must, the seldomest first."""
    must = sorted(MUST_HAPPEN, key=lambda what: (facts[what], what))
    rest = sorted(facts.keys() - MUST_HAPPEN, key=lambda what: (-facts[what], what))
    return "\n".join(
        [
            "must happen:",
            *(f"{facts[what]:6} {what}" for what in must),
            "and beside:",
            *(f"{facts[what]:6} {what}" for what in rest),
        ]
    )
