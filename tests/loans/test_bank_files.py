"""Banks' files: whatever is in them, every row of them has exactly one outcome."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import col, select

from booking.db.transactions import UnitOfWork
from booking.loans.actions import take_bank_file
from booking.loans.errors import BankFileHeadings
from booking.loans.models import BankFileRow, BankRecord
from booking.loans.rules.balances import Movement, impossible
from booking.loans.rules.matching import misfits
from booking.loans.states import FileState
from tests.factories.bank_files import bank_text, columns, taken_in
from tests.factories.settled_uses import bank_says, make_company, make_loan

Write = Callable[[], AbstractContextManager[UnitOfWork]]

ROWS = (
    "T1,YQD-1,2026-03-10,600000.00,,首批",
    "T2,YQD-1,2026-06-20,,500000.00,还款",
    "T1,YQD-1,2026-03-10,600000.00,,首批",
    "T1,YQD-1,2026-03-10,600000.01,,首批",
    "T3,YQD-9,2026-03-10,1.00,,没有",
    "T3,YQD-9,2026-03-10,1.00,,没有",
    "T4,甲公司,2026-03-10,1.00,,哪一笔",
    "T5,YQD-2,2026-03-10,-1.00,,负",
    "T6,YQD-2,2026-13-10,1.00,,日",
    "T7,YQD-2,2026-03-10",
    'T8,YQD-2,2026-03-10,1.00,,"没有说完',
    "T9,YQD-1,2026-07-01,900000.01,,超额",
    "T10,YQD-2,2026-03-10,,1.00,多还",
    "T11,YQD-2,2030-03-10,1.00,,以后",
    "T12,YQD-2,2025-03-10,1.00,,以前",
    "T13,OTHER-1,2026-03-10,1.00,,别家",
    ",,,,合计,",
)
OUTCOMES = {
    "taken": 2,
    "known": 2,
    "conflicting": 1,
    "queued": 7,
    "refused": 5,
}


@pytest.fixture
def lines(write: Write) -> None:
    """Two credit lines of one company at the bank, one at another bank."""
    with write() as uow:
        company = make_company(uow, name="甲公司")
        make_loan(uow, company, number="YQD-1")
        make_loan(uow, company, number="YQD-2")
        make_loan(uow, company, number="OTHER-1", bank="别的示例银行")


def tables(write: Write) -> list[list[tuple[object, ...]]]:
    """What files left behind, but for the keys that a database gives out."""
    with write() as uow:
        found = []
        for table in (BankRecord, BankFileRow):
            columns_of = sa.inspect(table).columns
            wanted = [c for c in columns_of if c.name not in {"id", "bank_file_id"}]
            rows = uow.session.execute(sa.select(*wanted)).all()
            found.append(sorted((tuple(row) for row in rows), key=str))
        return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("at_once", [1, 3, 1000])
@pytest.mark.usefixtures("lines")
def test_every_row_is_accounted_for(encoding, at_once, engine: Engine, write: Write, monkeypatch):
    monkeypatch.setattr(take_bank_file, "ROWS_AT_ONCE", at_once)
    file = taken_in(engine, bank_text(*ROWS).encode(encoding), mapping=columns())
    assert (file.state, file.total, file.done) == (FileState.DONE, len(ROWS), len(ROWS))
    assert {name: getattr(file, name) for name in OUTCOMES} == OUTCOMES
    with write() as uow:
        rows = uow.session.exec(select(BankFileRow).order_by(col(BankFileRow.line))).all()
    # Three lines above the headings, the last of them empty.
    assert [row.line for row in rows] == list(range(5, 5 + len(ROWS)))
    assert Counter(row.code for row in rows if row.code) == {
        "loan.row_conflict": 1,
        "loan.row_unmatched": 1,
        "loan.row_unclear": 1,
        "loan.row_other_bank": 1,
        "loan.row_negative": 1,
        "loan.row_day": 1,
        "loan.row_truncated": 2,
        "loan.row_over_limit": 1,
        "loan.row_over_repaid": 1,
        "loan.row_in_future": 1,
        "loan.row_draw_outside": 1,
        "loan.row_number_missing": 1,
    }


@pytest.mark.usefixtures("lines")
def test_the_same_file_twice_is_one_file_and_changes_nothing(engine: Engine, write: Write):
    content = bank_text(*ROWS).encode()
    first = taken_in(engine, content, mapping=columns())
    before = tables(write)
    assert taken_in(engine, content).id == first.id
    assert tables(write) == before


@pytest.mark.usefixtures("lines")
def test_what_came_before_is_known_in_a_longer_file(engine: Engine):
    taken_in(engine, bank_text(*ROWS).encode(), mapping=columns())
    longer = taken_in(engine, bank_text(*ROWS, "T20,YQD-1,2026-07-02,5.00,,新").encode("gb18030"))
    told = {name: getattr(longer, name) for name in OUTCOMES}
    assert told == {"taken": 1, "known": 11, "conflicting": 1, "queued": 0, "refused": 5}


@pytest.mark.usefixtures("lines")
def test_the_newest_may_stand_first(engine: Engine):
    rows = ("T2,YQD-1,2026-06-20,,600000.00,", "T1,YQD-1,2026-03-10,600000.00,,")
    assert taken_in(engine, bank_text(*rows).encode(), mapping=columns()).taken == 2


@pytest.mark.usefixtures("lines")
def test_banks_count_on_their_own(engine: Engine, write: Write):
    with write() as uow:
        bank_says(uow, ("T1", "OTHER-1", "2026-03-10", "draw", "7.00"))
    assert taken_in(engine, bank_text(ROWS[0]).encode(), mapping=columns()).taken == 1


@pytest.mark.usefixtures("lines")
def test_a_file_without_its_headings_waits_for_a_mapping(engine: Engine):
    taken_in(engine, bank_text(ROWS[0]).encode(), mapping=columns())
    other = "流水,账号,日期,金额\nT5,YQD-1,2026-03-11,1.00\n".encode()
    assert taken_in(engine, other).state is FileState.UNMAPPED
    with pytest.raises(BankFileHeadings):
        taken_in(engine, other, mapping=columns())


@pytest.mark.usefixtures("lines")
def test_a_file_that_breaks_off_loses_only_its_last_row(engine: Engine):
    whole = bank_text("T1,YQD-1,2026-03-10,1.00,,a", "T2,YQD-1,2026-03-11,1.00,,b").encode()
    file = taken_in(engine, whole[:-6], mapping=columns())
    assert (file.taken, file.refused, file.total) == (1, 1, 2)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(-30, 30).filter(bool)), min_size=0, max_size=12
    ),
    st.integers(0, 40),
)
def test_what_is_left_of_a_line_is_possible(moves, limit):
    new = [Movement(date(2026, 3, n), amount, line) for line, (n, amount) in enumerate(moves, 2)]
    against = misfits([], new, limit)
    left = [movement for movement in new if movement.line not in against]
    assert not list(impossible(left, limit))
    assert bool(against) == bool(list(impossible(new, limit)))
