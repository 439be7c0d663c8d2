"""Invariant 7: the waterfall sums, in every month that was rolled up."""

from typing import Final

from booking.checking.proof import Proof, selecting

PROOFS: Final = (
    Proof(
        7,
        "a waterfall does not sum",
        selecting("""
            SELECT instrument_id, month FROM instrument_month
            WHERE calendar_seconds
                <> closed_seconds + maintenance_seconds + fault_seconds + open_seconds
            OR open_seconds <> used_seconds + booked_unused_seconds + idle_seconds
            OR closed_seconds < 0 OR maintenance_seconds < 0 OR fault_seconds < 0
            OR used_seconds < 0 OR booked_unused_seconds < 0 OR idle_seconds < 0
        """),
    ),
)
