"""What holds of every price, and a reference that counts minute by minute."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.pricing import price
from booking.instruments.rules.tariff import ClassPrice, Peak, Step, TariffTerms
from booking.kernel.clock import local
from booking.kernel.money import half_up
from booking.kernel.timespan import TimeSpan
from tests.factories.price_lists import at

bands = st.builds(
    lambda days, start, length, factor: Peak(
        days, start, (start + length) % 1440, Decimal(factor) / 100
    ),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.integers(0, 1439),
    st.integers(1, 1439),
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
    free_minutes=st.integers(0, 200),
)
starts = st.integers(0, 14 * 24 * 60).map(lambda n: at("11-20T00:00") + timedelta(minutes=n))


def minute_by_minute(span: TimeSpan, priced: TariffTerms) -> int:
    """The same law, read literally."""
    mine, step = priced.classes["enterprise"], priced.round_up_minutes
    count = -(-(span.length // timedelta(minutes=1)) // step) * step
    begin, end = local(span.start), local(span.start) + timedelta(minutes=count)
    exact, charged = Fraction(0), False
    for n in range(count):
        moment = begin + timedelta(minutes=n)
        midnight = moment.replace(hour=0, minute=0)
        if mine.day_fen is not None and begin <= midnight <= end - timedelta(days=1):
            exact, charged = exact + Fraction(mine.day_fen, 1440), True
            continue
        if n < mine.free_minutes:
            continue
        charged = True
        hour = mine.hour_fen
        for over, fen in sorted((s.over_minutes, s.hour_fen) for s in mine.steps):
            hour = fen if n >= over else hour
        minute = moment.hour * 60 + moment.minute
        factors = [band.factor for band in priced.peak if began_in(band, moment, minute)]
        exact += Fraction(hour, 60) * Fraction(factors[0] if factors else 1)
    return half_up(max(exact, Fraction(mine.minimum_fen)) if charged else exact)


def began_in(band: Peak, moment: datetime, minute: int) -> bool:
    """Whether the band began today and has not ended, or began yesterday and ends today."""
    begins, ends = band.from_minute, band.to_minute
    lasts = ends - begins if ends > begins else ends + 1440 - begins
    today = minute - begins
    yesterday = today + 1440
    return (0 <= today < lasts and moment.isoweekday() in band.weekdays) or (
        0 <= yesterday < lasts and (moment - timedelta(days=1)).isoweekday() in band.weekdays
    )


@given(starts, st.integers(1, 3000), prices, st.lists(bands, max_size=3), st.integers(1, 90))
def test_pricing_by_stretches_equals_counting_minutes(
    start: datetime, minutes: int, mine: ClassPrice, peak: list[Peak], step: int
) -> None:
    span = TimeSpan(start, start + timedelta(minutes=minutes))
    priced = TariffTerms(classes={"enterprise": mine}, round_up_minutes=step, peak=tuple(peak))
    assert price(span, priced, "enterprise").total_fen == minute_by_minute(span, priced)


@given(
    starts,
    st.tuples(st.integers(1, 3000), st.integers(0, 3000)),
    prices,
    st.lists(bands, max_size=3),
    st.integers(1, 90),
)
def test_more_time_never_costs_less_unless_a_day_price_undercuts_its_hours(
    start: datetime, lengths: tuple[int, int], mine: ClassPrice, peak: list[Peak], step: int
) -> None:
    dearest = max(mine.hour_fen, *(one.hour_fen for one in mine.steps), 0) * 24
    factor = max([Decimal(1), *(band.factor for band in peak)])
    no_bargain = None if mine.day_fen is None else mine.day_fen + int(dearest * factor) + 1
    priced = TariffTerms(
        classes={"enterprise": replace(mine, day_fen=no_bargain)},
        peak=tuple(peak),
        round_up_minutes=step,
    )
    short, more = lengths
    first, second = (
        price(TimeSpan(start, start + timedelta(minutes=n)), priced, "enterprise").total_fen
        for n in (short, short + more)
    )
    assert first <= second


@given(
    starts,
    st.tuples(st.integers(1, 200), st.integers(1, 200)),
    st.integers(0, 1_000_000),
    st.lists(bands, max_size=3),
    st.integers(1, 90),
)
def test_two_bookings_cost_by_the_hour_exactly_what_one_does(
    start: datetime, steps: tuple[int, int], hour_fen: int, peak: list[Peak], round_up: int
) -> None:
    """Where they meet on a whole rounding step; steps, free minutes, days and the minimum are a
    booking's own and begin anew with the second."""
    priced = TariffTerms(
        classes={"enterprise": ClassPrice(hour_fen=hour_fen)},
        peak=tuple(peak),
        round_up_minutes=round_up,
    )

    def exact(since: datetime, minutes: int) -> Fraction:
        span = TimeSpan(since, since + timedelta(minutes=minutes))
        (line,) = price(span, priced, "enterprise").lines
        return sum((part.exact for part in line.parts), Fraction(0))

    first, second = (count * round_up for count in steps)
    meeting = start + timedelta(minutes=first)
    assert exact(start, first) + exact(meeting, second) == exact(start, first + second)


@given(starts, st.integers(1, 5000), prices, st.lists(bands, max_size=3))
def test_the_parts_account_for_every_charged_minute(
    start: datetime, minutes: int, mine: ClassPrice, peak: list[Peak]
) -> None:
    span = TimeSpan(start, start + timedelta(minutes=minutes))
    priced = TariffTerms(classes={"enterprise": mine}, peak=tuple(peak))
    quote = price(span, priced, "enterprise")
    assert sum(part.minutes for part in quote.lines[0].parts) == quote.charged_minutes == minutes
