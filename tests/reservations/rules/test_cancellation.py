"""What giving time back costs, and when waiting for somebody ends."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.reservations.rules.cancellation import CancellationTerms, cancellation
from booking.reservations.rules.no_show import NoShowTerms, missed_from, no_show_fee
from booking.reservations.states import State
from tests.factories.reservation_values import at

START = at("11-24 13:00")
TERMS = CancellationTerms(free_until=timedelta(hours=2), late_percent=50)


@pytest.mark.parametrize(
    ("state", "now", "late", "fee_fen"),
    [
        (State.CONFIRMED, "11-24 10:59", False, 0),
        (State.CONFIRMED, "11-24 11:00", True, 120_001),
        (State.CONFIRMED, "11-24 14:00", True, 120_001),
        (State.REQUESTED, "11-24 12:59", False, 0),
    ],
)
def test_free_until_two_hours_ahead(state: State, now: str, late: bool, fee_fen: int) -> None:
    taken = cancellation(state, start=START, price_fen=240_001, terms=TERMS, now=at(now))
    assert (taken.late, taken.fee_fen) == (late, fee_fen)


@given(st.integers(0, 10**10), st.integers(0, 100))
def test_a_fee_is_never_more_than_the_price(price_fen: int, percent: int) -> None:
    terms = CancellationTerms(free_until=timedelta(0), late_percent=percent)
    taken = cancellation(State.CONFIRMED, start=START, price_fen=price_fen, terms=terms, now=START)
    assert 0 <= taken.fee_fen <= price_fen


def test_nobody_is_missed_before_the_grace_has_passed() -> None:
    terms = NoShowTerms(grace=timedelta(minutes=30), percent=100)
    assert missed_from(START, terms) == at("11-24 13:30")
    assert no_show_fee(240_001, terms) == 240_001
