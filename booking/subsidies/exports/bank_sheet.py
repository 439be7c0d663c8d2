"""The sheet for the bank: a row per payment, with columns for its answer. Text but the amounts."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import xlsxwriter

from booking.kernel.errors import NotFound
from booking.subsidies.queries.payments import BatchView
from booking.web.downloads import Cell, csv_bytes, safe_cell

HEADINGS = (
    "批次 Batch",
    "序号 Row",
    "收款户名 Account name",
    "开户行 Bank",
    "账号 Account number",
    "金额 Amount",
    "附言 Statements",
    "结果 Result",
    "流水号 Bank reference",
    "退回原因 Reason",
)
_WIDTHS = (18, 8, 36, 30, 28, 16, 40, 12, 24, 30)
# A workbook says when it was made; ours always say the same, so that bytes depend on content only.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def bank_sheet(view: BatchView, kind: str) -> tuple[str, bytes]:
    """A batch as `csv` or `xlsx`: name and bytes."""
    name = f"{view.head.number}.{kind}"
    if kind == "csv":
        return name, csv_bytes(HEADINGS, _cells(view))
    if kind == "xlsx":
        return name, _workbook(view)
    raise NotFound(batch=view.head.number, kind=kind)


def _cells(view: BatchView) -> list[tuple[Cell, ...]]:
    """The bank's own words where it has answered: the sheet can be taken in again."""
    results = {"paid": "成功", "returned": "退回"}
    return [
        (
            view.head.number,
            row.position,
            row.account_name,
            row.bank_name,
            row.account_no,
            Decimal(row.amount_fen).scaleb(-2),
            " ".join(row.statements),
            results.get(row.state.value, ""),
            row.bank_reference,
            row.reason,
        )
        for row in view.rows
    ]


def _workbook(view: BatchView) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": f"兑付批次 {view.head.number}", "created": _MADE})
        sheet = book.add_worksheet("兑付批次")
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        amount = book.add_format({"num_format": "#,##0.00"})
        for at, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, heading, bold)
        for line, cells in enumerate(_cells(view), 1):
            for at, cell in enumerate(cells):
                if isinstance(cell, Decimal):
                    sheet.write_number(line, at, float(cell), amount)
                elif isinstance(cell, int):
                    sheet.write_number(line, at, cell)
                elif cell:
                    sheet.write_string(line, at, safe_cell(cell), text)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
