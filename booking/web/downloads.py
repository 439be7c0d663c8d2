"""Files for people: names in any script, cells that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON: Final = "application/json"
PDF: Final = "application/pdf"

Cell = str | int | float | Decimal | None
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def attachment(filename: str) -> dict[str, str]:
    """The header that names the file, in ASCII and in full."""
    plain = filename.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    full = quote(filename, safe="")
    return {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=utf-8''{full}"}


def files_of(*media_types: str) -> dict[int | str, dict[str, object]]:
    """What a route that answers with a file says of it: `responses=files_of(CSV, XLSX)`."""
    return {200: {"content": {kind.partition(";")[0]: {} for kind in media_types}}}


def download(content: bytes | str, *, filename: str, media_type: str) -> Response:
    """A whole file at once."""
    return Response(content, headers=attachment(filename), media_type=media_type)


def streamed(chunks: Iterable[bytes], *, filename: str, media_type: str) -> StreamingResponse:
    """A file piece by piece; the pieces must not need the request's session, which has ended."""
    return StreamingResponse(chunks, headers=attachment(filename), media_type=media_type)


def safe_cell(value: Cell) -> str:
    """A cell's text; words that would start a formula get an apostrophe, numbers stay numbers."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return "" if value is None else str(value)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A CSV with a byte order mark, which Excel needs to read Chinese."""
    yield b"\xef\xbb\xbf" + _csv_line(header)
    for row in rows:
        yield _csv_line(row)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The same in one piece."""
    return b"".join(csv_lines(header, rows))


def _csv_line(cells: Sequence[Cell]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return out.getvalue().encode()
