"""What the clock does for credit lines: banks' files, and what is overdue by now."""

import logging
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Final

from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork
from booking.files.errors import FileGone
from booking.files.providers.disk import vault_of
from booking.loans.actions import draw_for_charge
from booking.loans.actions import judge_promises as promised
from booking.loans.actions.reckon_overdue import reckon
from booking.loans.actions.take_bank_file import (
    finish,
    give_up,
    matching_for,
    parts,
    take_part,
)
from booking.loans.models import BankFile
from booking.loans.providers import bank_sheet
from booking.loans.queries.bank_files import next_file, stored_file_of
from booking.loans.queries.repayment import lines_with_terms
from booking.loans.rules.bank_columns import Columns

# Under the lease of a job; what does not fit in goes on in the next minute.
_TIME_SECONDS: Final = 40
_log = logging.getLogger(__name__)


def import_bank_files(outside: Outside, now: datetime, *, seconds: float = _TIME_SECONDS) -> Sent:
    """Take in what waits, file by file, as far as time allows."""
    ends, rows, failed = monotonic() + seconds, 0, dict[int, str]()
    while monotonic() < ends:
        with outside.deed() as uow:
            waiting = next_file(uow.session, leaving=failed)
        if waiting is None:
            break
        try:
            rows += _read(outside, waiting, now=now, ends=ends)
        except Exception as error:  # noqa: BLE001 - a file fails in any way; the others go on
            _log.exception("bank file %s broke off", waiting.key)
            failed[waiting.key] = f"bank file {waiting.key}: {type(error).__name__}"
            with outside.deed() as uow:
                give_up(uow, waiting.key, error, now=now)
    return Sent(rows, tuple(failed.values()))


def reckon_overdue(uow: UnitOfWork, now: datetime) -> int:
    """Which lines that are repaid by a schedule are overdue; answers how many changed."""
    changed, after = 0, 0
    while lines := lines_with_terms(uow.session, after=after):
        changed += reckon(uow, lines, now=now)
        after = lines[-1]
    return changed


def expire_draws(uow: UnitOfWork, now: datetime) -> int:
    """End draws of which the bank did not tell within their term."""
    return draw_for_charge.expire_draws(uow, now=now)


def judge_promises(uow: UnitOfWork, now: datetime) -> int:
    """Count the outside hours of promise years that are over; answers how many changed."""
    return promised.judge_promises(uow, now=now)


def warn_of_promises(uow: UnitOfWork, now: datetime) -> int:
    """Tell borrowers ahead whose promised hours will not be there at their pace."""
    return promised.warn_of_promises(uow, now=now)


def _read(outside: Outside, file: BankFile, *, now: datetime, ends: float) -> int:
    with outside.deed() as uow:
        path = vault_of(outside.engine).path(stored_file_of(uow.session, file.key).name)
        matching = matching_for(uow, file.bank)
    found = _rows(path, Columns.read(file.columns))
    done = 0
    for part in parts(found, matching):
        if monotonic() >= ends:
            return done
        with outside.deed() as uow:
            if not take_part(uow, file.key, part, now=now):
                return done
        done += len(part)
    with outside.deed() as uow:
        finish(uow, file.key, now=now)
    return done


def _rows(path: Path, columns: Columns) -> list[bank_sheet.Row]:
    if not path.is_file():
        raise FileGone
    return list(bank_sheet.rows(path, columns))
