"""Fees that are kept when a booking changes."""

from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.pricing import FixedFees
from booking.reservations.rules.fees import Forfeit

AMOUNTS = st.integers(0, 10_000_000)
PERCENTS = st.integers(0, 100)
FORFEITS = st.builds(
    Forfeit,
    price_fen=AMOUNTS,
    late_cancel_percent=PERCENTS,
    no_show_percent=PERCENTS,
    fixed=st.builds(FixedFees, AMOUNTS, AMOUNTS),
)


@given(before=FORFEITS, after=FORFEITS)
def test_neither_fee_falls_and_neither_rises_beyond_the_dearer_of_both(
    before: Forfeit, after: Forfeit
) -> None:
    fees = after.at_least(before)
    late = after.late_cancel_fen - after.fixed.late_cancel_fen + fees.late_cancel_fen
    missed = after.no_show_fen - after.fixed.no_show_fen + fees.no_show_fen
    assert late == max(before.late_cancel_fen, after.late_cancel_fen)
    assert missed == max(before.no_show_fen, after.no_show_fen)
