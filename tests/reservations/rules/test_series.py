"""Rules of series: what they come to, what is refused, and what another library makes of them."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from booking.kernel.clock import LOCAL, local
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.series import (
    MOST,
    SeriesRuleRefused,
    occurrences,
    read_rule,
    shifted,
)
from tests.factories.reservation_values import between

TUESDAY = between("11-24 12:00", "14:00")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def days(rule: str, first: TimeSpan = TUESDAY) -> list[str]:
    return [f"{local(span.start):%m-%d}" for span in occurrences(first, read_rule(rule))]


def refusal(rule: str, first: TimeSpan = TUESDAY) -> list[str]:
    with pytest.raises(SeriesRuleRefused) as refused:
        occurrences(first, read_rule(rule))
    return [violation.code for violation in refused.value.violations]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=1", ["11-24"]),
        ("FREQ=DAILY;COUNT=3", ["11-24", "11-25", "11-26"]),
        ("RRULE:FREQ=DAILY;INTERVAL=3;COUNT=3", ["11-24", "11-27", "11-30"]),
        ("freq=weekly;count=2;", ["11-24", "12-01"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", ["11-24", "11-26", "12-01", "12-03"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,MO;COUNT=3", ["11-24", "12-07", "12-08"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=3", ["11-24", "12-06", "12-08"]),
        ("FREQ=DAILY;BYDAY=MO,TU;COUNT=3", ["11-24", "11-30", "12-01"]),
        ("FREQ=MONTHLY;COUNT=3", ["11-24", "12-24", "01-24"]),
        ("FREQ=MONTHLY;BYDAY=4TU;COUNT=2", ["11-24", "12-22"]),
        ("FREQ=MONTHLY;BYDAY=-1TU;COUNT=2", ["11-24", "12-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-7;COUNT=2", ["11-24", "12-25"]),
        ("FREQ=MONTHLY;BYMONTH=11,1;COUNT=2", ["11-24", "01-24"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-5;COUNT=2", ["11-24", "12-25"]),
        # A day counts whole; an instant counts when an occurrence begins then.
        ("FREQ=DAILY;UNTIL=20261126", ["11-24", "11-25", "11-26"]),
        ("FREQ=DAILY;UNTIL=20261125T040000Z", ["11-24", "11-25"]),
        ("FREQ=DAILY;UNTIL=20261125T035959Z", ["11-24"]),
        ("FREQ=DAILY;UNTIL=20261125T120000", ["11-24", "11-25"]),
    ],
)
def test_a_rule_is_spelt_out(rule: str, expected: list[str]) -> None:
    assert days(rule) == expected


def test_a_month_without_the_day_is_left_out() -> None:
    last = between("08-31 12:00", "14:00")
    assert days("FREQ=MONTHLY;COUNT=3", last) == ["08-31", "10-31", "12-31"]


def test_a_day_is_the_zones_even_when_it_is_another_in_utc() -> None:
    early = between("11-24 02:00", "04:00")
    found = occurrences(early, read_rule("FREQ=WEEKLY;BYDAY=TU;COUNT=2"))
    assert [span.start.weekday() for span in found] == [0, 0]
    assert [local(span.start).hour for span in found] == [2, 2]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "series.unreadable"),
        ("every day", "series.unreadable"),
        ("FREQ=DAILY;FREQ=DAILY;COUNT=2", "series.unreadable"),
        ("FREQ=DAILY;COUNT=0", "series.unreadable"),
        ("FREQ=DAILY;COUNT=²", "series.unreadable"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "series.unreadable"),
        ("FREQ=DAILY;UNTIL=20261332", "series.unreadable"),
        ("FREQ=DAILY;UNTIL=20261124T250000Z", "series.unreadable"),
        ("FREQ=DAILY;UNTIL=00010101T000000", "series.unreadable"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "series.unreadable"),
        ("FREQ=WEEKLY;WKST=XX;COUNT=2", "series.unreadable"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "series.unreadable"),
        ("FREQ=MONTHLY;BYMONTH=-1;COUNT=2", "series.unreadable"),
        ("COUNT=2", "series.part_unused"),
        ("FREQ=YEARLY;COUNT=2", "series.part_unused"),
        ("FREQ=SECONDLY;COUNT=2", "series.part_unused"),
        ("FREQ=DAILY;BYHOUR=9;COUNT=2", "series.part_unused"),
        ("FREQ=WEEKLY;BYDAY=1TU;COUNT=2", "series.part_unused"),
        ("FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2", "series.part_unused"),
        ("FREQ=DAILY;BYSETPOS=1;COUNT=2", "series.part_unused"),
        ("FREQ=DAILY", "series.unbounded"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20261130", "series.two_ends"),
        ("FREQ=DAILY;COUNT=101", "series.too_many"),
        ("FREQ=DAILY;UNTIL=20270401", "series.too_many"),
        ("FREQ=WEEKLY;COUNT=54", "series.too_long"),
        ("FREQ=MONTHLY;UNTIL=20280101", "series.too_long"),
        ("FREQ=WEEKLY;BYDAY=WE;COUNT=2", "series.first_off_rule"),
        ("FREQ=DAILY;UNTIL=20261101", "series.first_off_rule"),
    ],
)
def test_what_makes_no_series_is_refused_by_name(rule: str, code: str) -> None:
    assert refusal(rule) == [code]


def test_a_rule_that_never_comes_true_ends_soon() -> None:
    assert "series.first_off_rule" in refusal("FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=5")
    assert "series.first_off_rule" in refusal("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5")


def test_occurrences_on_top_of_each_other_are_refused() -> None:
    day_and_more = TimeSpan(TUESDAY.start, TUESDAY.start + timedelta(hours=25))
    assert refusal("FREQ=DAILY;COUNT=2", day_and_more) == ["series.overlaps"]
    day = TimeSpan(TUESDAY.start, TUESDAY.start + timedelta(hours=24))
    assert len(days("FREQ=DAILY;COUNT=2", day)) == 2


def test_a_hundred_times_and_a_year_are_allowed() -> None:
    assert len(days("FREQ=DAILY;COUNT=100")) == MOST
    assert len(days("FREQ=WEEKLY;COUNT=53")) == 53


def test_an_occurrence_moves_like_the_one_that_was_moved() -> None:
    later = between("11-25 13:00", "16:00")
    assert shifted(between("12-01 12:00", "14:00"), TUESDAY, later) == between(
        "12-02 13:00", "16:00"
    )


@st.composite
def series(draw: st.DrawFn) -> tuple[datetime, str]:
    """A first time and a rule that makes it, so that the other library never looks in vain."""
    day = draw(st.dates(date(2026, 1, 1), date(2029, 12, 31)))
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 5))}"]
    if draw(st.booleans()):
        weekdays = draw(st.sets(st.sampled_from(WEEKDAYS))) | {WEEKDAYS[day.weekday()]}
        places = ["", str((day.day - 1) // 7 + 1)] if freq == "MONTHLY" else [""]
        place = draw(st.sampled_from(places))
        parts.append("BYDAY=" + ",".join(place + weekday for weekday in sorted(weekdays)))
    if freq != "WEEKLY" and draw(st.booleans()):
        numbers = draw(st.sets(st.integers(-31, 31).filter(bool), max_size=12)) | {day.day}
        parts.append("BYMONTHDAY=" + ",".join(map(str, sorted(numbers))))
    if draw(st.booleans()):
        months = draw(st.sets(st.integers(1, 12))) | {day.month}
        parts.append("BYMONTH=" + ",".join(map(str, sorted(months))))
    if freq == "MONTHLY" and any(part.startswith("BY") for part in parts) and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([-1, 1]))}")
    parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    begins = datetime(day.year, day.month, day.day, draw(st.integers(0, 23)), tzinfo=LOCAL)
    end = (begins + timedelta(days=draw(st.integers(0, 360)))).astimezone(UTC)
    return begins, ";".join([*parts, f"UNTIL={end:%Y%m%dT%H%M%SZ}"])


@given(series())
def test_it_says_the_same_as_another_library(asked: tuple[datetime, str]) -> None:
    begins, rule = asked
    theirs = [start.astimezone(UTC) for start in islice(rrulestr(rule, dtstart=begins), MOST + 1)]
    first = begins.astimezone(UTC)
    # The place in its month may leave the first day out.
    assume(len(theirs) <= MOST and theirs[:1] == [first])
    ours = occurrences(TimeSpan(first, first + timedelta(minutes=30)), read_rule(rule))
    assert [span.start for span in ours] == theirs
