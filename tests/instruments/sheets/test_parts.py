"""Wholes and parts in a sheet, in whatever order, and hours and codes that change."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import permutations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import select

from booking.db.transactions import UnitOfWork
from booking.instruments import jobs
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.sheet_import import SheetFault
from booking.instruments.models.tables import HOURS
from tests.factories.sheets import GOOD, sheet, take_in
from tests.instruments.sheets.conftest import Keeper
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
Row = dict[str, object]


def row(inner_id: str, whole: str | None = None) -> Row:
    return GOOD | {"inner_id": inner_id, "part_of_id": whole}


def family(write: Write) -> dict[str, str | None]:
    """What each instrument is part of, by inner id."""
    with write() as uow:
        cards = uow.session.exec(select(Instrument)).all()
        names = {card.id: card.inner_id for card in cards}
        return {card.inner_id: names.get(card.part_of_id) for card in cards}


def faults(write: Write) -> set[tuple[str, str, str]]:
    """Inner id, code and column of every fault."""
    with write() as uow:
        rows = uow.session.exec(select(SheetFault)).all()
        return {
            (row.cells["inner_id"], str(code), str(params["field"]))  # type: ignore[index]
            for row in rows
            for code, params in row.faults
        }


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_rows_does_not_matter(
    order: tuple[int, ...],
    engine: Engine,
    write: Write,
    keeper: Keeper,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "ROWS_AT_ONCE", 2)
    rows = [row("A"), row("B", "A"), row("C", "B"), row("D", "A")]
    content = sheet(*(rows[at] for at in order))
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert (sent.created, sent.faulty) == (4, 0)
    assert family(write) == {"A": None, "B": "A", "C": "B", "D": "A"}
    again = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert (again.changed, again.unchanged) == (0, 4)


@pytest.mark.parametrize("backwards", [False, True])
def test_circles_and_too_many_levels_are_faults_of_their_rows(
    backwards: bool, engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    rows = [
        *(row("A"), row("B", "A"), row("C", "B"), row("D", "C")),
        *(row("X", "Y"), row("Y", "X"), row("Z", "Z"), row("W", "没有")),
    ]
    content = sheet(*(reversed(rows) if backwards else rows))
    take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert faults(write) == {
        *((one, "instrument.parts_contradict", "part_of_id") for one in "DXYZ"),
        ("W", "import.whole_unknown", "part_of_id"),
    }
    assert family(write) == {"A": None, "B": "A", "C": "B"}


def test_parts_are_turned_around_and_let_go(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    take_in(engine, sheet(row("A"), row("B", "A")), actor=keeper.actor, now=clock.now())
    turned = sheet(row("A", "B"), row("B", "清空"))
    sent = take_in(engine, turned, actor=keeper.actor, now=clock.now())
    assert (sent.changed, sent.faulty) == (2, 0)
    assert family(write) == {"A": "B", "B": None}


def test_a_part_whose_whole_is_faulty_is_not_written(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    content = sheet(row("B", "A"), row("A") | {"name": None})
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert (sent.created, sent.faulty) == (0, 2)
    assert ("B", "import.whole_unknown", "part_of_id") in faults(write)


def test_hours_and_codes_change_and_are_let_go(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    def said(**cells: object) -> tuple[int, int]:
        content = sheet(GOOD | cells)
        sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
        return sent.changed, sent.unchanged

    def stands() -> tuple[list[tuple[int, ...]], dict[str, str]]:
        hours = sa.select(HOURS.c.weekday, HOURS.c.opens, HOURS.c.closes)
        with write() as uow:
            rows = uow.session.execute(hours.order_by(HOURS.c.weekday, HOURS.c.opens)).all()
            codes = uow.session.exec(select(Instrument)).one().other_codes
        return [tuple(one) for one in rows], codes

    take_in(engine, sheet(GOOD), actor=keeper.actor, now=clock.now())
    assert stands()[0][:2] == [(1, 510, 720), (1, 810, 1050)]
    assert stands()[0][-1] == (6, 1320, 1800)
    assert said(opening=None, code_moe=None) == (0, 1)
    assert said(opening="周日 全天", code_moe=3030405, code_gbt14885="a0210000") == (1, 0)
    assert stands() == ([(7, 0, 1440)], {"moe": "03030405", "gbt14885": "A0210000"})
    assert said(opening="清空", code_moe="清空") == (1, 0)
    assert stands() == ([], {"gbt14885": "A0210000"})
