"""Files by their ending: name and bytes, all out of one document."""

from collections.abc import Sequence

from booking.kernel.errors import NotFound
from booking.subsidies.exports.paper import Paper, statement_pdf
from booking.subsidies.exports.sheets import payments_csv, statement_csv
from booking.subsidies.exports.workbook import payments_xlsx, statement_xlsx
from booking.subsidies.queries.settlements import SettlementView
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.rules.document import parsed
from booking.subsidies.states import StatementState

# In the order in which they are told of.
KINDS = ("pdf", "xlsx", "csv", "json")


def statement_file(number: str, content: str, kind: str, *, paper: Paper) -> tuple[str, bytes]:
    """A statement, given its exact text, as one of `KINDS`; only a PDF depends on `paper`."""
    if kind not in KINDS:
        raise NotFound(statement=number, kind=kind)
    return f"{number}.{kind}", _made(content, kind, paper)


def _made(content: str, kind: str, paper: Paper) -> bytes:
    if kind == "pdf":
        return statement_pdf(parsed(content), paper)
    if kind == "xlsx":
        return statement_xlsx(parsed(content))
    return statement_csv(parsed(content)) if kind == "csv" else content.encode()


def payments_file(view: SettlementView, kind: str) -> tuple[str, bytes]:
    """The payment list of a period: its statements from the lock on."""
    rows = payable(view)
    name = f"payments-{view.period}.{kind}"
    if kind == "csv":
        return name, payments_csv(rows)
    if kind == "xlsx":
        return name, payments_xlsx(view.period, rows)
    raise NotFound(period=view.period, kind=kind)


def payable(view: SettlementView) -> Sequence[StatementRow]:
    """What a payment list holds."""
    return [row for row in view.statements if row.state is not StatementState.DRAFT]
