"""Districts and prices, as filters and orders read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.nearness import borders_between
from booking.instruments.rules.price_bands import BOUNDS, PriceBand, band_of
from booking.organisations.rules import District

districts = st.sampled_from(District)


@pytest.mark.parametrize(
    ("start", "end", "borders"),
    [
        ("fengxi", "fengxi", 0),
        ("fengxi", "fengdong", 1),
        ("fengxi", "konggang", 2),
        ("energy_trade", "jinghe", 3),
        ("fengxi", "outside", 7),
        ("outside", "outside", 0),
    ],
)
def test_borders_to_cross(start: str, end: str, borders: int) -> None:
    assert borders_between(start, end) == borders


@given(districts, districts)
def test_the_way_back_is_as_long(start: District, end: District) -> None:
    assert borders_between(start, end) == borders_between(end, start)


@pytest.mark.parametrize(
    ("fen", "band"),
    [
        (None, PriceBand.NO_HOURS),
        (0, PriceBand.UP_TO_200),
        (20_000, PriceBand.UP_TO_200),
        (20_001, PriceBand.UP_TO_500),
        (100_000, PriceBand.UP_TO_1000),
        (100_001, PriceBand.ABOVE_1000),
    ],
)
def test_bands(fen: int | None, band: PriceBand) -> None:
    assert band_of(fen) is band


@given(st.integers(0, 10**12))
def test_every_price_is_in_one_band(fen: int) -> None:
    assert sum(above < fen <= most for above, most in BOUNDS.values()) == 1
