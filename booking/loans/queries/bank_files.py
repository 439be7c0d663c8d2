"""Banks' files: mappings, how far each is, what became of its rows, and what is to be decided."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from booking.db.transactions import read_session
from booking.files.models import StoredFile
from booking.kernel.errors import NotFound
from booking.loans.models import (
    BankFile,
    BankFileRow,
    BankMapping,
    CreditLine,
    RecordKind,
)
from booking.loans.queries.lines import Credit
from booking.loans.rules.bank_columns import Columns
from booking.loans.rules.matching import Names
from booking.loans.states import UNFINISHED, Decision, FileState, Outcome
from booking.organisations.models import Organisation

_CHUNK: Final = 900
_FILE, _ROW = BankFile, BankFileRow


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as finance sees it."""

    id: int
    given_name: str
    bank: str
    encoding: str
    state: FileState
    total: int
    done: int
    taken: int
    known: int
    conflicting: int
    queued: int
    refused: int
    error: str
    sent_at: datetime
    ended_at: datetime | None

    @property
    def going(self) -> bool:
        return self.state in UNFINISHED


_FILES: Final = sa.select(
    col(_FILE.id),
    col(StoredFile.given_name),
    col(_FILE.bank),
    col(_FILE.encoding),
    col(_FILE.state),
    *(
        getattr(_FILE, name)
        for name in ("total", "done", "taken", "known", "conflicting", "queued", "refused")
    ),
    col(_FILE.error),
    col(_FILE.sent_at),
    col(_FILE.ended_at),
).join_from(_FILE, StoredFile, col(StoredFile.id) == col(_FILE.file_id))


