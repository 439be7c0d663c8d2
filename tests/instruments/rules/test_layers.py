"""The layers of opening against a reading of its own, quarter of an hour by quarter of an hour."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booking.instruments.rules.layers import (
    DaySaid,
    Decider,
    Decision,
    Layer,
    Layers,
    unusual,
)
from booking.instruments.rules.opening import (
    DayKind,
    Hours,
    Schedule,
    StatutoryCalendar,
    clashing_night,
    missing_years,
    open_windows,
)
from booking.instruments.rules.slots import moment_of, windows_in_seconds
from booking.kernel.clock import LOCAL
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import moment, span

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
OFFICE, NIGHT, ROUND = Hours(510, 1080), Hours(1320, 1800), Hours(0, 1440)
CLOSED: tuple[Hours, ...] = ()
FIRST = date(2026, 12, 24)
KNOWN = StatutoryCalendar(
    frozenset({2026}),
    {date(2026, 10, 1): DayKind.HOLIDAY, date(2026, 10, 10): DayKind.MAKEUP_WORKDAY},
    {date(2026, 10, 1): "国庆节", date(2026, 10, 10): "国庆节调休上班"},
)
WORKDAYS = dict.fromkeys(range(1, 6), (OFFICE,))


def closer(layers: Layers, at: datetime) -> Decision | None:
    """Who closes a moment; None when it is open."""
    return layers.first_closed(TimeSpan(at, at + timedelta(minutes=1)))


def is_open(layers: Layers, at: datetime) -> bool:
    """The law as it is told: look at today's windows, then at what yesterday left open."""
    clock = at.astimezone(LOCAL)
    minute = clock.hour * 60 + clock.minute
    today = clock.date()
    return any(h.opens <= minute < h.closes for h in said(layers, today)) or any(
        h.opens <= minute + 1440 < h.closes for h in said(layers, today - DAY)
    )


def said(layers: Layers, day: date) -> tuple[Hours, ...]:
    for layer in (layers.own, layers.lab, layers.zone):
        if day in layer.days:
            return layer.days[day].windows
    weekday = day.weekday() + 1
    if layers.calendar is not None:
        kind = layers.calendar.days.get(day)
        if day.year not in layers.calendar.years or kind == "holiday":
            return ()
        if kind == "makeup_workday":
            weekday = 1
    hours = layers.own.week if len(layers.own.week) > 0 else layers.lab.week
    return hours.get(weekday, ())


def quarters(opens: int, length: int) -> Hours:
    return Hours(15 * opens, 15 * (opens + length))


window = st.builds(quarters, st.integers(0, 95), st.integers(1, 96))
windows = st.just(()) | st.tuples(window) | st.tuples(window, window)
days = st.integers(0, 16).map(lambda n: FIRST + n * DAY)
some_days = st.dictionaries(days, st.builds(DaySaid, windows), max_size=4)
weeks = st.dictionaries(st.integers(1, 7), st.tuples(window) | st.tuples(window, window))
calendars = st.none() | st.builds(
    StatutoryCalendar,
    st.sampled_from([frozenset(), frozenset({2026}), frozenset({2027}), frozenset({2026, 2027})]),
    st.dictionaries(days, st.sampled_from(DayKind), max_size=5),
)
layers_of_all_kinds = st.builds(
    Layers,
    own=st.builds(Layer, weeks, some_days),
    lab=st.builds(Layer, weeks, some_days),
    zone=st.builds(Layer, st.just({}), some_days),
    calendar=calendars,
)


@given(layers_of_all_kinds, st.integers(0, 96 * 15), st.integers(1, 96 * 4))
@example(Layers(own=Layer({4: (NIGHT,)}), calendar=KNOWN), 96 * 7, 96)
def test_open_windows_are_what_a_reading_moment_by_moment_says(
    layers: Layers, offset: int, length: int
) -> None:
    start = datetime(2026, 12, 24, tzinfo=LOCAL) + offset * QUARTER
    asked = TimeSpan(start, start + length * QUARTER)
    found = open_windows(layers.schedule, asked)
    for n in range(length):
        at = start + n * QUARTER
        opened = is_open(layers, at)
        assert any(w.start <= at < w.end for w in found) == opened
        assert (closer(layers, at) is None) == opened
    assert all(asked.contains(window) for window in found)
    assert all(a.end < b.start for a, b in pairwise(found))
    in_seconds = windows_in_seconds(layers.schedule, asked)
    assert [TimeSpan(moment_of(a), moment_of(b)) for a, b in in_seconds] == list(found)


