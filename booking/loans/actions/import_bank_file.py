"""Take in a bank's transactions: a CSV file, every record once, all of the file or nothing."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Violation
from booking.kernel.money import fen
from booking.loans.errors import BankFileInvalid
from booking.loans.events import BankFileImported
from booking.loans.models import BankRecord, CreditLine, RecordKind

_HEADINGS = ("bank_transaction_number", "loan_id", "date", "kind", "amount")
Row = Mapping[str, str]
Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How much of a file was new."""

    added: int
    known: int


def import_bank_file(
    uow: UnitOfWork,
    content: bytes,
    *,
    actor_id: int | None,
    now: datetime,
    only: str | None = None,
) -> ImportReport:
    """Take in the records of a file; `only` refuses those of any other credit line."""
    rows = _rows(content)
    lines = _credit_lines(uow, {row["loan_id"] for row in rows})
    if only is not None:
        lines = {number: key for number, key in lines.items() if number == only}
    faults: list[Violation] = []
    records = [
        {**record, "imported_by": actor_id, "imported_at": now}
        for i, row in enumerate(rows, 2)
        if (record := _record(row, lines, faults=faults, at=i)) is not None
    ]
    if faults:
        raise BankFileInvalid(faults)
    added = len(insert_unless_exists(uow.session, BankRecord, records))
    report = ImportReport(added, len(records) - added)
    uow.announce(
        BankFileImported(
            at=now,
            subject=f"loan:{only}" if only else "loan:*",
            actor_id=actor_id,
            added=report.added,
            known=report.known,
        )
    )
    return report


def _rows(content: bytes) -> list[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Banks' exports come in the old national encoding as often as not.
        text = content.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in _HEADINGS if name not in (reader.fieldnames or ())]
    if missing:
        raise BankFileInvalid(
            Violation("loan.heading_missing", {"heading": name, "line": 1}) for name in missing
        )
    return [{k: v or "" for k, v in row.items() if isinstance(k, str)} for row in reader]


def _credit_lines(uow: UnitOfWork, numbers: Iterable[str]) -> dict[str, int]:
    query = sa.select(col(CreditLine.number), col(CreditLine.id)).where(
        col(CreditLine.number).in_(list(numbers))
    )
    return {number: key for number, key in uow.session.execute(query) if key is not None}


def _record(
    row: Row, lines: Mapping[str, int], *, faults: list[Violation], at: int
) -> Record | None:
    found = len(faults)
    number = row["bank_transaction_number"].strip()
    if not number:
        faults.append(Violation("loan.number_missing", {"line": at}))
    if row["loan_id"] not in lines:
        faults.append(Violation("loan.not_known", {"line": at, "loan": row["loan_id"]}))
    record: Record = {
        "bank_transaction_number": number,
        "credit_line_id": lines.get(row["loan_id"], 0),
        "order_reference": row.get("order", "")[:40],
        "note": row.get("note", "")[:200],
    }
    for field, read in (("date", _day), ("kind", _kind), ("amount", _amount)):
        try:
            record[{"date": "day", "amount": "amount_fen"}.get(field, field)] = read(row[field])
        except ValueError:
            params = {"line": at, "field": field, "value": row[field]}
            faults.append(Violation("loan.value_invalid", params))
    return record if len(faults) == found else None


def _day(text: str) -> object:
    return date.fromisoformat(text)


def _kind(text: str) -> object:
    return RecordKind(text)


def _amount(text: str) -> object:
    amount = fen(text)
    if amount <= 0:
        raise ValueError(text)
    return amount