def bank_files(session: Session, *, before: int | None = None, limit: int) -> list[FileRow]:
    """Newest first."""
    wanted = _FILES.order_by(col(_FILE.id).desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(col(_FILE.id) < before)
    return [FileRow(*row) for row in session.execute(wanted)]


def bank_file(session: Session, bank_file_id: int) -> FileRow:
    """One file; NotFound when there is none."""
    row = session.execute(_FILES.where(col(_FILE.id) == bank_file_id)).one_or_none()
    if row is None:
        raise NotFound(bank_file=bank_file_id)
    return FileRow(*row)


def bank_file_for_update(session: Session, bank_file_id: int) -> BankFile:
    """The file's row, locked; NotFound when there is none."""
    wanted = select(BankFile).where(col(BankFile.id) == bank_file_id).with_for_update()
    found = session.exec(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(bank_file=bank_file_id)
    return found


class Stored(NamedTuple):
    """What the bytes of a file are called in the vault, and their digest."""

    name: str
    sha256: str


def stored_file_of(session: Session, bank_file_id: int) -> Stored:
    """Where a file's bytes are; NotFound when there is no such file."""
    wanted = (
        sa.select(col(StoredFile.name), col(StoredFile.sha256))
        .join_from(BankFile, StoredFile, col(StoredFile.id) == col(BankFile.file_id))
        .where(col(BankFile.id) == bank_file_id)
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound(bank_file=bank_file_id)
    return Stored(*found)


def file_with_fingerprint(session: Session, fingerprint: str) -> int | None:
    """The file that was read so before."""
    wanted = sa.select(col(BankFile.id)).where(col(BankFile.fingerprint) == fingerprint)
    found: int | None = session.execute(wanted).scalar_one_or_none()
    return found


def next_file(session: Session, *, leaving: Collection[int] = ()) -> BankFile | None:
    """The file that waits longest, but for some."""
    wanted = select(BankFile).where(
        col(BankFile.state).in_(UNFINISHED), col(BankFile.id).not_in(list(leaving))
    )
    return session.exec(wanted.order_by(col(BankFile.id)).limit(1)).first()


def mapping_of(session: Session, bank: str) -> Columns | None:
    """How a bank writes its files, if anybody said so."""
    wanted = sa.select(col(BankMapping.columns)).where(col(BankMapping.bank) == bank)
    found: dict[str, Any] | None = session.execute(wanted).scalar_one_or_none()
    return Columns.read(found) if found else None


def mapping_for_update(session: Session, bank: str) -> BankMapping | None:
    """The mapping's row, locked."""
    wanted = select(BankMapping).where(col(BankMapping.bank) == bank).with_for_update()
    return session.exec(wanted.execution_options(populate_existing=True)).one_or_none()


def banks(session: Session) -> list[str]:
    """The banks that granted a credit line."""
    wanted = sa.select(col(CreditLine.bank)).distinct().order_by(col(CreditLine.bank))
    return list(session.execute(wanted).scalars())


def accounts(session: Session) -> list[Names]:
    """All credit lines with what banks may call them."""
    wanted = (
        sa.select(
            col(CreditLine.id),
            col(CreditLine.number),
            col(CreditLine.contract_number),
            col(Organisation.name),
            col(CreditLine.bank),
        )
        .join_from(
            CreditLine, Organisation, col(Organisation.id) == col(CreditLine.organisation_id)
        )
        .order_by(col(CreditLine.id))
    )
    return [Names(*row) for row in session.execute(wanted)]


def lines_for_update(session: Session, ids: Collection[int]) -> dict[int, Credit]:
    """Credit lines by id, locked while records of them are judged and written."""
    query = (
        sa.select(
            col(CreditLine.id),
            col(CreditLine.credit_limit_fen),
            col(CreditLine.valid_from),
            col(CreditLine.valid_to),
            col(CreditLine.bank),
        )
        .where(col(CreditLine.id).in_(sorted(ids)))
        .order_by(col(CreditLine.id))
        .with_for_update()
    )
    return {row[0]: Credit(*row) for row in session.execute(query)}


def lines_done(session: Session, bank_file_id: int, lines: Sequence[int]) -> set[int]:
    """Those of some lines of a file of which it is known what became of them."""
    found: set[int] = set()
    for i in range(0, len(lines), _CHUNK):
        wanted = sa.select(col(_ROW.line)).where(
            col(_ROW.bank_file_id) == bank_file_id, col(_ROW.line).in_(lines[i : i + _CHUNK])
        )
        found |= set(session.execute(wanted).scalars())
    return found


class QueuedFact(NamedTuple):
    """What a queued row says."""

    account: str
    day: date
    kind: RecordKind
    amount_fen: int


def queued_by_number(
    session: Session, bank: str, numbers: Collection[str]
) -> dict[str, QueuedFact]:
    """Rows that were queued before under these numbers, decided or not."""
    wanted, found = sorted(numbers), dict[str, QueuedFact]()
    for i in range(0, len(wanted), _CHUNK):
        query = sa.select(
            col(_ROW.number), col(_ROW.account), col(_ROW.day), col(_ROW.kind), col(_ROW.amount_fen)
        ).where(
            col(_ROW.bank) == bank,
            col(_ROW.outcome) == Outcome.QUEUED,
            col(_ROW.number).in_(wanted[i : i + _CHUNK]),
        )
        found |= {number: QueuedFact(*rest) for number, *rest in session.execute(query)}
    return found


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of a file and what became of it."""

    id: int
    line: int
    outcome: Outcome
    code: str
    number: str
    account: str
    day: date | None
    kind: RecordKind | None
    amount_fen: int | None
    note: str
    text: str
    credit_line: str | None
    decision: Decision | None
    reason: str
    bank: str


_REPORT: Final = sa.select(
    col(_ROW.id),
    col(_ROW.line),
    col(_ROW.outcome),
    col(_ROW.code),
    col(_ROW.number),
    col(_ROW.account),
    col(_ROW.day),
    col(_ROW.kind),
    col(_ROW.amount_fen),
    col(_ROW.note),
    col(_ROW.text),
    col(CreditLine.number),
    col(_ROW.decision),
    col(_ROW.reason),
    col(_ROW.bank),
).join_from(_ROW, CreditLine, col(CreditLine.id) == col(_ROW.credit_line_id), isouter=True)


def rows_not_taken(session: Session, bank_file_id: int, *, limit: int) -> list[ReportRow]:
    """The first rows of a file that are neither taken nor known."""
    wanted = _REPORT.where(
        col(_ROW.bank_file_id) == bank_file_id,
        col(_ROW.outcome).not_in((Outcome.TAKEN, Outcome.KNOWN)),
    )
    found = session.execute(wanted.order_by(col(_ROW.line)).limit(limit))
    return [ReportRow(*row) for row in found]


def every_row(engine: Engine, bank_file_id: int) -> Iterator[ReportRow]:
    """All rows of a file in its order, without holding them all at once."""
    wanted = _REPORT.where(col(_ROW.bank_file_id) == bank_file_id).order_by(col(_ROW.line))
    with read_session(engine) as session:
        for row in session.execute(wanted.execution_options(yield_per=1000)):
            yield ReportRow(*row)


def open_rows(session: Session, *, after: int | None = None, limit: int) -> Sequence[ReportRow]:
    """Queued rows about which nothing is decided, oldest first."""
    wanted = _REPORT.where(col(_ROW.decision) == Decision.OPEN)
    if after is not None:
        wanted = wanted.where(col(_ROW.id) > after)
    return [ReportRow(*row) for row in session.execute(wanted.order_by(col(_ROW.id)).limit(limit))]


def queued_for_update(session: Session, row_id: int) -> BankFileRow:
    """A queued row, locked; NotFound when there is none."""
    wanted = select(BankFileRow).where(
        col(BankFileRow.id) == row_id, col(BankFileRow.outcome) == Outcome.QUEUED
    )
    found = session.exec(
        wanted.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(row=row_id)
    return found
