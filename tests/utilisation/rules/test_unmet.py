"""Unmet demand by hour of the week, against every minute alone."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.clock import LOCAL
from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.unmet import (
    Sum,
    Unmet,
    Wanted,
    fair_share,
    hour_of,
    lost_hours,
    sum_of,
    within,
)
from tests.factories.instruments import span

MINUTE = timedelta(minutes=1)
# Over a week's end, and over the month's.
PERIOD = span("2026-11-27T00:00", "2026-12-01T00:00")
WHOLE = TimeSpan(PERIOD.start - timedelta(days=9), PERIOD.end + timedelta(days=9))


@st.composite
def spans(draw: st.DrawFn) -> TimeSpan:
    """In whole minutes, some of them beyond the period."""
    start = PERIOD.start + draw(st.integers(-600, 6_000)) * MINUTE
    return TimeSpan(start, start + draw(st.integers(1, 1_500)) * MINUTE)


def wish(instrument_id: int, asked: TimeSpan, seconds: int, why: Unmet) -> Wanted:
    start, end = (int(moment.timestamp()) for moment in (asked.start, asked.end))
    return Wanted(1, instrument_id, start, end, seconds, why)


@st.composite
def refusals(draw: st.DrawFn) -> Wanted:
    asked = draw(spans())
    why = draw(st.sampled_from([Unmet.OCCUPIED, Unmet.CLOSED, Unmet.BROKEN]))
    return wish(draw(st.integers(1, 3)), asked, asked.length // timedelta(seconds=1), why)


@st.composite
def places(draw: st.DrawFn) -> Wanted:
    window = draw(spans())
    most = window.length // timedelta(seconds=1)
    return wish(draw(st.integers(1, 3)), window, draw(st.integers(1, most)), Unmet.WAITED)


Reasons = Mapping[tuple[Unmet, int], Fraction]


def by_minute(wanted: list[Wanted]) -> Reasons:
    """Every minute that lies in the period, by what the clock on the wall shows."""
    found: dict[tuple[Unmet, int], Fraction] = defaultdict(Fraction)
    for one in wanted:
        each = Fraction(one.seconds * 60, one.end - one.start)
        for moment in range(one.start, one.end, 60):
            shown = datetime.fromtimestamp(moment, LOCAL)
            if PERIOD.start <= shown < PERIOD.end:
                found[one.why, shown.weekday() * 24 + shown.hour] += each
    return found


def by_hour(period: TimeSpan, wanted: list[Wanted]) -> dict[tuple[Unmet, int], int]:
    found = lost_hours(period, wanted)
    return {(why, hour): n for why, hours in found.items() for hour, n in hours.items() if n}


@given(st.lists(refusals(), max_size=6))
def test_refused_time_is_what_its_minutes_are(wanted: list[Wanted]) -> None:
    assert by_hour(PERIOD, wanted) == by_minute(wanted)


@given(st.lists(places(), max_size=4))
def test_waited_time_is_spread_evenly_to_the_second(wanted: list[Wanted]) -> None:
    found, expected = by_hour(PERIOD, wanted), by_minute(wanted)
    both = {*found, *expected}
    assert all(
        abs(Fraction(found.get(key, 0)) - expected.get(key, 0)) < len(wanted) for key in both
    )


@given(places())
def test_parts_of_periods_add_up_to_what_was_wanted(wanted: Wanted) -> None:
    parts = (
        TimeSpan(WHOLE.start, PERIOD.start),
        PERIOD,
        TimeSpan(PERIOD.end, WHOLE.end),
    )
    assert sum(sum(within(part, [wanted]).seconds) for part in parts) == wanted.seconds


@given(st.lists(st.one_of(places(), refusals()), max_size=6))
def test_hours_are_the_sums_of_what_each_wish_adds(wanted: list[Wanted]) -> None:
    hours, adds = by_hour(PERIOD, wanted), within(PERIOD, wanted)
    assert sum(hours.values()) == sum(adds.seconds)
    for number in range(7 * 24):
        told = sum(seconds for (_, hour), seconds in hours.items() if hour == number)
        assert sum(within(PERIOD, wanted, hour=hour_of(number)).seconds) == told


@given(st.integers(0, 100_000), st.integers(1, 9))
def test_shares_of_instruments_add_up(seconds: int, among: int) -> None:
    shares = [fair_share(seconds, place, among) for place in range(among)]
    assert sum(shares) == seconds
    assert max(shares) - min(shares) <= 1


def test_sums_keep_reasons_apart() -> None:
    lost = sum_of([(Unmet.CLOSED, 60), (Unmet.WAITED, 30), (Unmet.CLOSED, 60)])
    assert lost == Sum(closed=120, waited=30)
    assert (lost.refused, lost.all) == (120, 150)
