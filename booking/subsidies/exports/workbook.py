"""XLSX: amounts are numbers, everything else is text; no clock and no formula in the file."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from booking.subsidies.exports.tables import (
    PAYMENT_COLUMNS,
    STATEMENT_COLUMNS,
    Cell,
    Column,
    part,
    payment_cells,
    payment_total,
    records,
    statement_cells,
    statement_total,
)
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.rules.document import Document, canonical, digest
from booking.web.downloads import safe_cell

# A workbook says when it was made; ours always say the same, so that bytes depend on content only.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_OPTIONS = {
    "in_memory": True,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass
class _Sheet:
    """A worksheet being filled from top to bottom."""

    book: Any  # XlsxWriter is untyped
    sheet: Any
    row: int = 0
    formats: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.formats = {
            "head": self.book.add_format({"bold": True, "bg_color": "#E9EDF0", "text_wrap": True}),
            "bold": self.book.add_format({"bold": True}),
            "amount": self.book.add_format({"num_format": "#,##0.00"}),
            "text": self.book.add_format({"num_format": "@"}),
            "total": self.book.add_format({"bold": True, "num_format": "#,##0.00"}),
        }

    def widths(self, columns: Sequence[Column]) -> None:
        for at, column in enumerate(columns):
            self.sheet.set_column(at, at, column.width)

    def fact(self, word: str, value: str) -> None:
        """A line with a word and its value."""
        self.sheet.write_string(self.row, 0, word, self.formats["bold"])
        self.sheet.write_string(self.row, 2, safe_cell(value), self.formats["text"])
        self.row += 1

    def head(self, columns: Sequence[Column]) -> None:
        for at, column in enumerate(columns):
            self.sheet.write_string(self.row, at, column.heading, self.formats["head"])
        self.row += 1

    def cells(self, cells: Sequence[Cell], *, style: str = "") -> None:
        for at, cell in enumerate(cells):
            if isinstance(cell, Decimal):
                form = self.formats[style or "amount"]
                self.sheet.write_number(self.row, at, float(cell), form)
            elif isinstance(cell, int):
                self.sheet.write_number(self.row, at, cell)
            elif cell:
                form = self.formats["bold" if style else "text"]
                self.sheet.write_string(self.row, at, safe_cell(cell), form)
        self.row += 1


def statement_xlsx(document: Document) -> bytes:
    """A statement with its lines and, on a second sheet, how each was reckoned."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        _plain_properties(book, f"结算单 {document['number']}")
        _lines_sheet(_Sheet(book, book.add_worksheet("结算单")), document)
        _steps_sheet(_Sheet(book, book.add_worksheet("计算过程")), document)
    return out.getvalue()


def payments_xlsx(period: str, rows: Sequence[StatementRow]) -> bytes:
    """兑付清单: a row per statement of a period."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        _plain_properties(book, f"兑付清单 {period}")
        sheet = _Sheet(book, book.add_worksheet("兑付清单"))
        sheet.widths(PAYMENT_COLUMNS)
        sheet.fact("兑付清单 Payment list", period)
        sheet.fact("金额单位 Amounts in", "元 yuan")
        _table(
            sheet, PAYMENT_COLUMNS, payment_cells(rows), total=payment_total(payment_cells(rows))
        )
    return out.getvalue()


def _lines_sheet(sheet: _Sheet, document: Document) -> None:
    organisation, period = part(document, "organisation"), part(document, "period")
    totals = part(document, "totals")
    sheet.widths(STATEMENT_COLUMNS)
    sheet.fact("补贴结算单 Subsidy statement", str(document["number"]))
    sheet.fact("版次 Revision", str(document["revision"]))
    sheet.fact("期间 Period", f"{period['first']} — {period['last']}")
    sheet.fact("单位 Organisation", str(organisation["name"]))
    sheet.fact("统一社会信用代码 USCC", str(organisation["uscc"]))
    account = (organisation["bank_account_name"], organisation["bank_name"])
    sheet.fact("收款 Account", " · ".join(str(word) for word in account if word))
    sheet.fact("账号 Account number", str(organisation["bank_account_no"]))
    sheet.fact("政策 Programmes", _programmes(records(document, "programmes")))
    sheet.fact("金额单位 Amounts in", "元 yuan")
    _table(
        sheet,
        STATEMENT_COLUMNS,
        statement_cells(document),
        total=statement_total(document),
    )
    sheet.fact("应付大写 In words", str(totals["payable_in_words"]))
    sheet.fact("校验值 SHA-256", digest(canonical(document)))


def _steps_sheet(sheet: _Sheet, document: Document) -> None:
    columns = (
        Column("序号 No.", "count", 8),
        Column("订单/借据号 Reference", "text", 22),
        Column("政策 Programme", "text", 18),
        Column("计算过程", "text", 90),
        Column("Calculation", "text", 90),
    )
    sheet.widths(columns)
    sheet.head(columns)
    for line in records(document, "lines"):
        told = part(line, "explanation")
        position = line["position"]
        sheet.cells(
            (
                position if isinstance(position, int) else 0,
                str(line["reference"]),
                str(line["programme"]),
                str(told["zh"]),
                str(told["en"]),
            )
        )


def _table(
    sheet: _Sheet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    total: Sequence[Cell],
) -> None:
    sheet.head(columns)
    sheet.sheet.freeze_panes(sheet.row, 0)
    for cells in rows:
        sheet.cells(cells)
    sheet.cells(total, style="total")


def _programmes(programmes: Iterable[object]) -> str:
    found = [p for p in programmes if isinstance(p, dict)]
    return "；".join(f"{p['programme']} v{p['version']} {p['document']}".strip() for p in found)


def _plain_properties(book: Any, title: str) -> None:
    book.set_properties({"title": title, "created": _MADE})
