"""The tariff arithmetic where the clock matters: bands and midnight, steps, free minutes."""

from decimal import Decimal

import pytest

from booking.instruments.rules.tariff import Peak, Step, TariffTerms
from tests.factories.price_lists import (
    EVENING,
    NIGHT,
    SATURDAY,
    STEPS,
    SUNDAY_NIGHT,
    WORKDAYS,
    terms,
    total,
)


@pytest.mark.parametrize(
    ("start", "end", "priced", "fen"),
    [
        # A night belongs to the evening on which it begins. Tuesday 2026-11-24.
        ("11-24T22:00", "11-25T06:00", terms(peak=(NIGHT,)), 8 * 40_000),
        ("11-24T21:00", "11-24T23:00", terms(peak=(NIGHT,)), 80_000 + 40_000),
        ("11-25T05:00", "11-25T07:00", terms(peak=(NIGHT,)), 40_000 + 80_000),
        ("11-24T21:59", "11-24T22:01", terms(round_up=1, peak=(NIGHT,)), 1_333 + 667),
        ("11-25T05:59", "11-25T06:01", terms(round_up=1, peak=(NIGHT,)), 667 + 1_333),
        ("11-24T23:59", "11-25T00:01", terms(round_up=1, peak=(NIGHT,)), 1_333),
        # Friday night reaches into Saturday; Saturday night is none.
        ("11-28T00:00", "11-28T06:00", terms(peak=(NIGHT,)), 6 * 40_000),
        ("11-28T22:00", "11-29T06:00", terms(peak=(NIGHT,)), 8 * 80_000),
        # The early Monday belongs to Sunday, which has no night.
        ("11-23T00:00", "11-23T06:00", terms(peak=(NIGHT,)), 6 * 80_000),
        # Sunday night reaches over the end of the week.
        ("11-29T22:00", "11-30T06:00", terms(peak=(SUNDAY_NIGHT,)), 8 * 40_000),
        ("11-30T04:00", "11-30T08:00", terms(peak=(SUNDAY_NIGHT,)), 2 * 40_000 + 2 * 80_000),
        ("12-01T00:00", "12-01T06:00", terms(peak=(SUNDAY_NIGHT,)), 6 * 80_000),
        # Both ends of a Sunday night and the Monday night after it.
        (
            "11-29T20:00",
            "12-01T00:00",
            terms(peak=(NIGHT, SUNDAY_NIGHT)),
            18 * 80_000 + 10 * 40_000,
        ),
        # Evening and night follow each other without a gap.
        ("11-24T17:00", "11-24T23:00", terms(peak=(EVENING, NIGHT)), 80_000 + 480_000 + 40_000),
        # A band that ends with the day, and one that begins with it.
        ("11-27T23:00", "11-28T01:00", terms(peak=(SATURDAY,)), 80_000 + 160_000),
        ("11-28T23:00", "11-29T01:00", terms(peak=(SATURDAY,)), 160_000 + 80_000),
        ("11-28T00:00", "11-29T00:00", terms(peak=(SATURDAY,)), 24 * 160_000),
        # Over the end of the month.
        ("11-30T21:00", "12-01T00:00", terms(peak=(NIGHT,)), 80_000 + 2 * 40_000),
        # A factor of nothing makes the night free of charge, one below a half rounds once.
        (
            "11-24T22:00",
            "11-24T23:00",
            terms(peak=(Peak(WORKDAYS, 22 * 60, 6 * 60, Decimal(0)),)),
            0,
        ),
        (
            "11-24T22:00",
            "11-24T22:01",
            terms(round_up=1, peak=(Peak(WORKDAYS, 22 * 60, 6 * 60, Decimal("0.0001")),)),
            0,
        ),
        # What is rounded up costs what those minutes cost: 21:50–22:00 and 5 minutes of night.
        ("11-24T21:50", "11-24T22:01", terms(peak=(NIGHT,)), 16_667),
        ("11-24T21:46", "11-24T22:00", terms(peak=(NIGHT,)), 19_333),
        # Whole days are days, also those with nights in them; the rest is priced by its hours.
        ("11-24T00:00", "11-25T06:00", terms(day_fen=500_000, peak=(NIGHT,)), 500_000 + 240_000),
        ("11-23T22:00", "11-25T02:00", terms(day_fen=500_000, peak=(NIGHT,)), 500_000 + 160_000),
    ],
)
def test_bands_and_midnight(start: str, end: str, priced: TariffTerms, fen: int) -> None:
    assert total(start, end, priced) == fen