@given(layers_of_all_kinds, st.integers(0, 96 * 15), st.integers(1, 96 * 2))
def test_whatever_an_unknown_year_could_open_is_reported(
    layers: Layers, offset: int, length: int
) -> None:
    start = datetime(2026, 12, 24, tzinfo=LOCAL) + offset * QUARTER
    asked = TimeSpan(start, start + length * QUARTER)
    if layers.calendar is None:
        assert missing_years(layers.schedule, asked) == ()
        return
    both = replace(layers.calendar, years=frozenset({2026, 2027}))
    found = open_windows(layers.schedule, asked)
    if open_windows(replace(layers, calendar=both).schedule, asked) != found:
        assert missing_years(layers.schedule, asked) != ()
    if found == (asked,):
        assert missing_years(layers.schedule, asked) == ()


def layered(
    own: Mapping[str, DaySaid] | None = None,
    lab: Mapping[str, DaySaid] | None = None,
    zone: Mapping[str, DaySaid] | None = None,
    week: Mapping[int, tuple[Hours, ...]] | None = None,
) -> Layers:
    def dated(told: Mapping[str, DaySaid] | None) -> dict[date, DaySaid]:
        return {date.fromisoformat(day): one for day, one in (told or {}).items()}

    return Layers(
        own=Layer(WORKDAYS if week is None else week, dated(own)),
        lab=Layer({2: (ROUND,)}, dated(lab)),
        zone=Layer({}, dated(zone)),
        calendar=KNOWN,
    )


POWER_CUT = DaySaid(CLOSED, "全区停电")
MOVING = DaySaid(CLOSED, "实验室搬迁")
ON_DUTY = DaySaid((OFFICE,), "值班开放")
INSTRUMENT, LAB, ZONE = Decider.INSTRUMENT, Decider.LAB, Decider.ZONE


@pytest.mark.parametrize(
    ("layers", "at", "decided"),
    [
        (layered(), "2026-10-12T09:00", None),
        (layered(), "2026-10-12T19:00", (Decider.WEEK, "")),
        (layered(), "2026-10-11T09:00", (Decider.WEEK, "")),
        (layered(), "2026-10-01T09:00", (Decider.HOLIDAY, "国庆节")),
        # A Saturday worked like a Monday: open, and closed in the evening as that day.
        (layered(), "2026-10-10T09:00", None),
        (layered(), "2026-10-10T19:00", (Decider.MAKEUP_WORKDAY, "国庆节调休上班")),
        (layered(), "2027-03-02T09:00", (Decider.UNKNOWN_YEAR, "")),
        # The nearest wins.
        (layered(zone={"2026-10-12": POWER_CUT}), "2026-10-12T09:00", (ZONE, "全区停电")),
        (
            layered(zone={"2026-10-12": POWER_CUT}, lab={"2026-10-12": MOVING}),
            "2026-10-12T09:00",
            (LAB, "实验室搬迁"),
        ),
        (
            layered(own={"2026-10-12": ON_DUTY}, zone={"2026-10-12": POWER_CUT}),
            "2026-10-12T09:00",
            None,
        ),
        (
            layered(own={"2026-10-12": ON_DUTY}, zone={"2026-10-12": POWER_CUT}),
            "2026-10-12T19:00",
            (INSTRUMENT, "值班开放"),
        ),
        # Any of them opens a holiday and an unknown year.
        (layered(lab={"2026-10-01": ON_DUTY}), "2026-10-01T09:00", None),
        (layered(zone={"2027-03-02": ON_DUTY}), "2027-03-02T09:00", None),
        # Without weekly hours of its own, an instrument has its lab's.
        (layered(week={}), "2026-10-13T23:00", None),
        (layered(week={}), "2026-10-14T09:00", (Decider.WEEK, "")),
        # The night before a holiday runs to its end, the night of the holiday never begins.
        (layered(week=dict.fromkeys(range(1, 8), (NIGHT,))), "2026-10-01T05:59", None),
        (
            layered(week=dict.fromkeys(range(1, 8), (NIGHT,))),
            "2026-10-01T23:00",
            (Decider.HOLIDAY, "国庆节"),
        ),
        # So does a day that is closed: the night before is another day's.
        (
            layered(week=dict.fromkeys(range(1, 8), (NIGHT,)), zone={"2026-10-13": POWER_CUT}),
            "2026-10-13T03:00",
            None,
        ),
        (
            layered(week=dict.fromkeys(range(1, 8), (NIGHT,)), zone={"2026-10-13": POWER_CUT}),
            "2026-10-14T03:00",
            (Decider.WEEK, ""),
        ),
    ],
)
def test_why_it_is_closed(layers: Layers, at: str, decided: tuple[Decider, str] | None) -> None:
    found = closer(layers, moment(at))
    assert (found and (found.decider, found.words)) == decided


