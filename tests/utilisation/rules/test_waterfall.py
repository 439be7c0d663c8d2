"""The waterfall sums, whatever lies over what."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.waterfall import (
    UnitTime,
    Waterfall,
    effective_within,
    waterfall,
    waterfall_of_units,
)
from tests.factories.spans import FIRST, spans
from tests.factories.unit_time import crowded_units, divided_by_hand
from tests.support.clock import moment

HOUR = 3600


def span(start: str, end: str) -> TimeSpan:
    """Times of 2026-11-23."""
    return TimeSpan(moment(f"2026-11-23T{start}"), moment(f"2026-11-23T{end}"))


DAY = TimeSpan.of_local_day(moment("2026-11-23T00:00").date())
OPEN = (span("08:00", "18:00"),)


def hours(**layers: tuple[TimeSpan, ...]) -> dict[str, float]:
    """The shares of the day that are not empty, in hours."""
    parts = asdict(waterfall(DAY, UnitTime(**layers)))
    return {name: seconds / HOUR for name, seconds in parts.items() if seconds}


@pytest.mark.parametrize(
    ("layers", "shares"),
    [
        pytest.param({}, {"closed": 24}, id="nothing known: closed"),
        pytest.param({"opening": OPEN}, {"closed": 14, "idle": 10}, id="nobody came"),
        pytest.param(
            {
                "opening": OPEN,
                "booked": (span("09:00", "12:00"),),
                "used": (span("09:30", "11:00"),),
            },
            {"closed": 14, "used": 1.5, "booked_unused": 1.5, "idle": 7},
            id="came late, left early",
        ),
        pytest.param(
            {
                "opening": OPEN,
                "booked": (span("16:00", "18:00"),),
                "used": (span("16:00", "20:00"),),
            },
            {"closed": 12, "used": 4, "idle": 8},
            id="use beyond closing time opens it",
        ),
        pytest.param(
            {"opening": OPEN, "booked": (span("20:00", "22:00"),)},
            {"closed": 12, "booked_unused": 2, "idle": 10},
            id="a booking by staff at night opens it",
        ),
        pytest.param(
            {"opening": OPEN, "faults": (span("10:00", "23:00"),)},
            {"closed": 14, "fault": 8, "idle": 2},
            id="a fault costs only the time that was offered",
        ),
        pytest.param(
            {
                "opening": OPEN,
                "booked": (span("09:00", "12:00"),),
                "used": (span("09:00", "12:00"),),
                "faults": (span("10:00", "11:00"),),
            },
            {"closed": 14, "fault": 1, "used": 2, "idle": 7},
            id="a broken instrument is not used",
        ),
        pytest.param(
            {
                "opening": OPEN,
                "maintenance": (span("12:00", "16:00"),),
                "booked": (span("09:00", "12:00"),),
                "used": (span("09:00", "13:00"),),
            },
            {"closed": 14, "maintenance": 3, "used": 4, "idle": 3},
            id="an overrun shortens maintenance",
        ),
        pytest.param(
            {"opening": OPEN, "maintenance": OPEN, "faults": (span("10:00", "11:00"),)},
            {"closed": 14, "maintenance": 9, "fault": 1},
            id="a fault during maintenance is a fault",
        ),
        pytest.param(
            {"opening": OPEN, "closures": (span("08:00", "12:00"),), "faults": OPEN},
            {"closed": 18, "fault": 6},
            id="nothing is lost by a fault while closed",
        ),
        pytest.param(
            {
                "opening": (TimeSpan(DAY.start - timedelta(days=2), DAY.end + timedelta(days=2)),),
                "booked": (
                    TimeSpan(DAY.start - timedelta(hours=3), DAY.start + timedelta(hours=2)),
                ),
            },
            {"booked_unused": 2, "idle": 22},
            id="what reaches beyond the period is cut at its edge",
        ),
    ],
)
def test_a_day_divides(layers: dict[str, tuple[TimeSpan, ...]], shares: dict[str, float]) -> None:
    assert hours(**layers) == shares


@given(crowded_units(), st.integers(-30, 200), st.integers(1, 300))
def test_it_agrees_with_asking_every_minute(unit: UnitTime, start: int, length: int) -> None:
    first = FIRST + timedelta(minutes=start)
    period = TimeSpan(first, first + timedelta(minutes=length))
    parts = waterfall(period, unit)
    assert asdict(parts) == dict.fromkeys(asdict(parts), 0) | divided_by_hand(period, unit)
    assert parts.calendar == length * 60


@given(crowded_units(), st.integers(1, 399))
def test_two_halves_add_up_to_the_whole(unit: UnitTime, cut: int) -> None:
    end, middle = FIRST + timedelta(minutes=400), FIRST + timedelta(minutes=cut)
    halves = (TimeSpan(FIRST, middle), TimeSpan(middle, end))
    assert sum((waterfall(half, unit) for half in halves), Waterfall()) == waterfall(
        TimeSpan(FIRST, end), unit
    )


def test_fractions_of_seconds_never_get_lost() -> None:
    ragged = timedelta(microseconds=999_999)
    unit = UnitTime(
        opening=OPEN,
        booked=(span("09:00", "12:00"),),
        used=(TimeSpan(moment("2026-11-23T09:00:00.3"), moment("2026-11-23T11:00") + ragged),),
    )
    assert waterfall(DAY, unit).calendar == 24 * HOUR
    assert waterfall(DAY, unit).used == 2 * HOUR


def test_each_unit_brings_its_own_calendar() -> None:
    busy = UnitTime(opening=OPEN, booked=OPEN, used=OPEN)
    both = waterfall_of_units(DAY, [busy, UnitTime(opening=OPEN)])
    assert (both.calendar, both.open, both.used) == (48 * HOUR, 20 * HOUR, 10 * HOUR)


@given(spans(longest_minutes=90 * 24 * 60, days=300), st.integers(0, 90 * 24 * 3600))
def test_effective_time_over_all_months_is_all_of_it(use: TimeSpan, effective: int) -> None:
    months = [month for year in range(2025, 2028) for month in Period.parse(str(year)).months()]
    assert sum(effective_within(month.span, use, effective) for month in months) == effective


def test_effective_time_is_spread_over_the_use() -> None:
    use = TimeSpan(moment("2026-11-30T20:00"), moment("2026-12-01T02:00"))
    assert effective_within(Period.parse("2026-11").span, use, 3 * HOUR) == 2 * HOUR
    assert effective_within(Period.parse("2026-12").span, use, 3 * HOUR) == HOUR
