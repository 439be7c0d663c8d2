"""The rows of a sheet that somebody sent, one after the other, whichever kind it is.

Only files that `files/rules` let pass are opened here. Formulas count with the value that was last
shown for them; nothing is computed, no link is followed.
"""

import csv
import warnings
from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from booking.files.errors import FileDamaged
from booking.files.rules.kinds import FileKind
from booking.files.rules.sheets import encoding_of

Cell = str | int | float | bool | date | None
Row = Sequence[Cell]
# Nobody's table is wider; what stands further right is not read.
MOST_COLUMNS: Final = 200
_DELIMITERS: Final = ",\t;"
# A sheet that does not fit its own description breaks in any of these ways.
_BREAKS: Final = (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError)
_BREAKS_TOO: Final = (AttributeError, IndexError, OverflowError, EOFError, OSError, csv.Error)


def rows_of(path: Path, kind: FileKind) -> Generator[Row]:
    """Every row down to the last one, blank ones too, so that they can be counted like lines."""
    rows = _of_text(path) if kind is FileKind.CSV else _of_workbook(path)
    with closing(rows):
        try:
            yield from rows
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
            sheet: Any = book.worksheets[0]
            # What a sheet says of its own size may be anything.
            sheet.reset_dimensions()
            for row in sheet.iter_rows(values_only=True):
                yield [_cell(value) for value in islice(row, MOST_COLUMNS)]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return unescape(value) if "_x" in value else value
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return str(value)
