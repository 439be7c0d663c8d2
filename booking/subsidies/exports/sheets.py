"""CSV: one table, a row of sums at its end, nothing that a spreadsheet takes for a formula."""

from collections.abc import Sequence

from booking.subsidies.exports.tables import (
    PAYMENT_COLUMNS,
    STATEMENT_COLUMNS,
    payment_cells,
    payment_total,
    statement_cells,
    statement_total,
)
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.rules.document import Document
from booking.web.downloads import csv_bytes


def statement_csv(document: Document) -> bytes:
    """A statement's lines."""
    header = [column.heading for column in STATEMENT_COLUMNS]
    return csv_bytes(header, [*statement_cells(document), statement_total(document)])


def payments_csv(rows: Sequence[StatementRow]) -> bytes:
    """兑付清单: a row per statement of a period."""
    header = [column.heading for column in PAYMENT_COLUMNS]
    cells = payment_cells(rows)
    return csv_bytes(header, [*cells, payment_total(cells)])
