"""Golden files of one statement: `python -m tests.subsidies.golden` writes them anew.

XLSX and PDF are compared by what they say: their bytes change with the programs that write them.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from booking.subsidies.exports.paper import Paper
from booking.subsidies.rules.document import canonical
from tests.subsidies.papers import PAPER, SAMPLE, made, pages_of

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "statements"


def told() -> Iterator[tuple[str, bytes]]:
    """Every golden file and what it should say."""
    text = canonical(SAMPLE)
    yield "statement.json", made(text, "json")
    yield "statement.csv", made(text, "csv")
    yield "statement.xlsx.json", _cells(made(text, "xlsx")).encode()
    yield "statement.zh.txt", _words(text, PAPER)
    yield "statement.en.txt", _words(text, Paper(public_url=PAPER.public_url, language="en"))
    yield "statement.draft.txt", _words(text, Paper(public_url=PAPER.public_url, is_draft=True))


def _words(text: str, paper: Paper) -> bytes:
    pages = "\f\n".join(pages_of(made(text, "pdf", paper)))
    return "\n".join(line.rstrip() for line in pages.splitlines()).encode() + b"\n"


def _cells(workbook: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheets = {
        sheet.title: [
            [f"{cell.data_type}:{cell.value}" for cell in row if cell.value is not None]
            for row in sheet.iter_rows()
        ]
        for sheet in book.worksheets
    }
    return json.dumps(sheets, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, content in told():
        (GOLDEN / name).write_bytes(content)
