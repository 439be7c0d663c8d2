"""What giving time back costs, and when waiting for somebody ends."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.pricing import FixedFees
from booking.reservations.rules.cancellation import LateFee, cancellation
from booking.reservations.rules.fees import agreed_fees
from booking.reservations.rules.terms import AgreedTerms
from booking.reservations.states import State
from tests.factories.reservation_values import at, between

SPAN = between("11-24 13:00", "16:00")
TERMS = AgreedTerms(
    free_cancel=timedelta(hours=2),
    no_show_grace=timedelta(minutes=30),
    decide_within=timedelta(hours=48),
)


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
    deadline = TERMS.free_cancel_until(SPAN)
    fee = LateFee(price_fen=240_001, percent=50)
    taken = cancellation(state, deadline=deadline, fee=fee, now=at(now))
    assert (taken.late, taken.fee_fen) == (late, fee_fen)


@given(st.integers(0, 10**10), st.integers(0, 100), st.integers(0, 10**6))
def test_a_fee_is_never_more_than_the_price_and_the_fixed_amount(
    price_fen: int, percent: int, fixed_fen: int
) -> None:
    start = SPAN.start
    fee = LateFee(price_fen, percent, fixed_fen)
    taken = cancellation(State.CONFIRMED, deadline=start, fee=fee, now=start)
    assert fixed_fen <= taken.fee_fen <= price_fen + fixed_fen


@pytest.mark.parametrize(
    ("quote", "late_fen", "missed_fen"),
    [
        ({"fees": {"late_cancel": "50.00", "no_show": "200.05"}}, 5_000, 20_005),
        # What was booked before there were fixed fees.
        ({"lines": [], "total": "1600.00"}, 0, 0),
        ({}, 0, 0),
    ],
)
def test_the_fixed_amounts_are_those_of_the_booking(
    quote: dict[str, object], late_fen: int, missed_fen: int
) -> None:
    assert agreed_fees(quote) == FixedFees(late_fen, missed_fen)


def test_nobody_is_missed_before_the_grace_has_passed() -> None:
    assert TERMS.missed_from(SPAN) == at("11-24 13:30")


def test_a_short_booking_is_missed_at_its_end() -> None:
    assert TERMS.missed_from(between("11-24 13:00", "13:15")) == at("11-24 13:15")


@pytest.mark.parametrize(
    ("asked_at", "expected"), [("11-20 08:00", "11-22 08:00"), ("11-24 08:00", "11-24 13:00")]
)
def test_a_request_lapses_at_the_latest_when_its_time_begins(asked_at: str, expected: str) -> None:
    assert TERMS.decide_by(SPAN, asked_at=at(asked_at)) == at(expected)
