"""Files by their ending: name and bytes, all out of one document."""

from sqlmodel import Session

from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.subsidies.exports.sheets import payments_csv, statement_csv
from booking.subsidies.exports.workbook import payments_xlsx, statement_xlsx
from booking.subsidies.queries.statements import StatementRow, settlement_view
from booking.subsidies.statements import content_of, document_of
from booking.subsidies.states import StatementState


def statement_file(session: Session, row: StatementRow, kind: str) -> tuple[str, bytes]:
    """A statement as `xlsx`, `csv` or `json`."""
    name = f"{row.number}.{kind}"
    if kind == "json":
        return name, content_of(session, row).encode()
    if kind == "csv":
        return name, statement_csv(document_of(session, row))
    if kind == "xlsx":
        return name, statement_xlsx(document_of(session, row))
    raise NotFound(statement=row.number, kind=kind)


def payments_file(session: Session, period: Period, kind: str) -> tuple[str, bytes]:
    """The payment list of a period: its statements from the lock on."""
    view = settlement_view(session, period.code)
    rows = [row for row in view.statements if row.state is not StatementState.DRAFT]
    name = f"payments-{period.code}.{kind}"
    if kind == "csv":
        return name, payments_csv(rows)
    if kind == "xlsx":
        return name, payments_xlsx(period.code, rows)
    raise NotFound(period=period.code, kind=kind)