@pytest.mark.parametrize(
    ("start", "end", "priced", "fen"),
    [
        # Up to the step, on it, one minute past it.
        ("11-24T08:00", "11-24T11:59", terms(round_up=1, steps=STEPS), 318_667),
        ("11-24T08:00", "11-24T12:00", terms(steps=STEPS), 320_000),
        ("11-24T08:00", "11-24T12:01", terms(round_up=1, steps=STEPS), 321_000),
        ("11-24T08:00", "11-24T16:00", terms(steps=STEPS), 320_000 + 240_000),
        ("11-24T08:00", "11-24T18:00", terms(steps=STEPS), 320_000 + 240_000 + 80_000),
        # A step that raises the price.
        ("11-24T08:00", "11-24T10:00", terms(steps=(Step(60, 90_000),)), 170_000),
        # Steps count from the start whatever the clock says; the factor is the clock's.
        (
            "11-24T16:00",
            "11-24T20:00",
            terms(steps=(Step(180, 60_000),), peak=(EVENING,)),
            160_000 + 120_000 + 90_000,
        ),
        (
            "11-24T20:00",
            "11-25T04:00",
            terms(steps=STEPS, peak=(NIGHT,)),
            160_000 + 80_000 + 120_000,
        ),
        # A step within the rounded-up rest.
        ("11-24T08:00", "11-24T12:01", terms(round_up=60, steps=STEPS), 320_000 + 60_000),
        # A step of half an hour.
        ("11-24T08:00", "11-24T09:00", terms(steps=(Step(30, 40_000),)), 40_000 + 20_000),
        # A step to nothing: beyond it time is free.
        ("11-24T08:00", "11-24T20:00", terms(steps=(Step(480, 0),)), 640_000),
        # A day inside moves steps on.
        (
            "11-24T22:00",
            "11-26T04:00",
            terms(day_fen=500_000, steps=(Step(27 * 60, 10_000),)),
            160_000 + 500_000 + 80_000 + 3 * 10_000,
        ),
    ],
)
def test_steps(start: str, end: str, priced: TariffTerms, fen: int) -> None:
    assert total(start, end, priced) == fen


@pytest.mark.parametrize(
    ("start", "end", "priced", "fen"),
    [
        # The first minutes of the rounded time cost nothing.
        ("11-24T13:00", "11-24T14:00", terms(free_minutes=15), 60_000),
        ("11-24T13:00", "11-24T13:15", terms(free_minutes=15), 0),
        ("11-24T13:00", "11-24T13:10", terms(free_minutes=15), 0),
        # 16 minutes are 30, of which 15 are charged.
        ("11-24T13:00", "11-24T13:16", terms(free_minutes=15), 20_000),
        ("11-24T13:00", "11-24T13:16", terms(round_up=1, free_minutes=15), 1_333),
        # They shift neither steps nor bands.
        ("11-24T13:00", "11-24T15:00", terms(free_minutes=30, steps=(Step(60, 60_000),)), 100_000),
        ("11-24T17:45", "11-24T18:45", terms(free_minutes=30, peak=(EVENING,)), 60_000),
        ("11-24T13:00", "11-24T14:00", terms(free_minutes=60, steps=(Step(30, 60_000),)), 0),
        # The minimum holds as soon as one minute is charged, and not before.
        ("11-24T13:00", "11-24T13:15", terms(free_minutes=15, minimum_fen=40_000), 0),
        ("11-24T13:00", "11-24T13:30", terms(free_minutes=15, minimum_fen=40_000), 40_000),
        ("11-24T13:00", "11-24T14:00", terms(free_minutes=15, minimum_fen=40_000), 60_000),
        # A whole day costs its day price.
        ("11-24T00:00", "11-25T00:00", terms(free_minutes=60, day_fen=500_000), 500_000),
        ("11-23T23:00", "11-25T00:00", terms(free_minutes=120, day_fen=500_000), 500_000),
    ],
)
def test_free_minutes(start: str, end: str, priced: TariffTerms, fen: int) -> None:
    assert total(start, end, priced) == fen
