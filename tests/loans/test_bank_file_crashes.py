"""A process that dies while a bank's file is taken in, at whichever statement, leaves no trace."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col

from booking.db.transactions import UnitOfWork
from booking.loans.actions import take_bank_file
from booking.loans.models import BankFileRow, BankRecord
from tests.factories.bank_files import columns, run_job, send_bytes
from tests.factories.settled_uses import make_company, make_loan

Write = Callable[[], AbstractContextManager[UnitOfWork]]
ROWS = (
    "T1,{0}-1,2026-03-10,600000.00,,",
    "T2,{0}-1,2026-06-20,,500000.00,",
    "T3,{0}-2,2026-03-10,7.00,,",
    "T4,{0}-2,2026-03-11,,7.00,",
    "T5,nobody,2026-03-11,7.00,,",
    "T6,{0}-2,2026-03-11,-7.00,,",
    "T1,{0}-1,2026-03-10,600000.00,,",
    "T1,{0}-1,2026-03-10,600000.09,,",
    "T7,{0}-1,2026-07-10,999999.00,,",
)


class Killed(Exception):
    """Whatever catches it dies at its next step."""


class Countdown:
    """Lets so many steps pass, statements and commits, and ends the process at the next."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.left, self.passed = engine, 0, 0

    @contextmanager
    def after(self, steps: int) -> Iterator[None]:
        self.left, self.passed = steps, 0
        sa.event.listen(self.engine, "before_cursor_execute", self._step)
        sa.event.listen(Session, "before_commit", self._step)
        try:
            yield
        finally:
            sa.event.remove(self.engine, "before_cursor_execute", self._step)
            sa.event.remove(Session, "before_commit", self._step)

    def _step(self, *told: Any) -> None:
        if len(told) > 2 and str(told[2]).startswith("BEGIN"):
            return  # what waits for it in this process would wait for ever
        self.passed += 1
        if self.passed > self.left:
            raise Killed


def prepare(write: Write, bank: str) -> None:
    """A bank of its own, so that every death begins with nothing."""
    with write() as uow:
        company = make_company(uow)
        for n in (1, 2):
            make_loan(uow, company, number=f"{bank}-{n}", bank=bank)


def go(engine: Engine, write: Write, bank: str) -> None:
    """Send, map, take in; whoever was interrupted does it all again."""
    text = "交易流水号,授信编号,交易日期,借方金额,贷方金额,摘要\n" + "\n".join(ROWS).format(bank)
    with write() as uow:
        send_bytes(uow, text.encode(), bank=bank, mapping=columns())
    assert run_job(engine) == ()


def left_behind(write: Write, bank: str) -> list[tuple[object, ...]]:
    """Everything that was written for a bank, without the keys that a database gives out."""
    found: list[tuple[object, ...]] = []
    with write() as uow:
        for table in (BankRecord, BankFileRow):
            kept = [c for c in sa.inspect(table).columns if c.name not in {"id", "bank_file_id"}]
            kept = [c for c in kept if c.name not in {"credit_line_id", "bank"}]
            query = sa.select(*kept).where(col(table.bank) == bank)
            found += sorted((tuple(row) for row in uow.session.execute(query)), key=str)
    return [tuple(str(cell).replace(bank, "BANK") for cell in row) for row in found]


def test_a_death_at_any_step_changes_nothing_of_the_outcome(
    engine: Engine, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_bank_file, "ROWS_AT_ONCE", 2)
    countdown = Countdown(engine)
    prepare(write, "WHOLE")
    with countdown.after(10_000):
        go(engine, write, "WHOLE")
    steps, whole = countdown.passed, left_behind(write, "WHOLE")
    assert len(whole) == len(ROWS) + 4
    assert steps > 40
    for step in range(steps):
        bank = f"B{step}"
        prepare(write, bank)
        with pytest.raises(Killed), countdown.after(step):
            go(engine, write, bank)
        go(engine, write, bank)
        assert left_behind(write, bank) == whole, step
