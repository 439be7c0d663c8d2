"""Bands of prices, by which the catalogue can be narrowed."""

from enum import StrEnum
from typing import Final


class PriceBand(StrEnum):
    """What an hour costs the general customer, in yuan."""

    UP_TO_200 = "up_to_200"
    UP_TO_500 = "up_to_500"
    UP_TO_1000 = "up_to_1000"
    ABOVE_1000 = "above_1000"
    NO_HOURS = "no_hours"


# Above the first and up to the second, in fen.
BOUNDS: Final = {
    PriceBand.UP_TO_200: (-1, 20_000),
    PriceBand.UP_TO_500: (20_000, 50_000),
    PriceBand.UP_TO_1000: (50_000, 100_000),
    PriceBand.ABOVE_1000: (100_000, 2**62),
}


def band_of(hour_fen: int | None) -> PriceBand:
    """The band of a price per hour; without one, it is charged otherwise."""
    if hour_fen is None:
        return PriceBand.NO_HOURS
    return next(band for band, (above, most) in BOUNDS.items() if above < hour_fen <= most)
