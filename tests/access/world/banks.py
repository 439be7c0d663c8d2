"""A bank's file that nobody mapped yet, a row to be decided, and draws that wait for the bank."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.loans.actions.draw_for_charge import ask_draw
from booking.loans.models import BankFileRow, RecordKind
from booking.loans.states import Decision, Outcome
from tests.access.world.records import Record
from tests.access.world.settled import each
from tests.access.world.sides import Customer
from tests.factories.bank_files import BANK, bank_text, send_bytes
from tests.factories.settled_uses import REPORTED


def bank_records(
    uow: UnitOfWork, customers: Mapping[str, Customer], *, now: datetime
) -> Iterator[tuple[str, Record]]:
    """Files are nobody's of those who ask: the centre's. Each company asked for a draw."""
    loan = customers["ours"].loan
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
    numbers = {
        side: ask_draw(uow, one.loan, one.charges[0], amount_fen=1, actor=one.admin, now=now).number
        for side, one in customers.items()
    }
    yield "draws/{draw}", each(numbers["ours"], numbers["theirs"], numbers["guest"])
