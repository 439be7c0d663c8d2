"""The sheet of a year's statutory calendar."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from booking.instruments.rules.opening import DayKind
from booking.instruments.rules.statutory import (
    Look,
    differences,
    due_years,
    read_sheet,
    text_of,
    working_days,
    year_in_months,
)

HEAD = "date,kind,name,name_en,source\n"
SEED = Path(__file__).parents[3] / "seed" / "calendar"


def test_the_seed_of_a_year_is_read_whole() -> None:
    sheet = read_sheet((SEED / "2026.csv").read_text()).sheet
    assert sheet is not None
    assert (sheet.year, sheet.days[date(2026, 10, 10)]) == (
        2026,
        (DayKind.MAKEUP_WORKDAY, "国庆节调休上班"),
    )
    # policy-facts.md §7.4 counts the same.
    assert working_days(year_in_months(2026, sheet.days)) == 248


@pytest.mark.parametrize(
    ("sheet", "codes"),
    [
        ("", ["heading_missing"] * 4),
        ("date,kind,name\n2027-01-01,holiday,元旦", ["heading_missing"]),
        (HEAD, ["nothing_in_it"]),
        (HEAD + "2027-13-01,holiday,元旦,,国办", ["not_a_day"]),
        (HEAD + "2027/01/01,holiday,元旦,,国办", ["not_a_day"]),
        (HEAD + "2027-01-01,feast,元旦,,国办", ["kind_unknown"]),
        (HEAD + "2027-01-01,holiday,元旦,,国办\n2027-01-01,holiday,元旦,,国办", ["day_twice"]),
        (HEAD + "2027-01-01,holiday,元旦,,国办\n2028-01-01,holiday,元旦,,国办", ["another_year"]),
        # A Friday is worked anyway.
        (HEAD + "2027-01-01,makeup_workday,元旦,,国办", ["no_weekend"]),
        (HEAD + f"2027-01-01,holiday,{'元' * 51},,国办", ["too_long"]),
        (HEAD + "2027-01-01,holiday,元旦,,", ["source_missing"]),
        (HEAD + "0202-01-01,holiday,元旦,,国办", ["year_out_of_reach"]),
        (HEAD + "9999-12-31,holiday,除夕,,国办", ["year_out_of_reach"]),
        (
            HEAD
            + "\n".join(f"{date(2027, 1, 1) + timedelta(n)},holiday,,,国办" for n in range(121)),
            ["too_many_days"],
        ),
        # Every fault is told, not only the first.
        (
            HEAD + "2027-01-32,holiday,元旦,,\n2027-01-02,feast,,,国办",
            ["not_a_day", "kind_unknown"],
        ),
    ],
)
def test_a_faulty_row_is_named_and_nothing_is_read(sheet: str, codes: list[str]) -> None:
    reading = read_sheet(sheet)
    assert reading.sheet is None
    assert [fault.code.removeprefix("calendar.") for fault in reading.faults] == codes


def test_a_fault_says_its_line() -> None:
    (fault,) = read_sheet(
        HEAD + "\n2027-01-01,holiday,元旦,,国办\n2027-02-30,holiday,,,国办"
    ).faults
    assert (fault.params["line"], fault.params["text"]) == (4, "2027-02-30")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_however_lines_end_they_are_rows(ends: str) -> None:
    rows = (HEAD + "2027-01-01,holiday,元旦,,国办\n2027-01-02,holiday,元旦,,国办").split("\n")
    sheet = read_sheet(ends.join(rows)).sheet
    assert sheet is not None
    assert len(sheet.days) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_sheets_are_read_in_either_encoding(encoding: str) -> None:
    content = (HEAD + "2027-01-01,holiday,元旦,,国办通知\n").encode(encoding)
    sheet = read_sheet(text_of(content)).sheet
    assert sheet is not None
    assert (sheet.days[date(2027, 1, 1)][1], sheet.source) == ("元旦", "国办通知")


def test_months_are_weeks_from_monday_and_say_what_changed() -> None:
    moved = {date(2027, 2, 6): (DayKind.HOLIDAY, "春节"), date(2027, 2, 14): MAKEUP}
    february = year_in_months(2027, moved, changed=[date(2027, 2, 6)])[1]
    # 1 February 2027 is a Monday, and there are four weeks.
    assert [len(week) for week in february.weeks] == [7] * 4
    first, second = february.weeks[0], february.weeks[1]
    assert [day and day.look for day in first] == [*[Look.WORK] * 5, Look.HOLIDAY, Look.WEEKEND]
    assert (first[5] and (first[5].name, first[5].changed)) == ("春节", True)
    assert second[6] is not None
    assert (second[6].look, second[6].changed) == (Look.MAKEUP_WORKDAY, False)
    assert february.working_days == 21
    may = year_in_months(2027, {})[4]
    assert [day is None for day in may.weeks[0]] == [True] * 5 + [False] * 2
    assert may.weeks[-1][1] is None


MAKEUP = (DayKind.MAKEUP_WORKDAY, "春节调休")


def test_two_readings_of_a_year_are_compared_day_by_day() -> None:
    new_year, other = (DayKind.HOLIDAY, "元旦"), (DayKind.HOLIDAY, "元旦假期")
    one, two, three = (date(2027, 1, n) for n in (1, 2, 3))
    found = differences({one: new_year, two: new_year}, {two: other, three: MAKEUP})
    assert [(d.day.day, d.before, d.after) for d in found] == [
        (1, new_year, None),
        (2, new_year, other),
        (3, None, MAKEUP),
    ]
    assert differences({one: new_year}, {one: new_year}) == ()


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 3, 1), (2026,)),
        (date(2026, 11, 6), (2026,)),
        (date(2026, 11, 7), (2026, 2027)),
        (date(2027, 1, 1), (2027,)),
    ],
)
def test_the_next_year_is_due_from_november_on(today: date, years: tuple[int, ...]) -> None:
    assert due_years(today) == years
