"""The tariff arithmetic of api.md, case by case, reckoned by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest

from booking.instruments.rules.pricing import FixedFees, LineKind, price
from booking.instruments.rules.stretches import Rate
from booking.instruments.rules.tariff import (
    ClassNotPriced,
    ClassPrice,
    Consumable,
    ItemNotPriced,
    Step,
    TariffTerms,
)
from booking.kernel.timespan import TimeSpan
from tests.factories.price_lists import EVENING, NIGHT, at, terms, total


@pytest.mark.parametrize(
    ("start", "end", "priced", "fen"),
    [
        # Three hours at 800 yuan.
        ("11-24T13:00", "11-24T16:00", terms(), 240_000),
        # 61 minutes are charged as 75.
        ("11-24T13:00", "11-24T14:01", terms(), 100_000),
        # Rounded up once, not per rate: 17:50–18:10 is 30 minutes, the last 20 of them at peak.
        ("11-24T17:50", "11-24T18:10", terms(peak=(EVENING,)), 53_333),
        # Peak begins on the minute and ends before its end.
        ("11-24T17:00", "11-24T19:00", terms(peak=(EVENING,)), 80_000 + 120_000),
        ("11-24T22:00", "11-24T23:00", terms(peak=(EVENING,)), 80_000),
        # Saturday has no peak.
        ("11-28T18:00", "11-28T20:00", terms(peak=(EVENING,)), 160_000),
        # The first eight hours at 800, the ninth at 600.
        ("11-24T08:00", "11-24T17:00", terms(steps=(Step(480, 60_000),)), 700_000),
        # Of several steps the highest one passed counts, in whatever order they are written.
        (
            "11-24T08:00",
            "11-24T12:00",
            terms(steps=(Step(180, 10_000), Step(120, 20_000))),
            160_000 + 20_000 + 10_000,
        ),
        # The minimum is the larger, not an addition.
        ("11-24T13:00", "11-24T13:15", terms(minimum_fen=40_000), 40_000),
        ("11-24T13:00", "11-24T14:00", terms(minimum_fen=40_000), 80_000),
        # A whole local day costs the day price, the rest counts by the hour.
        ("11-24T22:00", "11-26T01:00", terms(day_fen=500_000), 160_000 + 500_000 + 80_000),
        # Twenty-four hours that are no calendar day are hours.
        ("11-24T12:00", "11-25T12:00", terms(day_fen=500_000), 24 * 80_000),
        # The day price knows no peak.
        ("11-24T00:00", "11-25T00:00", terms(day_fen=500_000, peak=(EVENING,)), 500_000),
        # Steps are counted from the booking's start, across midnight and whole days.
        (
            "11-24T23:00",
            "11-26T01:00",
            terms(day_fen=500_000, steps=(Step(60, 60_000),)),
            80_000 + 500_000 + 60_000,
        ),
        # Rounding up may complete a day.
        ("11-24T00:00", "11-24T23:50", terms(day_fen=500_000), 500_000),
        # 20 minutes at 100.01: 3333.67 fen, rounded once.
        ("11-24T13:00", "11-24T13:20", terms(round_up=1, hour_fen=10_001), 3_334),
        # A half fen goes up.
        ("11-24T13:00", "11-24T13:30", terms(round_up=1, hour_fen=1), 1),
    ],
)
def test_the_time_charge(start: str, end: str, priced: TariffTerms, fen: int) -> None:
    assert total(start, end, priced) == fen


def test_samples_and_staff_are_lines_of_their_own_beside_the_minimum() -> None:
    priced = terms(minimum_fen=40_000, sample_fen=12_000, staff_hour_fen=20_000)
    span = TimeSpan(at("11-24T13:00"), at("11-24T13:15"))
    quote = price(span, priced, "enterprise", samples=2, staff_minutes=20)
    assert [(line.kind, line.amount_fen) for line in quote.lines] == [
        (LineKind.TIME, 40_000),
        (LineKind.SAMPLE, 24_000),
        (LineKind.STAFF, 6_667),
    ]
    assert quote.total_fen == 70_667
    assert quote.lines[0].minimum_fen == 40_000


def test_the_parts_explain_the_time_line() -> None:
    span = TimeSpan(at("11-24T17:00"), at("11-24T20:30"))
    (line,) = price(span, terms(peak=(EVENING,)), "enterprise").lines
    assert [(p.rate, p.quantity, p.unit_fen, p.factor) for p in line.parts] == [
        (Rate.HOUR, Decimal(1), 80_000, Decimal(1)),
        (Rate.HOUR, Decimal("2.5"), 80_000, Decimal("1.5")),
    ]
    assert line.quantity == Decimal("3.5")
    assert line.minimum_fen is None


def test_a_use_that_begins_within_a_minute_pays_what_the_clock_showed() -> None:
    start = at("11-24T17:59") + timedelta(seconds=40)
    span = TimeSpan(start, start + timedelta(minutes=1, seconds=30))
    quote = price(span, terms(round_up=1, hour_fen=6_000, peak=(EVENING,)), "enterprise")
    assert quote.charged_minutes == 2
    assert quote.total_fen == 100 + 150


def test_a_class_without_prices_of_its_own_pays_the_general_ones() -> None:
    span = TimeSpan(at("11-24T13:00"), at("11-24T14:00"))
    assert price(span, terms(), "academic").total_fen == 80_000
    with pytest.raises(ClassNotPriced):
        price(span, TariffTerms(classes={"internal": ClassPrice()}), "academic")


@pytest.mark.parametrize(
    ("start", "end", "priced", "fen"),
    [
        # Up to the minimum, on it, above it.
        ("11-24T13:00", "11-24T13:29", terms(round_up=1, minimum_fen=40_000), 40_000),
        ("11-24T13:00", "11-24T13:30", terms(round_up=1, minimum_fen=40_000), 40_000),
        ("11-24T13:00", "11-24T13:31", terms(round_up=1, minimum_fen=40_000), 41_333),
        # The minimum is compared with the exact sum, after factors and days.
        ("11-24T18:00", "11-24T18:30", terms(minimum_fen=50_000, peak=(EVENING,)), 60_000),
        ("11-24T22:00", "11-24T23:00", terms(minimum_fen=50_000, peak=(NIGHT,)), 50_000),
        ("11-24T00:00", "11-25T00:00", terms(minimum_fen=600_000, day_fen=500_000), 600_000),
        # A class that pays nothing by the hour still pays its minimum.
        ("11-24T13:00", "11-24T14:00", terms(hour_fen=0, minimum_fen=5_000), 5_000),
        # A day for nothing is a day for nothing.
        ("11-24T00:00", "11-25T00:00", terms(day_fen=0), 0),
        # One minute short of a day is hours; with rounding it is a day.
        ("11-24T00:00", "11-24T23:59", terms(round_up=1, day_fen=500_000), 1_918_667),
        ("11-24T00:01", "11-25T00:00", terms(round_up=1, day_fen=500_000), 1_918_667),
        ("11-24T00:00", "11-24T23:46", terms(day_fen=500_000), 500_000),
        ("11-24T00:00", "11-27T00:00", terms(day_fen=500_000), 1_500_000),
    ],
)
def test_minimum_and_days(start: str, end: str, priced: TariffTerms, fen: int) -> None:
    assert total(start, end, priced) == fen


@pytest.mark.parametrize(
    ("start", "end", "priced", "fen"),
    [
        # Rounded up once, to whole steps from the start.
        ("11-24T13:00", "11-24T13:01", terms(), 20_000),
        ("11-24T13:00", "11-24T13:15", terms(), 20_000),
        ("11-24T13:00", "11-24T13:16", terms(), 40_000),
        ("11-24T13:07", "11-24T13:22", terms(), 20_000),
        ("11-24T13:00", "11-24T13:01", terms(round_up=60), 80_000),
        ("11-24T13:00", "11-24T15:01", terms(round_up=1440), 24 * 80_000),
        ("11-24T13:00", "11-24T13:01", terms(round_up=7), 9_333),
        # Halves of a fen go up, less than a half down, and only the sum is rounded.
        ("11-24T13:00", "11-24T13:30", terms(round_up=1, hour_fen=3), 2),
        ("11-24T13:00", "11-24T13:29", terms(round_up=1, hour_fen=1), 0),
        ("11-24T13:00", "11-24T13:31", terms(round_up=1, hour_fen=1), 1),
        ("11-24T13:00", "11-24T13:20", terms(round_up=1, hour_fen=1), 0),
        ("11-24T17:30", "11-24T18:30", terms(round_up=1, hour_fen=1, peak=(EVENING,)), 1),
        ("11-24T17:40", "11-24T18:10", terms(round_up=1, hour_fen=10, peak=(EVENING,)), 6),
        ("11-24T13:00", "11-24T14:00", terms(hour_fen=1, steps=(Step(30, 0),)), 1),
    ],
)
def test_rounding(start: str, end: str, priced: TariffTerms, fen: int) -> None:
    assert total(start, end, priced) == fen


@pytest.mark.parametrize(
    ("customer_class", "fen"),
    [
        ("enterprise", 80_000),
        ("academic", 40_000),
        # Without prices of its own a class pays the general ones.
        ("internal", 80_000),
        ("visitor", 80_000),
    ],
)
def test_each_class_pays_its_own_prices(customer_class: str, fen: int) -> None:
    classes = {"enterprise": ClassPrice(hour_fen=80_000), "academic": ClassPrice(hour_fen=40_000)}
    span = TimeSpan(at("11-24T13:00"), at("11-24T14:00"))
    assert price(span, TariffTerms(classes=classes), customer_class).total_fen == fen


@pytest.mark.parametrize(
    ("rate", "included", "hour_fen", "fen", "vat_fen"),
    [
        # Told with VAT: the amount stands, and contains 6/106 of itself.
        ("0.06", True, 10_600, 10_600, 600),
        ("0.06", True, 10_000, 10_000, 566),
        # Told without: it is added before the line is rounded.
        ("0.06", False, 10_000, 10_600, 600),
        ("0.06", False, 25, 27, 2),
        ("0.13", False, 10_001, 11_301, 1_300),
        ("0", False, 10_000, 10_000, 0),
        ("0", True, 10_000, 10_000, 0),
    ],
)
def test_amounts_contain_the_vat(
    rate: str, included: bool, hour_fen: int, fen: int, vat_fen: int
) -> None:
    priced = TariffTerms(
        classes={"enterprise": ClassPrice(hour_fen=hour_fen)},
        vat_rate=Decimal(rate),
        vat_included=included,
    )
    span = TimeSpan(at("11-24T13:00"), at("11-24T14:00"))
    quote = price(span, priced, "enterprise")
    assert (quote.total_fen, quote.vat_fen) == (fen, vat_fen)


def test_without_vat_the_minimum_grows_by_it_too() -> None:
    priced = TariffTerms(
        classes={"enterprise": ClassPrice(hour_fen=100, minimum_fen=10_000)},
        vat_rate=Decimal("0.06"),
        vat_included=False,
    )
    quote = price(TimeSpan(at("11-24T13:00"), at("11-24T14:00")), priced, "enterprise")
    assert (quote.total_fen, quote.lines[0].minimum_fen) == (10_600, 10_000)


@pytest.mark.parametrize(
    ("included", "customer_class", "fees"),
    [
        (True, "enterprise", FixedFees(5_000, 20_000)),
        # Told without VAT, it is added once to each.
        (False, "enterprise", FixedFees(5_300, 21_200)),
        (False, "academic", FixedFees(0, 107)),
        (False, "internal", FixedFees(5_300, 21_200)),
    ],
)
def test_fixed_fees_stand_beside_the_sum(
    included: bool, customer_class: str, fees: FixedFees
) -> None:
    classes = {
        "enterprise": ClassPrice(hour_fen=100, late_cancel_fen=5_000, no_show_fen=20_000),
        "academic": ClassPrice(hour_fen=100, no_show_fen=101),
    }
    priced = TariffTerms(classes=classes, vat_rate=Decimal("0.06"), vat_included=included)
    span = TimeSpan(at("11-24T13:00"), at("11-24T14:00"))
    quote = price(span, priced, customer_class)
    assert quote.fees == fees
    assert quote.total_fen == (100 if included else 106)


TARGETS = Consumable("金靶", 5_000, "片")
GRIDS = Consumable("碳膜铜网", 1_250, "片")


@pytest.mark.parametrize(
    ("customer_class", "used", "lines"),
    [
        ("enterprise", {"金靶": 2}, [("金靶", 2, 10_000)]),
        ("enterprise", {"碳膜铜网": 3, "金靶": 1}, [("碳膜铜网", 3, 3_750), ("金靶", 1, 5_000)]),
        # A class has its own price for one, the general price for the other.
        ("academic", {"碳膜铜网": 3, "金靶": 1}, [("碳膜铜网", 3, 3_000), ("金靶", 1, 5_000)]),
        ("internal", {"金靶": 1}, [("金靶", 1, 5_000)]),
        ("enterprise", {}, []),
    ],
)
def test_what_is_used_up_is_a_line_by_the_piece(
    customer_class: str, used: dict[str, int], lines: list[tuple[str, int, int]]
) -> None:
    classes = {
        "enterprise": ClassPrice(consumables=(TARGETS, GRIDS), minimum_fen=100),
        "academic": ClassPrice(consumables=(Consumable("碳膜铜网", 1_000),)),
    }
    span = TimeSpan(at("11-24T13:00"), at("11-24T14:00"))
    quote = price(span, TariffTerms(classes=classes), customer_class, consumables=used)
    told = [line for line in quote.lines if line.kind is LineKind.CONSUMABLE]
    assert [(line.name, int(line.quantity), line.amount_fen) for line in told] == lines
    assert quote.total_fen == quote.lines[0].amount_fen + sum(fen for _, _, fen in lines)


def test_without_vat_every_kind_of_line_grows_by_it() -> None:
    sold = ClassPrice(hour_fen=100, sample_fen=1_001, staff_hour_fen=6_000, consumables=(TARGETS,))
    priced = TariffTerms(classes={"enterprise": sold}, vat_rate=Decimal("0.06"), vat_included=False)
    span = TimeSpan(at("11-24T13:00"), at("11-24T14:00"))
    quote = price(span, priced, "enterprise", samples=3, staff_minutes=20, consumables={"金靶": 1})
    told = {line.kind: line.amount_fen for line in quote.lines}
    # 1.00, three at 10.01, a third of 60.00, and 50.00, each with 6 in the hundred.
    assert told == {
        LineKind.TIME: 106,
        LineKind.SAMPLE: 3_183,
        LineKind.STAFF: 2_120,
        LineKind.CONSUMABLE: 5_300,
    }
    assert quote.total_fen == sum(told.values())


def test_what_the_price_list_does_not_name_is_refused() -> None:
    priced = TariffTerms(classes={"enterprise": ClassPrice(consumables=(TARGETS,))})
    span = TimeSpan(at("11-24T13:00"), at("11-24T14:00"))
    with pytest.raises(ItemNotPriced):
        price(span, priced, "enterprise", consumables={"铂靶": 1})
