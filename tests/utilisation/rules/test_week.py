"""The hours of the week: cut at every hour, and together exactly the waterfall."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.clock import LOCAL
from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.waterfall import (
    Share,
    UnitTime,
    Waterfall,
    waterfall_of_units,
)
from booking.utilisation.rules.week import Week, week_of
from tests.factories.instruments import span

# Monday 23 November 2026 and the two days before it, over midnight and the week's end.
PERIOD = span("2026-11-21T00:00", "2026-11-24T00:00")
BEGIN = PERIOD.start


@st.composite
def spans(draw: st.DrawFn) -> tuple[TimeSpan, ...]:
    """Up to four, in whole minutes, some of them beyond the period."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        start = BEGIN + timedelta(minutes=draw(st.integers(-300, 4_400)))
        found.append(TimeSpan(start, start + timedelta(minutes=draw(st.integers(1, 900)))))
    return tuple(found)


UNITS = st.lists(
    st.builds(
        UnitTime,
        opening=spans(),
        closures=spans(),
        maintenance=spans(),
        faults=spans(),
        booked=spans(),
        used=spans(),
    ),
    max_size=2,
)


@given(UNITS)
def test_all_hours_together_are_the_waterfall(units: list[UnitTime]) -> None:
    week = week_of(PERIOD, units)
    hours = [week.at(day, hour) for day in range(7) for hour in range(24)]
    assert sum(hours, Waterfall()) == waterfall_of_units(PERIOD, units)


@given(UNITS)
def test_every_hour_is_what_its_pieces_are(units: list[UnitTime]) -> None:
    """Against every ten minutes alone, asked of the law of the waterfall."""
    week = week_of(PERIOD, units)
    expected: dict[tuple[int, int], Waterfall] = {}
    moment = BEGIN
    while moment < PERIOD.end:
        here = TimeSpan(moment, moment + timedelta(minutes=10))
        shown: datetime = moment.astimezone(LOCAL)
        key = (shown.weekday(), shown.hour)
        expected[key] = expected.get(key, Waterfall()) + waterfall_of_units(here, units)
        moment = here.end
    assert {key: week.at(*key) for key in expected} == expected


def test_a_use_over_midnight_belongs_to_both_days() -> None:
    unit = UnitTime(used=(span("2026-11-22T23:30", "2026-11-23T00:45"),))
    week = week_of(PERIOD, [unit])
    # Sunday's last hour, Monday's first.
    assert (week.at(6, 23).used, week.at(0, 0).used, week.at(0, 1).used) == (1800, 2700, 0)


def test_weeks_add_up() -> None:
    one = week_of(PERIOD, [UnitTime(used=(span("2026-11-23T09:00", "2026-11-23T10:00"),))])
    both = one + one + Week()
    assert both.at(0, 9).used == 7200
    assert sum(both.seconds.values()) == 2 * 3 * 24 * 3600
    assert {share for _, share in both.seconds} == {Share.USED, Share.CLOSED}
