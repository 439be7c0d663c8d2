"""Write exports of periods, a few statements at a time, so that a crash costs only those."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork, read_session
from booking.files.actions.receive import Received
from booking.files.models import ScanState
from booking.files.providers.disk import Draft, Vault, vault_of
from booking.files.rules.kinds import FileKind
from booking.subsidies.actions.export_statements import end_export, give_up, note_progress
from booking.subsidies.exports.bundle import (
    add,
    add_sums,
    entries,
    files_of,
    payment_files,
)
from booking.subsidies.exports.files import KINDS
from booking.subsidies.exports.paper import Paper, paper_for
from booking.subsidies.models.issued import StatementExport
from booking.subsidies.queries.exporting import next_export, statements_after
from booking.subsidies.queries.settlements import settlement_view
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.statements import content_of

# Under the lease of a job; what does not fit in goes on in the next minute.
_TIME_SECONDS: Final = 40
# Few, because a statement may have thousands of lines.
_AT_ONCE: Final = 5
# It holds accounts of everybody: whoever asked has had a week to fetch it.
KEPT_FOR: Final = timedelta(days=7)
_PIECE: Final = 64 * 1024

_log = logging.getLogger(__name__)


def export_statements(outside: Outside, now: datetime, *, seconds: float = _TIME_SECONDS) -> Sent:
    """Write what waits, export by export, as far as time allows."""
    ends, written, failed = monotonic() + seconds, 0, dict[int, str]()
    while monotonic() < ends:
        with read_session(outside.engine) as session:
            waiting = next_export(session, leaving=failed)
        if waiting is None:
            break
        try:
            written += _Writer(outside, waiting, now, ends).write_on()
        except Exception as error:  # noqa: BLE001 - it fails in any way; the others go on
            _log.exception("export %s broke off", waiting.key)
            failed[waiting.key] = f"export {waiting.key}: {type(error).__name__}"
            with outside.deed() as uow:
                give_up(uow, waiting.key, now=now)
    return Sent(written, tuple(failed.values()))


def forget_exports(uow: UnitOfWork, now: datetime) -> int:
    """Drop exports that ended long ago; their files go when nothing points at them."""
    gone = sa.delete(StatementExport).where(col(StatementExport.ended_at) <= now - KEPT_FOR)
    return len(uow.session.execute(gone.returning(col(StatementExport.id))).all())


@dataclass(slots=True)
class _Writer:
    """One export from the statement on at which it stands."""

    outside: Outside
    export: StatementExport
    now: datetime
    ends: float

    def write_on(self) -> int:
        """How many statements were written."""
        vault = vault_of(self.outside.engine)
        archive = vault.ongoing(self.export.draft)
        begun = self._place(archive)
        done, reached = begun, self.export.reached if begun else ""
        while rows := self._next(reached):
            for row, text in rows:
                add(archive, files_of(row.number, text, self._paper(row)))
            before, done, reached = done, done + len(rows), rows[-1][0].number
            if not self._noted(before, done, reached) or monotonic() >= self.ends:
                return done - begun
        self._end(vault, archive)
        return done - begun

    def _noted(self, begun: int, done: int, reached: str) -> bool:
        with self.outside.deed() as uow:
            return note_progress(uow, self.export.key, begun=begun, done=done, reached=reached)

    def _place(self, archive: Path) -> int:
        """How many are in it; a file that does not hold what was noted is begun anew."""
        if entries(archive) == self.export.done * len(KINDS) and self.export.done:
            return self.export.done
        archive.unlink(missing_ok=True)
        if self.export.done:
            self._noted(self.export.done, 0, "")
        return 0

    def _next(self, reached: str) -> list[tuple[StatementRow, str]]:
        """The next statements with their exact texts."""
        with read_session(self.outside.engine) as session:
            rows = statements_after(session, self.export.period, reached, limit=_AT_ONCE)
            return [(row, content_of(session, row)) for row in rows]

    def _paper(self, row: StatementRow) -> Paper:
        public_url = self.outside.settings.public_url
        return paper_for(row, public_url, tongue_of(self.export.language))

    def _end(self, vault: Vault, archive: Path) -> None:
        with read_session(self.outside.engine) as session:
            view = settlement_view(session, self.export.period)
        add(archive, payment_files(view))
        add_sums(archive)
        file = _put(vault, archive, f"statements-{self.export.period}.zip")
        with self.outside.deed() as uow:
            end_export(uow, self.export.key, file, now=self.now)


def _put(vault: Vault, archive: Path, name: str) -> Received:
    made = hashlib.sha256()
    with archive.open("r+b") as out:
        while piece := out.read(_PIECE):
            made.update(piece)
        size = out.tell()
        placed = vault.put(Draft(archive, out))
    return Received(
        name=placed,
        kind=FileKind.ZIP,
        size=size,
        sha256=made.hexdigest(),
        given_name=name,
        scan=ScanState.NOT_SCANNED,
    )
