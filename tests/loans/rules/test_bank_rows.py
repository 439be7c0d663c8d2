"""A row of a bank's file: read as the mapping says, or refused with one reason."""

from datetime import date

import pytest

from booking.loans.rules.bank_columns import (
    Columns,
    DayFormat,
    DecimalMark,
    Direction,
    faults_of,
    guessed,
)
from booking.loans.rules.bank_rows import Refused, Said, judged, places
from tests.factories.bank_files import columns

BY_WORD = columns(direction=Direction.WORD, repaid="", kind="类型", amount="金额")
BY_SIGN = columns(direction=Direction.SIGN, repaid="", amount="金额")


def read(mapping: Columns, **cells: str) -> Said | Refused:
    """A row with these cells under the mapping's headings."""
    told = {"number": "T1", "account": "YQD-1", "day": "2026-03-10", "note": ""} | cells
    headings = mapping.named()
    at = places(headings, mapping)
    assert at is not None
    row = [""] * len(headings)
    for name, place in at.items():
        row[place] = told.get(name, "")
    return judged(9, row, at=at, columns=mapping, text=",".join(row))


@pytest.mark.parametrize(
    ("mapping", "cells", "draws", "fen"),
    [
        (columns(), {"amount": "1,200.50"}, True, 120_050),
        (columns(), {"repaid": "￥ 8"}, False, 800),
        (columns(), {"amount": "0.00", "repaid": "8.00"}, False, 800),
        (BY_WORD, {"kind": "放款", "amount": "8"}, True, 800),
        (BY_WORD, {"kind": "还款", "amount": "8"}, False, 800),
        (BY_SIGN, {"amount": "8"}, True, 800),
        (BY_SIGN, {"amount": "-8"}, False, 800),
        (columns(decimal=DecimalMark.COMMA), {"amount": "1.200,50"}, True, 120_050),
    ],
)
def test_what_a_row_says(mapping, cells, draws, fen):
    found = read(mapping, **cells)
    assert isinstance(found, Said), found
    assert (found.draws, found.amount_fen, found.line) == (draws, fen, 9)


@pytest.mark.parametrize(
    ("mapping", "cells", "code"),
    [
        (columns(), {"number": "", "amount": "1"}, "loan.row_number_missing"),
        (columns(), {"number": "T" * 65, "amount": "1"}, "loan.row_too_long"),
        (columns(), {"day": "10.03.2026", "amount": "1"}, "loan.row_day"),
        (columns(), {"day": "2026-02-30", "amount": "1"}, "loan.row_day"),
        (columns(), {"day": "0026-02-03", "amount": "1"}, "loan.row_day"),
        (columns(), {"amount": "-1.00"}, "loan.row_negative"),
        (columns(), {"repaid": "-1.00"}, "loan.row_negative"),
        (BY_WORD, {"kind": "放款", "amount": "-1"}, "loan.row_negative"),
        (BY_WORD, {"kind": "冲正", "amount": "1"}, "loan.row_kind"),
        (BY_SIGN, {"amount": "0"}, "loan.row_nothing"),
        (columns(), {}, "loan.row_nothing"),
        (columns(), {"amount": "1", "repaid": "1"}, "loan.row_both_sides"),
        (columns(), {"amount": "1.001"}, "loan.row_amount"),
        (columns(), {"amount": "1e3"}, "loan.row_amount"),
        (columns(), {"amount": "NaN"}, "loan.row_amount"),
        (columns(), {"amount": "9" * 30}, "loan.row_amount"),
        (columns(), {"amount": "1", "note": "\ufffd"}, "loan.row_truncated"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(mapping, cells, code):
    found = read(mapping, **cells)
    assert isinstance(found, Refused), found
    assert found.code == code


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("2026-03-10", DayFormat.DASHES),
        ("2026/03/10", DayFormat.SLASHES),
        ("20260310", DayFormat.DIGITS),
        ("2026年03月10日", DayFormat.CHINESE),
        ("10.03.2026", DayFormat.DOTS),
    ],
)
def test_days_as_banks_write_them(written, how):
    found = read(columns(day_format=how), day=written, amount="1")
    assert isinstance(found, Said)
    assert found.day == date(2026, 3, 10)


@pytest.mark.parametrize("cells", [None, ["T1", "YQD-1"]])
def test_a_line_that_ends_early_is_refused(cells):
    mapping = columns()
    at = places(mapping.named(), mapping) or {}
    found = judged(7, cells, at=at, columns=mapping, text='T1,"YQD-1')
    assert isinstance(found, Refused)
    assert (found.code, found.text) == ("loan.row_truncated", 'T1,"YQD-1')


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"number": ""}, "loan.column_missing"),
        ({"repaid": ""}, "loan.column_missing"),
        ({"direction": Direction.WORD}, "loan.column_missing"),
        ({"repaid": "借方金额"}, "loan.column_twice"),
    ],
)
def test_a_mapping_that_leaves_something_open_is_refused(facts, code):
    assert code in [fault.code for fault in faults_of(columns(**facts))]


def test_a_mapping_comes_back_as_it_was_kept():
    for mapping in (columns(), BY_WORD, BY_SIGN):
        assert Columns.read(mapping.stored()) == mapping


def test_headings_that_are_usual_are_guessed():
    found = guessed(["交易流水号", "授信编号", "交易日期", "借方金额", "贷方金额", "摘要"])
    assert found == {
        "number": "交易流水号",
        "account": "授信编号",
        "day": "交易日期",
        "amount": "借方金额",
        "repaid": "贷方金额",
        "note": "摘要",
    }
