"""The record of the yearly sheet: 349 bytes, nothing cut, nothing that cannot be true."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.utilisation.rules.sj3 import (
    BY_CODE,
    FIELDS,
    RECORD_BYTES,
    SheetRefused,
    Worked,
    differences,
    faults_of,
    gaps_of,
    hours_of,
    record,
)
from tests.factories.yearly_sheets import TYPED

ROW: dict[str, Any] = {
    **TYPED,
    "school_code": "10698",
    "name": "场发射扫描电镜",
    "unit_price": "2860000.00",
    "model": "GeminiSEM 500",
    "spec": "分辨率 0.6 nm @ 15 kV",
    "hours_teaching": 40,
    "hours_research": 900,
    "hours_service": 260,
    "hours_open": 310,
    "samples": 2104,
}


def fields_in(line: bytes) -> dict[str, str]:
    """A record taken apart again by its widths."""
    found, at = {}, 0
    for field in FIELDS:
        found[field.code] = line[at : at + field.width].decode("gb18030")
        at += field.width
    return found


def test_a_record_has_25_fields_and_349_bytes() -> None:
    assert (len(FIELDS), RECORD_BYTES) == (25, 349)
    assert len(record(ROW)) == 349


def test_words_stand_left_and_numbers_right() -> None:
    read = fields_in(record(ROW))
    assert read["name"] == "场发射扫描电镜" + " " * 16
    assert read["unit_price"] == "  2860000.00"
    assert {code: text.strip() for code, text in read.items()} == {
        code: str(value) for code, value in ROW.items()
    }


def test_what_is_not_known_is_an_asterisk_and_listed() -> None:
    row = {**ROW, "awards_national": None, "manager": "", "hours_service": None}
    read = fields_in(record(row))
    assert [read[code].strip() for code in ("awards_national", "manager", "hours_service")] == [
        "*",
        "无",
        "0",
    ]
    assert gaps_of(row) == ["hours_service", "awards_national", "manager"]
    assert gaps_of(ROW) == []


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        # 15 characters of two bytes fill the name, 16 do not.
        ({"name": "镜" * 16}, "sj3.too_long", "name"),
        ({"spec": "a" * 201}, "sj3.too_long", "spec"),
        ({"hours_service": 10_000, "hours_research": 0}, "sj3.too_long", "hours_service"),
        ({"samples": 1_000_000}, "sj3.too_long", "samples"),
        ({"manager": "欧阳实验员"}, "sj3.too_long", "manager"),
        # Four bytes in GB18030, though one character.
        ({"manager": "𠮷𠮷𠮷"}, "sj3.too_long", "manager"),
        ({"model": "SEM\n500"}, "sj3.unprintable", "model"),
        ({"school_code": "1069"}, "sj3.school_code", "school_code"),
        ({"school_code": "１０６９８"}, "sj3.school_code", "school_code"),
        ({"school_code": None}, "sj3.school_code", "school_code"),
        ({"hours_research": 8_500}, "sj3.hours_beyond_year", "hours_research"),
        ({"hours_open": 1_201}, "sj3.open_beyond", "hours_open"),
        ({"hours_teaching": 300, "hours_research": -1}, "sj3.teaching_beyond", "hours_teaching"),
    ],
)
def test_what_does_not_fit_is_refused_under_its_name(
    changed: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(SheetRefused) as refused:
        record({**ROW, **changed})
    assert (code, field) in [(one.code, one.params["field"]) for one in refused.value.violations]


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "镜" * 15},
        {"spec": "a" * 200},
        {"manager": "𠮷𠮷"},
        {"hours_research": 8_484},
        {"hours_open": 1_200},
        {"hours_research": 10},
    ],
)
def test_what_just_fits_is_written(changed: dict[str, Any]) -> None:
    assert faults_of({**ROW, **changed}) == []
    assert len(record({**ROW, **changed})) == 349


YEAR = 8_784 * 3600


@given(
    effective=st.integers(0, YEAR),
    external=st.integers(0, YEAR),
    by_users=st.integers(0, YEAR),
    samples=st.integers(0, 999_999),
    teaching=st.integers(0, 9_999),
)
def test_hours_of_any_year_can_be_written_or_are_refused_for_the_teaching_alone(
    effective: int, external: int, by_users: int, samples: int, teaching: int
) -> None:
    worked = Worked(effective, min(external, effective), by_users, samples)
    told = hours_of(worked, teaching=teaching)
    codes = {one.code for one in faults_of({**ROW, **told, "hours_teaching": teaching})}
    assert codes <= {"sj3.teaching_beyond", "sj3.hours_beyond_year"}
    if teaching <= (worked.effective - worked.external) // 3600 and effective < YEAR - 3600:
        assert codes == set()


@given(st.text(max_size=40), st.sampled_from([f.code for f in FIELDS if not f.is_number]))
def test_any_words_come_back_whole_or_are_refused(text: str, code: str) -> None:
    row = {**ROW, code: text}
    if faults_of(row):
        with pytest.raises(SheetRefused):
            record(row)
        return
    line = record(row)
    assert len(line) == 349
    assert fields_in(line)[code].rstrip(" ") == (text or BY_CODE[code].unknown).rstrip(" ")


def test_a_later_correction_is_told_field_by_field() -> None:
    now = {**ROW, "hours_service": 262, "samples": 2110}
    assert differences(ROW, now) == [("hours_service", 260, 262), ("samples", 2104, 2110)]
    assert differences(ROW, ROW) == []
