"""Keep a bank's file and how the bank writes it; the next run of the job takes it in."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, Sent, keep, receive
from booking.files.providers.disk import Vault
from booking.files.rules.kinds import Use
from booking.kernel.errors import BookingError, RulesBroken
from booking.loans.errors import BankFileHeadings
from booking.loans.events import BankFileSent, BankMappingSaved
from booking.loans.models import BankFile, BankMapping
from booking.loans.providers import bank_sheet
from booking.loans.queries.bank_files import (
    bank_file_for_update,
    file_with_fingerprint,
    mapping_for_update,
    mapping_of,
    stored_file_of,
)
from booking.loans.rules.bank_columns import Columns, faults_of
from booking.loans.states import FileState


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A file in place, its encoding, and how many rows a mapping finds in it; None: not any."""

    file: Received
    encoding: str
    total: int | None


def look_at(vault: Vault, sent: Sent, columns: Columns | None) -> LookedAt:
    """Put a file in place when it can be read at all."""
    file = receive(vault, sent, Use.BANK)
    try:
        path = vault.path(file.name)
        return LookedAt(
            file=file,
            encoding=bank_sheet.encoding_of(path),
            total=_total(vault, file.name, columns),
        )
    except BookingError:
        vault.drop(file.name)
        raise


def _total(vault: Vault, name: str, columns: Columns | None) -> int | None:
    try:
        return sum(1 for _ in bank_sheet.rows(vault.path(name), columns)) if columns else None
    except BankFileHeadings:
        return None


def send_bank_file(
    uow: UnitOfWork, looked: LookedAt, *, bank: str, actor_id: int | None, now: datetime
) -> int:
    """Keep a file, to be taken in; the same file of a bank again is the one that came before."""
    columns = mapping_of(uow.session, bank) if looked.total is not None else None
    known = _known(uow, bank, columns, sha256=looked.file.sha256)
    if known is not None:
        return known
    stored = keep(uow, looked.file, uploaded_by=actor_id, now=now)
    row = BankFile(
        bank=bank, file_id=stored.key, encoding=looked.encoding, sent_by=actor_id, sent_at=now
    )
    uow.session.add(row)
    if columns is not None:
        _ready(row, columns, sha256=looked.file.sha256, total=looked.total or 0)
    uow.session.flush()
    uow.announce(
        BankFileSent(
            at=now,
            actor_id=actor_id,
            subject=f"bank_file:{row.key}",
            changes={"state": (None, row.state), "rows": (None, row.total)},
            bank_file_id=row.key,
        )
    )
    return row.key


def map_columns(
    uow: UnitOfWork,
    bank_file_id: int,
    columns: Columns,
    *,
    vault: Vault,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Save how a bank writes its files, and take this one in so; answers the file to look at."""
    if faults := list(faults_of(columns)):
        raise RulesBroken(faults)
    row = bank_file_for_update(uow.session, bank_file_id)
    stored = stored_file_of(uow.session, bank_file_id)
    total = sum(1 for _ in bank_sheet.rows(vault.path(stored.name), columns))
    _save(uow, row.bank, columns, actor_id=actor_id, now=now)
    known = _known(uow, row.bank, columns, sha256=stored.sha256)
    if known is not None:
        return known
    if row.state in (FileState.UNMAPPED, FileState.FAILED) and row.done == 0:
        _ready(row, columns, sha256=stored.sha256, total=total)
        uow.session.flush()
    return row.key


def _save(
    uow: UnitOfWork, bank: str, columns: Columns, *, actor_id: int | None, now: datetime
) -> None:
    kept, told = mapping_for_update(uow.session, bank), columns.stored()
    before = kept.columns if kept else None
    if before == told:
        return
    if kept is None:
        kept = BankMapping(bank=bank, columns=told, saved_by=actor_id, saved_at=now)
        uow.session.add(kept)
    kept.columns, kept.saved_by, kept.saved_at = told, actor_id, now
    uow.session.flush()
    uow.announce(
        BankMappingSaved(
            at=now,
            actor_id=actor_id,
            subject=f"bank_mapping:{kept.key}",
            changes={"columns": (before, told)},
            bank=bank,
        )
    )


def _ready(row: BankFile, columns: Columns, *, sha256: str, total: int) -> None:
    row.columns, row.total, row.state = columns.stored(), total, FileState.WAITING
    row.fingerprint, row.error = _fingerprint(row.bank, columns, sha256), ""


def _known(uow: UnitOfWork, bank: str, columns: Columns | None, *, sha256: str) -> int | None:
    if columns is None:
        return None
    return file_with_fingerprint(uow.session, _fingerprint(bank, columns, sha256))


def _fingerprint(bank: str, columns: Columns, sha256: str) -> str:
    told = json.dumps([bank, columns.stored(), sha256], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
