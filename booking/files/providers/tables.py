"""The rows of a sheet that somebody sent, one after the other, whichever kind it is.

Only files that `files/rules` let pass are opened here. Formulas count with the value that was last
shown for them; nothing is computed, no link is followed.
"""

import csv
import warnings
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import INLINE_STRING, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from booking.files.errors import FileDamaged, FileSwells
from booking.files.rules.kinds import FileKind
from booking.files.rules.sheets import MOST_UNPACKED, encoding_of

Cell = str | int | float | bool | date | None
Row = Sequence[Cell]
# Nobody's table is wider; what stands further right is not read.
MOST_COLUMNS: Final = 200
# No spreadsheet writes longer texts or wider rows.
_LONGEST_TEXT: Final = 32_767
_WIDEST: Final = 16_384
_TEXT: Final = f"{{{SHEET_MAIN_NS}}}t"
_DELIMITERS: Final = ",\t;"
# A sheet that does not fit its own description breaks in any of these ways.
_BREAKS: Final = (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError)
_BREAKS_TOO: Final = (AttributeError, IndexError, OverflowError, EOFError, OSError, csv.Error)


def rows_of(path: Path, kind: FileKind) -> Generator[Row]:
    """Every row down to the last one, blank ones too, so that they can be counted like lines.

    FileSwells when a text that stands in the file once is told so often that all are too much.
    """
    rows = _of_text(path) if kind is FileKind.CSV else _of_workbook(path)
    left = MOST_UNPACKED
    with closing(rows):
        try:
            for row in rows:
                lengths = [len(cell) for cell in row if isinstance(cell, str)]
                left -= sum(lengths)
                if left < 0:
                    raise FileSwells(looks=kind)
                if max(lengths, default=0) > _LONGEST_TEXT:
                    raise FileDamaged(looks=kind)
                yield row
        except (*_BREAKS, *_BREAKS_TOO) as error:
            raise FileDamaged(looks=kind) from error


def _of_text(path: Path) -> Generator[Row]:
    encoding = encoding_of(path.read_bytes())
    with path.open(encoding=encoding or "utf-8", newline="") as text:
        first = text.readline()
        text.seek(0)
        delimiter = max(_DELIMITERS, key=first.count)
        for row in csv.reader(text, delimiter=delimiter):
            yield row[:MOST_COLUMNS]


def _of_workbook(path: Path) -> Generator[Row]:
    with path.open("rb") as file, warnings.catch_warnings():
        # It warns of drop-downs and dates that it does not understand.
        warnings.simplefilter("ignore")
        with closing(load_workbook(file, read_only=True, data_only=True, keep_links=False)) as book:
            yield from _of_sheet(book.worksheets[0])


def _of_sheet(sheet: Any) -> Generator[Row]:
    """What a sheet says of its own size may be anything; only its rows count."""
    last, book = 0, sheet.parent
    formats = {
        "date_formats": book._date_formats,
        "timedelta_formats": book._timedelta_formats,
    }
    with sheet._get_source() as source:
        parser = _Cells(source, sheet._shared_strings, data_only=True, epoch=book.epoch, **formats)
        for number, cells in parser.parse():
            for _ in range(last + 1, number):
                yield []
            if number > last:
                yield _row(cells)
            last = max(last, number)


def _row(cells: Sequence[Mapping[str, Any]]) -> Row:
    kept = {one["column"]: _cell(one["value"]) for one in cells if one["column"] <= MOST_COLUMNS}
    return [kept.get(place) for place in range(1, max(kept, default=0) + 1)]


class _Cells(WorkSheetParser):
    """Reads texts that stand within their cells, as programs write them, in a fifth of the time."""

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        """As the library does, but no row that is wider than any."""
        if len(row) > _WIDEST:
            raise ValueError(len(row))
        told: tuple[int, list[dict[str, Any]]] = super().parse_row(row)
        return told

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """As the library does, but for a text without formats."""
        within = element.find(INLINE_STRING) if element.get("t") == "inlineStr" else None
        place = element.get("r")
        if within is None or not place or len(within) != 1 or within[0].tag != _TEXT:
            return super().parse_cell(element)
        row, self.col_counter = coordinate_to_tuple(place)
        return {"row": row, "column": self.col_counter, "value": within[0].text or ""}


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return unescape(value) if "_x" in value else value
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return str(value)
