"""A bank's file that nobody mapped yet, and a row that waits to be decided."""

from collections.abc import Iterator

from booking.db.transactions import UnitOfWork
from booking.loans.models import BankFileRow, RecordKind
from booking.loans.states import Decision, Outcome
from tests.access.world.records import Record
from tests.factories.bank_files import BANK, bank_text, send_bytes
from tests.factories.settled_uses import REPORTED


def bank_records(uow: UnitOfWork, loan: str) -> Iterator[tuple[str, Record]]:
    """Nobody's of those who ask: the centre's."""
    row = f"T-QUEUED,{loan},2026-03-10,1.00,,"
    sent = send_bytes(uow, bank_text(row).encode())
    queued = BankFileRow(
        bank_file_id=sent,
        line=5,
        bank=BANK,
        outcome=Outcome.QUEUED,
        code="loan.row_unmatched",
        number="T-QUEUED",
        account=loan,
        day=REPORTED.date().replace(year=2026, month=3, day=10),
        kind=RecordKind.DRAW,
        amount_fen=100,
        decision=Decision.OPEN,
    )
    uow.session.add(queued)
    uow.session.flush()
    yield "bank-files/{file_id}", Record(sent)
    yield "bank-queue/{row_id}", Record(queued.key)
