"""The tariff arithmetic of api.md: cases by hand, and a reference that counts minute by minute."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.pricing import (
    ClassNotPriced,
    ClassPrice,
    LineKind,
    Peak,
    Rate,
    Step,
    TariffTerms,
    price,
)
from booking.kernel.clock import LOCAL, local
from booking.kernel.money import half_up
from booking.kernel.timespan import TimeSpan

EVENING = Peak(frozenset({1, 2, 3, 4, 5}), 18 * 60, 22 * 60, Decimal("1.5"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LOCAL)


def terms(*, round_up: int = 15, peak: tuple[Peak, ...] = (), **prices: object) -> TariffTerms:
    enterprise = ClassPrice(**{"hour_fen": 80_000, **prices})  # type: ignore[arg-type]
    return TariffTerms(classes={"enterprise": enterprise}, round_up_minutes=round_up, peak=peak)


def total(start: str, end: str, priced: TariffTerms) -> int:
    return price(TimeSpan(at(start), at(end)), priced, "enterprise").total_fen


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


bands = st.builds(
    lambda days, start, length, factor: Peak(
        days, start, min(start + length, 1440), Decimal(factor) / 100
    ),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.integers(1, 400),
)
prices = st.builds(
    ClassPrice,
    hour_fen=st.integers(0, 1_000_000),
    steps=st.lists(
        st.builds(Step, st.integers(1, 4000), st.integers(0, 1_000_000)),
        max_size=3,
        unique_by=lambda step: step.over_minutes,
    ).map(tuple),
    day_fen=st.none() | st.integers(0, 2_000_000),
    minimum_fen=st.integers(0, 100_000),
)
starts = st.integers(0, 14 * 24 * 60).map(lambda n: at("11-20T00:00") + timedelta(minutes=n))


def minute_by_minute(span: TimeSpan, priced: TariffTerms) -> int:
    """The same law, read literally."""
    mine, step = priced.classes["enterprise"], priced.round_up_minutes
    count = -(-(span.length // timedelta(minutes=1)) // step) * step
    begin, end = local(span.start), local(span.start) + timedelta(minutes=count)
    exact = Fraction(0)
    for n in range(count):
        moment = begin + timedelta(minutes=n)
        midnight = moment.replace(hour=0, minute=0)
        if mine.day_fen is not None and begin <= midnight <= end - timedelta(days=1):
            exact += Fraction(mine.day_fen, 1440)
            continue
        hour = mine.hour_fen
        for over, fen in sorted((s.over_minutes, s.hour_fen) for s in mine.steps):
            hour = fen if n >= over else hour
        minute = moment.hour * 60 + moment.minute
        factors = [
            band.factor
            for band in priced.peak
            if moment.isoweekday() in band.weekdays and band.from_minute <= minute < band.to_minute
        ]
        exact += Fraction(hour, 60) * Fraction(factors[0] if factors else 1)
    return half_up(max(exact, Fraction(mine.minimum_fen)))


@given(starts, st.integers(1, 3000), prices, st.lists(bands, max_size=3), st.integers(1, 90))
def test_pricing_by_stretches_equals_counting_minutes(
    start: datetime, minutes: int, mine: ClassPrice, peak: list[Peak], step: int
) -> None:
    span = TimeSpan(start, start + timedelta(minutes=minutes))
    priced = TariffTerms(classes={"enterprise": mine}, round_up_minutes=step, peak=tuple(peak))
    assert price(span, priced, "enterprise").total_fen == minute_by_minute(span, priced)


@given(starts, st.integers(1, 3000), st.integers(0, 600), prices, st.lists(bands, max_size=3))
def test_more_time_never_costs_less_without_day_prices(
    start: datetime, minutes: int, more: int, mine: ClassPrice, peak: list[Peak]
) -> None:
    by_hour = ClassPrice(hour_fen=mine.hour_fen, steps=mine.steps, minimum_fen=mine.minimum_fen)
    priced = TariffTerms(classes={"enterprise": by_hour}, peak=tuple(peak))
    short = TimeSpan(start, start + timedelta(minutes=minutes))
    longer = TimeSpan(start, start + timedelta(minutes=minutes + more))
    first, second = (price(s, priced, "enterprise").total_fen for s in (short, longer))
    assert first <= second


@given(starts, st.integers(1, 5000), prices, st.lists(bands, max_size=3))
def test_the_parts_account_for_every_charged_minute(
    start: datetime, minutes: int, mine: ClassPrice, peak: list[Peak]
) -> None:
    span = TimeSpan(start, start + timedelta(minutes=minutes))
    priced = TariffTerms(classes={"enterprise": mine}, peak=tuple(peak))
    quote = price(span, priced, "enterprise")
    assert sum(part.minutes for part in quote.lines[0].parts) == quote.charged_minutes == minutes
