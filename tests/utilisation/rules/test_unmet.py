"""Unmet demand by hour of the week, against every minute alone."""

from collections import Counter
from datetime import timedelta
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
    lost_hours,
    sum_of,
)
from booking.utilisation.rules.week import Hour
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


@st.composite
def refusals(draw: st.DrawFn) -> Wanted:
    asked = draw(spans())
    why = draw(st.sampled_from([Unmet.OCCUPIED, Unmet.CLOSED, Unmet.BROKEN]))
    return Wanted(draw(st.integers(1, 3)), asked, asked.length // timedelta(seconds=1), why)


@st.composite
def places(draw: st.DrawFn) -> Wanted:
    window = draw(spans())
    most = window.length // timedelta(seconds=1)
    return Wanted(draw(st.integers(1, 3)), window, draw(st.integers(1, most)), Unmet.WAITED)


def by_minute(wanted: list[Wanted]) -> Counter[tuple[int, Hour, Unmet]]:
    """Every minute that lies in the period, by what the clock on the wall shows."""
    found: Counter[tuple[int, Hour, Unmet]] = Counter()
    for one in wanted:
        moment = one.span.start
        each = Fraction(one.seconds, one.span.length // MINUTE)
        while moment < one.span.end:
            if PERIOD.start <= moment < PERIOD.end:
                shown = moment.astimezone(LOCAL)
                found[one.instrument_id, (shown.weekday(), shown.hour), one.why] += each  # type: ignore[assignment]
            moment += MINUTE
    return found


@given(st.lists(refusals(), max_size=4))
def test_refused_time_is_what_its_minutes_are(wanted: list[Wanted]) -> None:
    assert lost_hours(PERIOD, wanted) == by_minute(wanted)


@given(st.lists(places(), max_size=4))
def test_waited_time_is_spread_evenly_to_the_second(wanted: list[Wanted]) -> None:
    found, expected = lost_hours(PERIOD, wanted), by_minute(wanted)
    assert all(abs(found[key] - expected[key]) < len(wanted) for key in found | expected)


@given(places())
def test_parts_of_periods_add_up_to_what_was_wanted(wanted: Wanted) -> None:
    parts = (
        TimeSpan(WHOLE.start, PERIOD.start),
        PERIOD,
        TimeSpan(PERIOD.end, WHOLE.end),
    )
    assert sum(lost_hours(part, [wanted]).total() for part in parts) == wanted.seconds


@given(st.integers(0, 100_000), st.integers(1, 9))
def test_shares_of_instruments_add_up(seconds: int, among: int) -> None:
    shares = [fair_share(seconds, place, among) for place in range(among)]
    assert sum(shares) == seconds
    assert max(shares) - min(shares) <= 1


def test_sums_keep_reasons_apart() -> None:
    lost = sum_of([(Unmet.CLOSED, 60), (Unmet.WAITED, 30), (Unmet.CLOSED, 60)])
    assert lost == Sum(closed=120, waited=30)
    assert (lost.refused, lost.all) == (120, 150)
