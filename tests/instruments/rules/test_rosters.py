"""When somebody is on duty: a table of weeks, days and statutory days; and by brute force."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.layers import DaySaid, Layer
from booking.instruments.rules.opening import DayKind, Hours
from booking.instruments.rules.rosters import NO_ROSTER, Roster
from booking.kernel.timespan import TimeSpan, local_midnight

MONDAY = date(2026, 11, 23)
DAYS = [MONDAY + timedelta(days=n) for n in range(7)]
EARLY, LATE, NIGHT = Hours(480, 720), Hours(780, 1080), Hours(1320, 1800)
Week = Mapping[int, tuple[Hours, ...]]


def at(day: date, hour: int) -> datetime:
    return local_midnight(day) + timedelta(hours=hour)


def is_on(roster: Roster, day: date, hour: int, moved: Mapping[date, DayKind]) -> bool:
    span = TimeSpan(at(day, hour), at(day, hour + 1))
    return roster.duty(span, moved) == (span,)


@pytest.mark.parametrize(
    ("week", "days", "moved", "asked", "expected"),
    [
        ({}, {}, {}, (DAYS[6], 3), True),
        ({}, {}, {DAYS[0]: DayKind.HOLIDAY}, (DAYS[0], 9), True),
        ({}, {DAYS[0]: ()}, {}, (DAYS[0], 9), False),
        ({}, {DAYS[0]: ()}, {}, (DAYS[1], 0), True),
        ({1: (EARLY, LATE)}, {}, {}, (DAYS[0], 9), True),
        ({1: (EARLY, LATE)}, {}, {}, (DAYS[0], 12), False),
        ({1: (EARLY, LATE)}, {}, {}, (DAYS[1], 9), False),
        ({1: (EARLY,)}, {}, {DAYS[0]: DayKind.HOLIDAY}, (DAYS[0], 9), False),
        ({1: (EARLY,)}, {DAYS[0]: (EARLY,)}, {DAYS[0]: DayKind.HOLIDAY}, (DAYS[0], 9), True),
        ({1: (EARLY,)}, {}, {DAYS[5]: DayKind.MAKEUP_WORKDAY}, (DAYS[5], 9), True),
        ({1: (NIGHT,)}, {}, {}, (DAYS[1], 5), True),
        ({1: (NIGHT,)}, {DAYS[1]: ()}, {}, (DAYS[1], 5), True),
        ({1: (NIGHT,)}, {DAYS[0]: ()}, {}, (DAYS[1], 5), False),
        # A year whose calendar nobody has entered: weekdays count.
        ({5: (EARLY,)}, {}, {}, (date(2027, 1, 1), 9), True),
    ],
)
def test_on_duty(
    week: Week,
    days: Mapping[date, tuple[Hours, ...]],
    moved: Mapping[date, DayKind],
    asked: tuple[date, int],
    *,
    expected: bool,
) -> None:
    roster = Roster(Layer(week, {day: DaySaid(said) for day, said in days.items()}))
    assert is_on(roster, *asked, moved) is expected


_windows = st.sampled_from([(), (EARLY,), (EARLY, LATE), (NIGHT,), (Hours(0, 1440),)])
_weeks = st.dictionaries(st.integers(1, 7), _windows.filter(bool), min_size=1)


@given(_weeks, st.dictionaries(st.sampled_from(DAYS), _windows))
def test_duty_is_what_each_hour_says_by_itself(
    week: Week, days: dict[date, tuple[Hours, ...]]
) -> None:
    roster = Roster(Layer(week, {day: DaySaid(said) for day, said in days.items()}))
    whole = TimeSpan(at(DAYS[1], 0), at(DAYS[6], 0))
    duty = roster.duty(whole, {})

    def says(day: date, minute: int) -> bool:
        windows = days.get(day, week.get(day.isoweekday(), ()))
        return any(hours.opens <= minute < hours.closes for hours in windows)

    for day in DAYS[1:6]:
        for hour in range(24):
            minute = hour * 60
            expected = says(day, minute) or says(day - timedelta(days=1), minute + 1440)
            span = TimeSpan(at(day, hour), at(day, hour + 1))
            assert any(window.contains(span) for window in duty) is expected


def test_nobody_has_entered_anything() -> None:
    span = TimeSpan(at(MONDAY, 0), at(DAYS[6], 0))
    assert NO_ROSTER.duty(span, {MONDAY: DayKind.HOLIDAY}) == (span,)