def test_of_a_span_the_first_closed_moment_says_why() -> None:
    layers = layered(own={"2026-10-13": MOVING}, week=dict.fromkeys(range(1, 8), (ROUND,)))
    found = layers.first_closed(span("2026-10-12T20:00", "2026-10-14T08:00"))
    assert found is not None
    assert (found.day, found.words) == (date(2026, 10, 13), "实验室搬迁")
    assert layers.first_closed(span("2026-10-12T20:00", "23:00")) is None


def test_days_on_which_something_else_than_the_week_decides() -> None:
    layers = layered(lab={"2026-10-12": MOVING})
    asked = [date(2026, 10, 8) + n * DAY for n in range(6)]
    assert [(d.day.day, d.decider) for d in unusual(layers, asked)] == [
        (10, Decider.MAKEUP_WORKDAY),
        (12, LAB),
    ]


@pytest.mark.parametrize(
    ("week", "weekday"),
    [
        ({1: (NIGHT,), 2: (Hours(360, 720),)}, None),
        ({1: (NIGHT,), 2: (Hours(359, 720),)}, 1),
        # Sunday's night runs into Monday.
        ({7: (NIGHT,), 1: (Hours(0, 60),)}, 7),
        ({5: (Hours(0, 1440),), 6: (Hours(0, 1440),)}, None),
        ({3: (NIGHT,)}, None),
    ],
)
def test_a_night_keeps_apart_from_the_day_after(
    week: Mapping[int, tuple[Hours, ...]], weekday: int | None
) -> None:
    assert clashing_night(week) == weekday


@pytest.mark.parametrize(
    ("asked", "years"),
    [
        # New Year's Eve opened this night, and its year is known.
        (span("2027-01-01T00:00", "06:00"), ()),
        (span("2027-01-01T05:00", "07:00"), (2027,)),
        (span("2027-01-01T22:00", "23:00"), (2027,)),
        (span("2027-01-02T03:00", "04:00"), (2027,)),
    ],
)
def test_the_last_night_of_a_known_year_needs_no_other(
    asked: TimeSpan, years: tuple[int, ...]
) -> None:
    nightly = Schedule(dict.fromkeys(range(1, 8), (NIGHT,)), calendar=KNOWN)
    assert missing_years(nightly, asked) == years


def test_the_first_night_of_a_known_year_may_belong_to_an_unknown_one() -> None:
    nightly = Schedule(
        dict.fromkeys(range(1, 8), (NIGHT,)), calendar=StatutoryCalendar(frozenset({2027}), {})
    )
    assert missing_years(nightly, span("2027-01-01T03:00", "04:00")) == (2026,)
    assert missing_years(nightly, span("2027-01-01T07:00", "08:00")) == ()
