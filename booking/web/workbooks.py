"""XLSX of any length: rows go through a file on disk, never all through memory."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

import xlsxwriter

from booking.web.downloads import Cell, safe_cell

# What the format allows on one sheet, and in one cell.
_ROWS: Final = 1_048_576
_LONGEST_CELL: Final = 32_767
_PIECE: Final = 64 * 1024
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def xlsx_chunks(
    title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, most: int = _ROWS
) -> Iterator[bytes]:
    """A workbook piece by piece, a further sheet for every `most` lines."""
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, _OPTIONS) as book:
            left = iter(rows)
            for number, first in enumerate(chain([None], left), 1):
                sheet = book.add_worksheet(title if number == 1 else f"{title} {number}")
                begun = [] if first is None else [first]
                _fill(sheet, header, chain(begun, islice(left, most - 1 - len(begun))))
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _fill(sheet: Any, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    for at, cells in enumerate(chain([header], rows)):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(at, column, _fitting(safe_cell(cell)))
            elif cell is not None:
                sheet.write_number(at, column, cell)


def _fitting(text: str) -> str:
    """Longer text than a cell may hold ends with an ellipsis; CSV has it whole."""
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
