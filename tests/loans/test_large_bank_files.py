"""A bank's file of many rows, in each encoding that banks use: every row has one outcome.

Twenty thousand rows each: a hundred thousand take most of a minute, and are measured by
`python -m bench.bank_files`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.loans.models import BankFileRow, BankRecord
from booking.loans.states import FileState
from tests.factories.bank_files import bank_text, columns, taken_in
from tests.factories.settled_uses import make_company, make_loan

Write = Callable[[], AbstractContextManager[UnitOfWork]]

ROWS: Final = 20_000
LINES: Final = 50
FIRST: Final = date(2026, 1, 1)
# After every so many rows that are right, one that is not.
RIGHT: Final = 19
_OUTCOMES: Final = {
    "again": "known",
    "other amount": "conflicting",
    "truncated": "refused",
    "negative": "refused",
    "nobody": "queued",
    "other bank": "queued",
}


def right(n: int) -> tuple[str, str]:
    """A draw of a credit line, and when all have drawn, the repayment of each; its number too."""
    drawn, line = n % (2 * LINES) < LINES, n % LINES
    on = (FIRST + timedelta(days=n * 300 // ROWS)).isoformat()
    return f"T{n}", f"T{n},YQD-{line},{on},{'5.00,' if drawn else ',5.00'},示例摘要"


def wrong(kind: str, n: int) -> str:
    """What a bank gets wrong about the row before it, or beside it."""
    number, before = right(n)
    cells = before.split(",")
    return {
        "again": before,
        "other amount": ",".join([*cells[:3], "7.77", "", cells[5]]),
        "truncated": f"X{number},YQD-1,2026-03-10",
        "negative": f"X{number},YQD-1,2026-03-10,-5.00,,冲正",
        "nobody": f"X{number},无此账户,2026-03-10,5.00,,不明",
        "other bank": f"X{number},OTHER-1,2026-03-10,5.00,,别家",
    }[kind]


def rows() -> Iterator[tuple[str, str]]:
    """Each row with the outcome that it must have."""
    kinds = list(_OUTCOMES)
    for n in range(ROWS):
        taken, place = divmod(n, RIGHT + 1)
        if place < RIGHT:
            yield right(n - taken)[1], "taken"
        else:
            kind = kinds[taken % len(kinds)]
            yield wrong(kind, n - taken - 1), _OUTCOMES[kind]


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_row_of_a_large_file_is_accounted_for(encoding, engine: Engine, write: Write):
    with write() as uow:
        company = make_company(uow)
        for n in range(LINES):
            make_loan(uow, company, number=f"YQD-{n}")
        make_loan(uow, company, number="OTHER-1", bank="别的示例银行")
    written = list(rows())
    wanted = Counter(outcome for _, outcome in written)
    content = bank_text(*(row for row, _ in written)).encode(encoding)
    file = taken_in(engine, content, mapping=columns())
    assert (file.state, file.total, file.done) == (FileState.DONE, ROWS, ROWS)
    assert {name: getattr(file, name) for name in wanted} == wanted
    with write() as uow:
        session = uow.session
        records = session.execute(sa.select(sa.func.count(col(BankRecord.id)))).scalar_one()
        found = session.execute(
            sa.select(col(BankFileRow.line), col(BankFileRow.outcome)).order_by(
                col(BankFileRow.line)
            )
        ).all()
    assert records == wanted["taken"]
    # Three lines above the headings, the last of them empty.
    assert [line for line, _ in found] == list(range(5, 5 + ROWS))
    assert Counter(outcome.value for _, outcome in found) == {
        {"conflicting": "conflict"}.get(name, name): count for name, count in wanted.items()
    }
