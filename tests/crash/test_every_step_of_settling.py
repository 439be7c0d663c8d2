"""A deed that breaks off at any of its statements leaves nothing; made again, the same bytes.

The points of failure are not drawn by lot: the deed is broken off at its first statement, its
second, and so on, until it gets through.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from booking.db.transactions import UnitOfWork, unit_of_work
from booking.kernel.periods import Period
from booking.subsidies.actions.claw_back import claw_back
from booking.subsidies.actions.pay_statements import draw_batch, send_batch
from booking.subsidies.actions.record_answers import take_answers
from booking.subsidies.actions.review_statement import (
    approve_settlement,
    lock_settlement,
    publish_settlement,
)
from booking.subsidies.actions.settle_period import settle_period
from booking.wiring import REACTIONS
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_programme, settled_use
from tests.subsidies.paying import BY, LATER, NOW, with_account
from tests.subsidies.requests import programme

Deed = Callable[[UnitOfWork], object]
OCTOBER = Period.parse("2026-10")


class BrokenOff(Exception):
    """Like a killed process: nothing in the house catches it."""


class Fuse:
    """Raises instead of the n-th statement of an engine, once it is lit."""

    def __init__(self, engine: Engine) -> None:
        self.left: int | None = None
        sa.event.listen(engine, "before_cursor_execute", self.burn)

    def burn(self, *told: Any) -> None:
        # Before it has begun there is nothing to break off.
        if self.left is None or (len(told) > 2 and str(told[2]).startswith("BEGIN")):
            return
        if not self.left:
            raise BrokenOff
        self.left -= 1

    def put_out(self, engine: Engine) -> None:
        sa.event.remove(engine, "before_cursor_execute", self.burn)


# All that money is told by, and the exact documents; keys of rows are no part of it.
ASKED = {
    "statement": "number, revision, state, payable_fen, line_count, sha256, payment_reference",
    "statement_line": "revision, position, live, locked, reference, payable_fen, granted_fen,"
    " corrects_id IS NULL AS first, detail",
    "statement_snapshot": "revision, sha256, content",
    "settlement_difference": "reference, kind, before_fen, after_fen",
    "payment_batch": "number, state, row_count, amount_fen",
    "payment_row": "position, amount_fen, state, bank_reference, reason",
    "payment_item": "amount_fen, open",
    "clawback": "amount_fen, reason",
    "posting": "reference",
    "ledger_entry": "amount_fen",
    "audit_entry": "name, subject",
}
Told = dict[str, list[tuple[str, ...]]]


def told_by(connection: Connection) -> Told:
    return {
        table: sorted(
            tuple(map(str, row))
            for row in connection.execute(sa.text(f"SELECT {columns} FROM {table}"))
        )
        for table, columns in ASKED.items()
    }


def committed(engine: Engine) -> Told:
    with engine.connect() as connection:
        return told_by(connection)


def rehearsed(engine: Engine, deed: Deed) -> Told:
    """What a deed leaves behind when nothing goes wrong; nothing of it is kept."""
    with suppress(BrokenOff), unit_of_work(engine, REACTIONS) as uow:
        deed(uow)
        uow.session.flush()
        left_behind = told_by(uow.session.connection())
        raise BrokenOff
    return left_behind


def settle(uow: UnitOfWork) -> None:
    settle_period(uow, OCTOBER, actor_id=None, now=NOW)


def lock_all(uow: UnitOfWork) -> None:
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)


def publish_all(uow: UnitOfWork) -> None:
    publish_settlement(uow, "2026-10", actor_id=None, now=NOW)


def approve_all(uow: UnitOfWork) -> None:
    approve_settlement(uow, "2026-10", actor_id=None, now=LATER)


def draw(uow: UnitOfWork) -> None:
    draw_batch(uow, actor_id=None, now=LATER)


def send(uow: UnitOfWork) -> None:
    send_batch(uow, "DF-20261220-01", actor_id=None, now=LATER)


def answer(uow: UnitOfWork) -> None:
    content = "序号,金额,结果,流水号,退回原因\n1,300.00,成功,B-1,\n2,300.00,退汇,,户名不符\n"
    take_answers(uow, "DF-20261220-01", content.encode(), by=BY)


def recover(uow: UnitOfWork) -> None:
    claw_back(uow, "JS-202610-0001", 1, amount_fen=100, reason="批量检测", by=BY)


def settle_november(uow: UnitOfWork) -> None:
    settle_period(uow, Period.parse("2026-11"), actor_id=None, now=LATER)


DEEDS: list[tuple[str, Deed]] = [
    ("settle", settle),
    ("settle again", settle),
    ("lock all", lock_all),
    ("publish all", publish_all),
    ("approve all", approve_all),
    ("draw the batch", draw),
    ("send it", send),
    ("take the bank's answer", answer),
    ("take it again", answer),
    ("recover", recover),
    ("settle the next month", settle_november),
]


def begin(write: Callable[[], Any]) -> None:
    with write() as uow:
        enter_year(uow, 2026)
        make_programme(uow, programme(caps=[{"scope": "user", "amount": "900.00"}]))
        for company in [with_account(uow), with_account(uow)]:
            settled_use(uow, company)


def do(engine: Engine, deed: Deed, fuse: Fuse) -> None:
    with unit_of_work(engine, REACTIONS) as uow:
        deed(uow)
        uow.session.flush()
        # The last point is after everything was written, before it is committed.
        fuse.burn()


def broken_off_everywhere(engine: Engine, fuse: Fuse, deed: Deed) -> int:
    """Break a deed off at every statement; how many there were."""
    before, points = committed(engine), 0
    while True:
        fuse.left = points
        try:
            do(engine, deed, fuse)
        except BrokenOff:
            fuse.left = None
            assert committed(engine) == before, points
            points += 1
        else:
            fuse.left = None
            return points


@pytest.mark.race
@pytest.mark.slow
def test_whatever_breaks_off_is_made_again_with_the_same_bytes(engine, write):
    begin(write)
    fuse, points = Fuse(engine), {}
    try:
        for name, deed in DEEDS:
            expected = rehearsed(engine, deed)
            points[name] = broken_off_everywhere(engine, fuse, deed)
            assert committed(engine) == expected, name
    finally:
        fuse.put_out(engine)
    assert min(points.values()) >= 3, points
