"""English names of holidays: those of every year that is known, and no invented ones."""

import csv
from pathlib import Path

import pytest

from booking.instruments.rules.holidays import english_holiday

SEED = Path(__file__).parents[3] / "seed" / "calendar"


def test_the_names_are_those_of_the_calendars_that_are_known():
    sheets = [one.read_text(encoding="utf-8") for one in sorted(SEED.glob("*.csv"))]
    rows = [row for sheet in sheets for row in csv.DictReader(sheet.splitlines())]
    assert len(rows) > 50
    assert {row["name"]: english_holiday(row["name"]) for row in rows} == {
        row["name"]: row["name_en"] for row in rows
    }


@pytest.mark.parametrize("name", ["", "抗战胜利纪念日", "春节、校庆", "停电调休上班"])
def test_what_is_not_known_stays_as_it_is(name):
    assert english_holiday(name) == name
