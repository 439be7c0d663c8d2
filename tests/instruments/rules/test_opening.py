"""Weekly hours, exceptions and the statutory calendar, as a manager would check them."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.opening import (
    DayKind,
    Hours,
    Schedule,
    StatutoryCalendar,
    clashing,
    clock_text,
    minute_of_day,
    missing_years,
    open_windows,
)
from booking.kernel.clock import LOCAL, local
from booking.kernel.timespan import TimeSpan

MORNING, AFTERNOON = Hours(510, 720), Hours(780, 1080)
WORKDAYS = dict.fromkeys(range(1, 6), (MORNING, AFTERNOON))
YEAR_2026 = StatutoryCalendar(
    years=frozenset({2026}),
    days={
        date(2026, 10, 1): DayKind.HOLIDAY,
        date(2026, 10, 10): DayKind.MAKEUP_WORKDAY,
    },
)
FOLLOWING = Schedule(week=WORKDAYS, calendar=YEAR_2026)


def day(text: str) -> TimeSpan:
    return TimeSpan.of_local_day(date.fromisoformat(text))


def shown(windows: tuple[TimeSpan, ...]) -> list[str]:
    """`08:30-12:00` in local time; a window that ends another day says so."""
    return [f"{local(w.start):%H:%M}-{local(w.end):%H:%M}" for w in windows]


@pytest.mark.parametrize(
    ("schedule", "span", "windows"),
    [
        (FOLLOWING, day("2026-11-24"), ["08:30-12:00", "13:00-18:00"]),
        # A Saturday.
        (FOLLOWING, day("2026-11-28"), []),
        # National Day, a Thursday.
        (FOLLOWING, day("2026-10-01"), []),
        # A Saturday worked instead.
        (FOLLOWING, day("2026-10-10"), ["08:30-12:00", "13:00-18:00"]),
        # Who does not follow the calendar is open on National Day and closed on that Saturday.
        (Schedule(week=WORKDAYS), day("2026-10-01"), ["08:30-12:00", "13:00-18:00"]),
        (Schedule(week=WORKDAYS), day("2026-10-10"), []),
        # A make-up workday takes Monday's hours even where the weekend has its own.
        (
            Schedule(week={1: (MORNING,), 6: (AFTERNOON,)}, calendar=YEAR_2026),
            day("2026-10-10"),
            ["08:30-12:00"],
        ),
        # The day's own exception overrules the calendar, to open and to close.
        (
            Schedule(week=WORKDAYS, exceptions={date(2026, 10, 1): (MORNING,)}, calendar=YEAR_2026),
            day("2026-10-01"),
            ["08:30-12:00"],
        ),
        (
            Schedule(week=WORKDAYS, exceptions={date(2026, 10, 10): ()}, calendar=YEAR_2026),
            day("2026-10-10"),
            [],
        ),
        # 24:00 touches the next midnight: round-the-clock days are one window.
        (
            Schedule(week={n: (Hours(0, 1440),) for n in range(1, 8)}),
            TimeSpan(day("2026-11-23").start, day("2026-11-29").end),
            ["00:00-00:00"],
        ),
        # Clipped to what was asked for.
        (
            FOLLOWING,
            TimeSpan(
                datetime(2026, 11, 24, 9, tzinfo=LOCAL), datetime(2026, 11, 24, 14, tzinfo=LOCAL)
            ),
            ["09:00-12:00", "13:00-14:00"],
        ),
        # A year nobody has entered is closed, not Monday to Friday.
        (FOLLOWING, day("2027-03-02"), []),
    ],
)
def test_open_windows(schedule: Schedule, span: TimeSpan, windows: list[str]) -> None:
    assert shown(open_windows(schedule, span)) == windows


def test_a_fault_closes_what_the_hours_open() -> None:
    fault = TimeSpan(
        datetime(2026, 11, 24, 10, tzinfo=LOCAL), datetime(2026, 11, 24, 15, tzinfo=LOCAL)
    )
    windows = open_windows(FOLLOWING, day("2026-11-24"), closed=[fault])
    assert shown(windows) == ["08:30-10:00", "15:00-18:00"]


@pytest.mark.parametrize(
    ("schedule", "span", "years"),
    [
        (FOLLOWING, day("2026-12-31"), ()),
        (FOLLOWING, day("2027-01-01"), (2027,)),
        (FOLLOWING, TimeSpan(day("2026-12-31").start, day("2028-01-01").end), (2027, 2028)),
        # The last moment before midnight belongs to the old year, midnight itself is not touched.
        (FOLLOWING, TimeSpan(day("2026-12-31").start, day("2026-12-31").end), ()),
        (Schedule(week=WORKDAYS), day("2027-01-01"), ()),
        (
            Schedule(week=WORKDAYS, exceptions={date(2027, 1, 4): (MORNING,)}, calendar=YEAR_2026),
            day("2027-01-04"),
            (),
        ),
    ],
)
def test_a_year_without_calendar_is_reported(
    schedule: Schedule, span: TimeSpan, years: tuple[int, ...]
) -> None:
    assert missing_years(schedule, span) == years


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("08:30", 510), ("24:00", 1440)])
def test_times_of_day_are_read_and_written(text: str, minute: int) -> None:
    assert minute_of_day(text) == minute
    assert clock_text(minute) == text


@pytest.mark.parametrize("text", ["24:01", "8:30", "08:60", "0830", "", "-1:00", "٠٨:٣٠", "08:3x"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        minute_of_day(text)


@pytest.mark.parametrize(
    ("windows", "wrong"),
    [
        ([MORNING, AFTERNOON], False),
        ([AFTERNOON, MORNING], False),
        ([Hours(0, 720), Hours(720, 1440)], False),
        ([Hours(500, 721), Hours(720, 800)], True),
        ([Hours(600, 600)], True),
        ([Hours(0, 1441)], True),
    ],
)
def test_windows_of_a_day_keep_apart(windows: list[Hours], wrong: bool) -> None:
    assert clashing(windows) is wrong


hours_of_a_day = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 600)).map(
        lambda pair: Hours(pair[0], min(pair[0] + pair[1], 1440))
    ),
    max_size=3,
).map(tuple)
weeks = st.dictionaries(st.integers(1, 7), hours_of_a_day)


@given(weeks, st.integers(0, 20_000), st.integers(1, 20_000))
def test_open_time_is_ordered_apart_and_inside_the_question(
    week: dict[int, tuple[Hours, ...]], offset: int, length: int
) -> None:
    start = datetime(2026, 1, 1, tzinfo=LOCAL) + timedelta(minutes=offset)
    span = TimeSpan(start, start + timedelta(minutes=length))
    windows = open_windows(Schedule(week=week), span)
    assert all(span.contains(window) for window in windows)
    assert all(a.end < b.start for a, b in pairwise(windows))
    for n in range(0, length, 97):
        moment = local(start + timedelta(minutes=n))
        minute = moment.hour * 60 + moment.minute
        is_open = any(h.opens <= minute < h.closes for h in week.get(moment.isoweekday(), ()))
        assert is_open == any(w.start <= moment < w.end for w in windows)
