"""Take in a bank's transactions: a CSV file, every record once, all of the file or nothing."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import Violation
from booking.kernel.money import fen, yuan
from booking.loans.actions.draw_for_charge import confirm_told
from booking.loans.actions.reckon_overdue import reckon
from booking.loans.errors import BankFileInvalid, TransactionTaken
from booking.loans.events import BankFileImported
from booking.loans.models import BankRecord, RecordKind
from booking.loans.queries.lines import (
    Credit,
    Told,
    credit_lines_for_update,
    told_by_number,
    told_of_lines,
)
from booking.loans.rules.balances import Movement, impossible

_HEADINGS = ("bank_transaction_number", "loan_id", "date", "kind", "amount")
_LONGEST_NUMBER: Final = 64
Row = Mapping[str, str]
Record = dict[str, Any]


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
    today: date | None = None,
) -> ImportReport:
    """Take in the records of a file; `only` refuses those of any other credit line.

    No record may lie after `today`, which is that of `now` unless said otherwise.
    """
    rows = _rows(content)
    lines = credit_lines_for_update(uow.session, {row["loan_id"] for row in rows})
    if only is not None:
        lines = {number: line for number, line in lines.items() if number == only}
    faults: list[Violation] = []
    records = [
        (i, record)
        for i, row in enumerate(rows, 2)
        if (record := _record(row, lines, faults=faults, at=i)) is not None
    ]
    faults = faults or _contradictions(uow, records, lines, today=today or local(now).date())
    if faults:
        raise _refusal(faults)
    entered = [{**record, "imported_by": actor_id, "imported_at": now} for _, record in records]
    added = len(insert_unless_exists(uow.session, BankRecord, entered))
    if added < len(records) and (others := list(_taken(uow, records))):
        raise _refusal(others)
    confirm_told(uow, [record for _, record in records], actor_id=actor_id, now=now)
    reckon(uow, {record["credit_line_id"] for _, record in records}, now=now)
    report = ImportReport(added, len(records) - added)
    uow.announce(
        BankFileImported(
            at=now,
            subject=f"loan:{only}" if only else "loan:*",
            actor_id=actor_id,
            changes={"records": (report.known, report.known + report.added)},
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
    # Lines end in any of the three ways; what cannot be taken apart after that is told by its line.
    reader = csv.DictReader(io.StringIO(text, newline=None))
    try:
        missing = [name for name in _HEADINGS if name not in (reader.fieldnames or ())]
        if missing:
            raise BankFileInvalid(
                Violation("loan.heading_missing", {"heading": name, "line": 1}) for name in missing
            )
        return [{k: v or "" for k, v in row.items() if isinstance(k, str)} for row in reader]
    except csv.Error:
        line = {"line": reader.line_num + 1}
        raise BankFileInvalid([Violation("loan.line_unreadable", line)]) from None


def _record(
    row: Row, lines: Mapping[str, Credit], *, faults: list[Violation], at: int
) -> Record | None:
    found, line = len(faults), lines.get(row["loan_id"])
    number = row["bank_transaction_number"].strip()
    if not number:
        faults.append(Violation("loan.number_missing", {"line": at}))
    elif len(number) > _LONGEST_NUMBER or not number.isprintable():
        faults.append(Violation("loan.number_unfit", {"line": at, "most": _LONGEST_NUMBER}))
    if line is None:
        faults.append(Violation("loan.not_known", {"line": at, "loan": row["loan_id"]}))
    record: Record = {
        "bank": line.bank if line else "",
        "bank_transaction_number": number,
        "credit_line_id": line.id if line else 0,
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


def _contradictions(
    uow: UnitOfWork,
    records: Sequence[tuple[int, Record]],
    lines: Mapping[str, Credit],
    *,
    today: date,
) -> list[Violation]:
    """What a record says against one that is known, against its credit line, or against today."""
    known = told_by_number(uow.session, [_number(record) for _, record in records])
    granted = {line.id: line for line in lines.values()}
    faults: list[Violation] = []
    new: dict[int, list[Movement]] = {key: [] for key in granted}
    for at, record in records:
        number, told = _number(record), _told(record)
        if number in known:
            if known[number] != told:
                faults.append(_other(at, record))
            continue
        known[number] = told
        if code := _out_of_time(told, granted[told.credit_line_id], today):
            faults.append(Violation(code, {"line": at, "date": told.day}))
        else:
            new[told.credit_line_id].append(told.movement(at))
    return sorted([*faults, *_beyond(uow, new, granted)], key=lambda v: int(str(v.params["line"])))


def _taken(uow: UnitOfWork, records: Sequence[tuple[int, Record]]) -> Iterator[Violation]:
    """What is entered now under these numbers and says something else, whoever entered it."""
    known = told_by_number(uow.session, [_number(record) for _, record in records])
    for at, record in records:
        if known[_number(record)] != _told(record):
            yield _other(at, record)


def _other(at: int, record: Record) -> Violation:
    params = {"line": at, "number": record["bank_transaction_number"]}
    return Violation("loan.number_taken", params)


def _refusal(faults: Sequence[Violation]) -> BankFileInvalid:
    """A conflict where nothing else is wrong with the file."""
    only_taken = all(fault.code == "loan.number_taken" for fault in faults)
    return TransactionTaken(faults) if only_taken else BankFileInvalid(faults)


def _number(record: Record) -> tuple[str, str]:
    return record["bank"], record["bank_transaction_number"]


def _told(record: Record) -> Told:
    return Told(record["credit_line_id"], record["day"], record["kind"], record["amount_fen"])


def _out_of_time(told: Told, credit: Credit, today: date) -> str | None:
    if told.day > today:
        return "loan.in_future"
    drawn = told.kind is RecordKind.DRAW
    return "loan.draw_outside" if drawn and not credit.is_valid_on(told.day) else None


def _beyond(
    uow: UnitOfWork, new: Mapping[int, Sequence[Movement]], granted: Mapping[int, Credit]
) -> Iterator[Violation]:
    """Draws beyond a line's limit, repayments beyond what it owes."""
    before = told_of_lines(uow.session, [key for key, movements in new.items() if movements])
    for key, told in before.items():
        known = [one.movement() for one in told]
        for found in impossible([*known, *new[key]], granted[key].limit_fen):
            code = "loan.over_limit" if found.amount > 0 else "loan.over_repaid"
            yield Violation(code, {"line": found.line, "amount": yuan(abs(found.amount))})


def _day(text: str) -> object:
    return date.fromisoformat(text)


def _kind(text: str) -> object:
    return RecordKind(text)


def _amount(text: str) -> object:
    amount = fen(text)
    if amount <= 0:
        raise ValueError(text)
    return amount
