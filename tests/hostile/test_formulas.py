"""No cell of any file that leaves the house is a formula, whatever was said in any field."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from httpx2 import Response

from tests.hostile.planting import Spoiled
from tests.support.office import as_shown

STARTS = tuple("=+-@\t\r\n＝＋－＠")
ZIP = b"PK\x03\x04"


def is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").rstrip("%"))
    except ValueError:
        return False
    return True


def files(spoiled: Spoiled) -> Iterator[tuple[str, Response]]:
    """Every file with cells that somebody may take away, each kind of it."""
    for plan, who, answer in spoiled.answers:
        if is_sheet(answer):
            yield plan.path, answer
        if plan.path.endswith(".csv"):
            again = replace(plan, path=plan.path.removesuffix("csv") + "xlsx")
            if is_sheet(other := spoiled.asking.answer(again, who)):
                yield again.path, other


def is_sheet(answer: Response) -> bool:
    kind = answer.headers.get("content-type", "")
    return answer.status_code == 200 and ("csv" in kind or "spreadsheet" in kind)


def cells(answer: Response) -> Iterator[tuple[str, str]]:
    """The texts of a file, with the type that a spreadsheet gives them."""
    if answer.content.startswith(ZIP):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        for sheet in book:
            for row in sheet.iter_rows():
                yield from ((cell.data_type, str(cell.value)) for cell in row if cell.value)
    else:
        for line in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
            yield from (("n" if is_number(cell) else "s", cell) for cell in line)


@pytest.mark.slow
def test_no_cell_of_any_file_is_a_formula(spoiled: Spoiled) -> None:
    formulas, made_text, kinds = [], 0, set()
    for path, answer in files(spoiled):
        kinds.add(path.rpartition(".")[2])
        for kind, cell in cells(answer):
            made_text += cell.startswith("'") and cell[1:].startswith(STARTS)
            if kind == "f" or (kind == "s" and cell.startswith(STARTS)):
                formulas.append(f"{path}: {cell}")
    assert formulas == []
    assert made_text > 5
    assert {"csv", "xlsx"} <= kinds


@pytest.mark.slow
def test_libreoffice_reckons_none_of_them(spoiled: Spoiled, soffice: str, tmp_path: Path) -> None:
    sheets = {path: answer for path, answer in files(spoiled) if path.endswith(".xlsx")}
    sheet, name = tmp_path / "s.xlsx", next(path for path in sheets if "statements" in path)
    sheet.write_bytes(sheets[name].content)
    shown = as_shown(soffice, sheet, tmp_path)
    written = {text.removeprefix("'") for kind, text in cells(sheets[name]) if kind == "s"}
    said = {text.removeprefix("'") for row in csv.reader(io.StringIO(shown)) for text in row}
    hostile = {text for text in written if text.startswith(STARTS)}
    assert hostile
    assert hostile <= said
