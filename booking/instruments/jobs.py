"""What the clock does for instruments: sheets, filings, repairs that last."""

import logging
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Final

import sqlalchemy as sa

from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork
from booking.files.errors import FileGone
from booking.files.providers.disk import vault_of
from booking.files.queries import file_row
from booking.instruments.actions import faults, file_card
from booking.instruments.actions.import_cards import Part, give_up, take_slice
from booking.instruments.actions.index_cards import index_due_cards
from booking.instruments.forms.sheet import judged, placed
from booking.instruments.models.tables import IMPORT, IMPORT_FAULT
from booking.instruments.providers.sheet import Sheet, opened
from booking.instruments.queries.imports import next_import
from booking.instruments.rules.columns import PART_OF
from booking.instruments.rules.ranks import Ranks, ranked
from booking.instruments.rules.rows import Named, SheetRow

# Rows in one transaction: few enough that on SQLite nobody waits long for their turn.
ROWS_AT_ONCE: Final = 100
# Under the lease of a job; what does not fit in goes on in the next minute.
_TIME_SECONDS: Final = 40
# What faulty rows say stands here and in the file only; both go.
KEPT_FOR: Final = timedelta(days=30)

_log = logging.getLogger(__name__)


def import_sheets(outside: Outside, now: datetime, *, seconds: float = _TIME_SECONDS) -> Sent:
    """Take in what waits, sheet by sheet, as far as time allows."""
    ends, rows, failed = monotonic() + seconds, 0, dict[int, str]()
    while monotonic() < ends:
        with outside.deed() as uow:
            waiting = next_import(uow.session, leaving=failed)
        if waiting is None:
            break
        try:
            rows += _Reader(outside, waiting.key, waiting.done, now, ends).read_on(waiting.file_id)
        except Exception as error:  # noqa: BLE001 - a sheet fails in any way; the others go on
            _log.exception("sheet %s broke off", waiting.key)
            failed[waiting.key] = f"sheet {waiting.key}: {type(error).__name__}"
            with outside.deed() as uow:
                give_up(uow, waiting.key, error, now=now)
    return Sent(rows, tuple(failed.values()))


def forget_sheets(uow: UnitOfWork, now: datetime) -> int:
    """Drop sheets that were taken in long ago; their files go when nothing points at them."""
    old = sa.select(IMPORT.c.id).where(IMPORT.c.ended_at <= now - KEPT_FOR)
    uow.session.execute(sa.delete(IMPORT_FAULT).where(IMPORT_FAULT.c.import_id.in_(old)))
    gone = sa.delete(IMPORT).where(IMPORT.c.ended_at <= now - KEPT_FOR)
    return len(uow.session.execute(gone.returning(IMPORT.c.id)).all())


def remind_of_filings(uow: UnitOfWork, now: datetime) -> int:
    """Tell keepers of what is to be filed; a day that was missed is made good for."""
    return file_card.remind_of_filings(uow, now)


def put_off_repairs(uow: UnitOfWork, now: datetime) -> int:
    """What is not repaired stays closed when its expected end comes, or came while nobody ran."""
    return faults.put_off_repairs(uow, now)


def refile_cards(uow: UnitOfWork, now: datetime) -> int:
    """File cards for the search whose next price list has come into force, or that an update
    left to be filed; a few hundred a run."""
    return index_due_cards(uow, now=now)


@dataclass(slots=True)
class _Reader:
    """One sheet from the row on at which it stands; what came before is only looked at."""

    outside: Outside
    import_id: int
    done: int
    now: datetime
    ends: float
    named: Named = field(default_factory=Named)
    ranks: Ranks = field(default_factory=Ranks)
    # Rows of the rounds so far.
    passed: int = 0

    def read_on(self, file_id: int) -> int:
        """How many rows were done."""
        begun, sheet = self.done, self._sheet(file_id)
        if sheet.has(PART_OF.key):
            self.ranks = self._ranks(sheet)
        for rank in self.ranks.rounds:
            with closing(self._rows(sheet, rank)) as rows:
                if not self._read_round(rows):
                    break
        return self.done - begun

    def _read_round(self, rows: Generator[SheetRow]) -> bool:
        """Whether there is time for the next one; slices end with their round, so that wholes are
        written before their parts."""
        for row in islice(rows, self.done - self.passed):
            self.named.add(row)
            self.passed += 1
        while some := list(islice(rows, ROWS_AT_ONCE)):
            if monotonic() >= self.ends:
                return False
            for row in some:
                self.named.add(row)
            if not self._written(some):
                return False
            self.done += len(some)
            self.passed += len(some)
        return True

    def _ranks(self, sheet: Sheet) -> Ranks:
        with closing(sheet.rows()) as rows:
            return ranked(placed(line, cells) for line, cells in rows)

    def _sheet(self, file_id: int) -> Sheet:
        with self.outside.deed() as uow:
            file = file_row(uow.session, file_id)
        path = vault_of(self.outside.engine).path(file.name)
        if not path.is_file():
            raise FileGone
        return opened(path, file.kind)

    def _rows(self, sheet: Sheet, rank: int) -> Generator[SheetRow]:
        with closing(sheet.rows()) as rows:
            for line, cells in rows:
                if self.ranks.of(line) == rank:
                    yield judged(line, cells)

    def _written(self, rows: list[SheetRow]) -> bool:
        with self.outside.deed() as uow:
            part = Part(rows, self.done, self.named, self.ranks)
            return take_slice(uow, self.import_id, part, now=self.now)
