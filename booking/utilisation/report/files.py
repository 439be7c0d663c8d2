"""Reports as workbooks: the same bytes for the same contents and moment."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import xlsxwriter

from booking.utilisation.report.filed import CORRECTION_HEAD, Filed
from booking.web.downloads import safe_cell

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
RECORDS: Final = "记录"
CORRECTIONS: Final = "往期更正"


def workbook(filed: Filed, *, made_at: datetime) -> bytes:
    """Records on the first sheet, what is corrected of earlier periods on the second; all text, so
    that no long number loses its digits."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        # Whoever unpacks the file finds the moment of the report, not that of the download.
        book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
        _fill(book.add_worksheet(RECORDS), [filed.header, *filed.rows])
        if filed.corrections:
            head = list(CORRECTION_HEAD)
            _fill(book.add_worksheet(CORRECTIONS), [head, *filed.correction_rows])
    return out.getvalue()


def _fill(sheet: Any, rows: Sequence[Sequence[str]]) -> None:
    for at, cells in enumerate(rows):
        for column, text in enumerate(cells):
            sheet.write_string(at, column, safe_cell(text))
