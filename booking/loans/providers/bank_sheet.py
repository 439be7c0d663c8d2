"""A bank's file as lines: its encoding, its headings, and every row of it.

A row is a line: banks' exports break no cell over lines, and so a quotation mark that is never
closed costs its own row, not the rest of the file.
"""

import csv
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from booking.loans.errors import BankFileEncoding, BankFileHeadings
from booking.loans.rules.bank_columns import DELIMITERS, MOST_LINES_ABOVE, Columns
from booking.loans.rules.bank_rows import Refused, Said, judged, places

_PIECE: Final = 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"
Row = Said | Refused


@dataclass(frozen=True, slots=True)
class Preview:
    """The first lines of a file, taken apart; the headings are among them."""

    encoding: str
    lines: list[list[str]]


def encoding_of(path: Path) -> str:
    """UTF-8, UTF-8 behind its mark, or GB 18030; a last character cut in two spoils nothing."""
    with path.open("rb") as source:
        marked = source.read(len(_BOM)) == _BOM
    if _reads_as(path, "utf-8"):
        return "utf-8-sig" if marked else "utf-8"
    if _reads_as(path, "gb18030"):
        return "gb18030"
    raise BankFileEncoding


def preview(path: Path, most: int = 12) -> Preview:
    """The first lines, for whoever says which column is which."""
    encoding = encoding_of(path)
    lines = [text for _, text in _lines(path, encoding, most=most)]
    delimiter = max(DELIMITERS, key=lambda mark: max((t.count(mark) for t in lines), default=0))
    return Preview(encoding, [_cells(text, delimiter) or [text] for text in lines])


def rows(path: Path, columns: Columns) -> Iterator[Row]:
    """Every row below the headings; BankFileHeadings when there are no such headings."""
    encoding = encoding_of(path)
    begin, delimiter, at = _headings(path, encoding, columns)
    for line, text in _lines(path, encoding):
        if line > begin:
            cells = _cells(text, delimiter)
            yield judged(line, cells, at=at, columns=columns, text=text)


def _headings(path: Path, encoding: str, columns: Columns) -> tuple[int, str, dict[str, int]]:
    for line, text in _lines(path, encoding, most=MOST_LINES_ABOVE):
        for delimiter in DELIMITERS:
            found = places(_cells(text, delimiter) or (), columns)
            if found is not None:
                return line, delimiter, found
    raise BankFileHeadings


def _lines(path: Path, encoding: str, most: int | None = None) -> Iterator[tuple[int, str]]:
    """Lines that are not empty, numbered as a text editor does."""
    with path.open(encoding=encoding, errors="replace") as source:
        found = 0
        for line, text in enumerate(source, 1):
            if text.strip(" \t\r\n,;|"):
                yield line, text.rstrip("\n")
                found += 1
                if found == most:
                    return


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _reads_as(path: Path, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as source:
            while piece := source.read(_PIECE):
                decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True
