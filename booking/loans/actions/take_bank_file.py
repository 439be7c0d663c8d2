"""Take a bank's file in, part by part: some rows, and how far they lead, are one deed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import BookingError
from booking.loans.actions.draw_for_charge import confirm_draws
from booking.loans.actions.reckon_overdue import reckon
from booking.loans.events import BankFileTakenIn
from booking.loans.models import BankFile, BankFileRow, BankRecord, RecordKind
from booking.loans.queries.bank_files import (
    QueuedFact,
    accounts,
    bank_file_for_update,
    lines_done,
    lines_for_update,
    queued_by_number,
)
from booking.loans.queries.draws import Awaited, awaited
from booking.loans.queries.lines import Credit, Told, told_by_number, told_of_lines
from booking.loans.rules.balances import Movement
from booking.loans.rules.bank_rows import Refused, Said
from booking.loans.rules.matching import Matching, misfits
from booking.loans.states import UNFINISHED, Decision, FileState, Outcome

# Rows of one deed; a credit line's rows stay together, because they are judged together.
ROWS_AT_ONCE: Final = 1000
_MOST_ATTEMPTS: Final = 5
_COUNTS: Final[Mapping[Outcome, str]] = {
    Outcome.TAKEN: "taken",
    Outcome.KNOWN: "known",
    Outcome.CONFLICT: "conflicting",
    Outcome.QUEUED: "queued",
    Outcome.REFUSED: "refused",
}


def parts(rows: Sequence[Said | Refused], matching: Matching) -> Iterator[list[Said | Refused]]:
    """Rows in the order in which they are taken: credit line by credit line."""
    by_line: dict[int, list[Said | Refused]] = {}
    for row in rows:
        meant = matching.find(row.account)[0] if isinstance(row, Said) else None
        by_line.setdefault(meant or 0, []).append(row)
    loose = by_line.pop(0, [])
    for start in range(0, len(loose), ROWS_AT_ONCE):
        yield loose[start : start + ROWS_AT_ONCE]
    part: list[Said | Refused] = []
    for _, some in sorted(by_line.items()):
        part += some
        if len(part) >= ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def matching_for(uow: UnitOfWork, bank: str) -> Matching:
    """The credit lines of a bank by all their names."""
    return Matching(accounts(uow.session), bank)


def take_part(
    uow: UnitOfWork, bank_file_id: int, rows: Sequence[Said | Refused], *, now: datetime
) -> bool:
    """Write what became of these rows; those that are done already stay as they are."""
    file = bank_file_for_update(uow.session, bank_file_id)
    if file.state not in UNFINISHED:
        return False
    done = lines_done(uow.session, bank_file_id, [row.line for row in rows])
    left = [row for row in rows if row.line not in done]
    counts = _Part(uow, file, local(now).date(), now).take(left)
    for outcome, name in _COUNTS.items():
        setattr(file, name, getattr(file, name) + counts[outcome])
    file.done += len(left)
    file.state, file.attempts = FileState.RUNNING, 0
    uow.session.flush()
    return True


def finish(uow: UnitOfWork, bank_file_id: int, *, now: datetime) -> None:
    """Say that every row is accounted for."""
    file = bank_file_for_update(uow.session, bank_file_id)
    if file.state in UNFINISHED and file.done == file.total:
        _end(uow, file, FileState.DONE, now=now)


def give_up(uow: UnitOfWork, bank_file_id: int, error: Exception, *, now: datetime) -> None:
    """Count that it went wrong; when it never will go right, or after a few times, end it."""
    file = bank_file_for_update(uow.session, bank_file_id)
    file.attempts += 1
    if isinstance(error, BookingError) or file.attempts >= _MOST_ATTEMPTS:
        file.error = error.code if isinstance(error, BookingError) else "loan.file_broke_off"
        _end(uow, file, FileState.FAILED, now=now)


def _end(uow: UnitOfWork, file: BankFile, state: FileState, *, now: datetime) -> None:
    before, file.state, file.ended_at = file.state, state, now
    uow.session.flush()
    told = {name: (None, getattr(file, name)) for name in _COUNTS.values()}
    uow.announce(
        BankFileTakenIn(
            at=now,
            actor_id=file.sent_by,
            subject=f"bank_file:{file.key}",
            changes={"state": (before, state), **told},
            bank_file_id=file.key,
        )
    )


@dataclass(slots=True)
class _Part:
    uow: UnitOfWork
    file: BankFile
    today: date
    now: datetime
    records: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    queued: dict[str, QueuedFact] = field(default_factory=dict)
    known: dict[tuple[str, str], Told] = field(default_factory=dict)
    awaited: dict[tuple[int, str], Awaited] = field(default_factory=dict)
    # Draws of which these rows tell, by the transaction number.
    paid: dict[int, str] = field(default_factory=dict)

    def take(self, rows: Sequence[Said | Refused]) -> Counter[Outcome]:
        said = [row for row in rows if isinstance(row, Said)]
        matching = matching_for(self.uow, self.file.bank)
        meant = {row.line: matching.find(row.account) for row in said}
        lines = lines_for_update(self.uow.session, {one for one, _ in meant.values() if one})
        self.awaited = dict(awaited(self.uow.session, lines))
        numbers = {(self.file.bank, row.number) for row in said}
        self.known = told_by_number(self.uow.session, numbers)
        self.queued = queued_by_number(self.uow.session, self.file.bank, [n for _, n in numbers])
        for row in rows:
            if isinstance(row, Refused):
                self._refuse(row)
        wanted: list[tuple[Said, int]] = []
        for row in said:
            line, why = meant[row.line]
            if self._is_told_before(row, line):
                continue
            if line is None:
                self._queue(row, why)
            else:
                self.known[self.file.bank, row.number] = _told(row, line)
                wanted.append((row, line))
        self._enter(wanted, lines)
        for table, written in ((BankRecord, self.records), (BankFileRow, self.rows)):
            if written:
                self.uow.session.execute(sa.insert(table), written)
        by, bank = self.file.sent_by, self.file.bank
        confirm_draws(self.uow, bank, self.paid, actor_id=by, now=self.now)
        reckon(self.uow, {row["credit_line_id"] for row in self.records}, now=self.now)
        return Counter(row["outcome"] for row in self.rows)

    def _is_told_before(self, row: Said, line: int | None) -> bool:
        """Known: the same of the same; conflict: anything else under that number."""
        queued, told = self.queued.get(row.number), self.known.get((self.file.bank, row.number))
        if told is not None:
            same = line is not None and told == _told(row, line)
        elif queued is not None:
            same = queued == _fact(row)
        else:
            return False
        self._note(row, Outcome.KNOWN if same else Outcome.CONFLICT, line=line)
        return True

    def _enter(self, wanted: Sequence[tuple[Said, int]], lines: Mapping[int, Credit]) -> None:
        """Take in what fits its credit line; queue what does not, with the reason."""
        against = {
            row.line: why
            for row, line in wanted
            if (why := self._misdated(row, lines[line]) or self._differs(row, line))
        }
        against |= self._beyond([one for one in wanted if one[0].line not in against], lines)
        for row, line in wanted:
            if row.line in against:
                self._queue(row, against[row.line], line=line)
                continue
            self._note(row, Outcome.TAKEN, line=line)
            if row.draws and (asked := self.awaited.pop((line, row.order), None)):
                self.paid.setdefault(asked.id, row.number)
            self.records.append(record_of(row, line, self.file, now=self.now))

    def _misdated(self, row: Said, credit: Credit) -> str:
        if row.day > self.today:
            return "loan.row_in_future"
        return "loan.row_draw_outside" if row.draws and not credit.is_valid_on(row.day) else ""

    def _differs(self, row: Said, line: int) -> str:
        asked = self.awaited.get((line, row.order)) if row.draws else None
        return "loan.row_draw_differs" if asked and asked.amount_fen != row.amount_fen else ""

    def _beyond(
        self, wanted: Sequence[tuple[Said, int]], lines: Mapping[int, Credit]
    ) -> dict[int, str]:
        before = told_of_lines(self.uow.session, {line for _, line in wanted})
        found: dict[int, str] = {}
        new: dict[int, list[Movement]] = {line: [] for line in before}
        for row, line in wanted:
            new[line].append(_told(row, line).movement(row.line))
        for line, told in before.items():
            known = [one.movement() for one in told]
            found |= misfits(known, new[line], lines[line].limit_fen)
        return found

    def _queue(self, row: Said, why: str, line: int | None = None) -> None:
        self.queued[row.number] = _fact(row)
        self.known.pop((self.file.bank, row.number), None)
        self._note(row, Outcome.QUEUED, line=line, code=why)

    def _refuse(self, row: Refused) -> None:
        told = {"number": row.number, "text": row.text, "code": row.code}
        self.rows.append(self._row(row.line, Outcome.REFUSED) | told)

    def _note(self, row: Said, outcome: Outcome, *, line: int | None, code: str = "") -> None:
        told = {
            "code": "loan.row_conflict" if outcome is Outcome.CONFLICT else code,
            "number": row.number,
            "account": row.account,
            "day": row.day,
            "kind": _kind(row),
            "amount_fen": row.amount_fen,
            "order_reference": row.order,
            "note": row.note,
            "credit_line_id": line,
        }
        self.rows.append(self._row(row.line, outcome) | told)

    def _row(self, line: int, outcome: Outcome) -> dict[str, Any]:
        blank = dict.fromkeys(
            ("number", "account", "order_reference", "note", "text", "reason"), ""
        )
        nothing = dict.fromkeys(("day", "kind", "amount_fen", "credit_line_id"))
        return {
            **blank,
            **nothing,
            "code": "",
            "bank_file_id": self.file.key,
            "line": line,
            "bank": self.file.bank,
            "outcome": outcome,
            "decision": Decision.OPEN if outcome is Outcome.QUEUED else None,
        }


def record_of(row: Said, line: int, file: BankFile, *, now: datetime) -> dict[str, Any]:
    """What is kept of a row as the bank's record."""
    return {
        "bank": file.bank,
        "bank_transaction_number": row.number,
        "credit_line_id": line,
        "day": row.day,
        "kind": _kind(row),
        "amount_fen": row.amount_fen,
        "order_reference": row.order,
        "note": row.note,
        "imported_by": file.sent_by,
        "imported_at": now,
    }


def _kind(row: Said) -> RecordKind:
    return RecordKind.DRAW if row.draws else RecordKind.REPAYMENT


def _told(row: Said, line: int) -> Told:
    return Told(line, row.day, _kind(row), row.amount_fen)


def _fact(row: Said) -> QueuedFact:
    return QueuedFact(row.account, row.day, _kind(row), row.amount_fen)
