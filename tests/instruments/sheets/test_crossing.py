"""Large sheets, jobs that die, and files that come back as they went."""

import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import date
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.db.outside import Outside
from booking.db.transactions import UnitOfWork
from booking.files.models import StoredFile
from booking.files.providers.disk import vault_of
from booking.instruments import jobs
from booking.instruments.actions.import_cards import take_slice
from booking.instruments.exports import cards_csv, cards_xlsx
from booking.instruments.jobs import import_sheets
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.sheet_import import SheetFault, SheetImport
from booking.instruments.models.tables import HOURS
from booking.instruments.queries.imports import every_fault
from booking.instruments.queries.kept import labs_managed_by
from booking.instruments.queries.sheets import Wish, every_card
from booking.instruments.rules.card import ShareMode
from booking.instruments.rules.rows import LabName, Labs
from booking.instruments.states import ImportState
from booking.settings import Settings
from booking.wiring import REACTIONS
from tests.factories.instruments import make_instrument
from tests.factories.sheets import GOOD, csv_sheet, send, sheet, take_in
from tests.instruments.sheets.conftest import Keeper
from tests.instruments.sheets.faults import KINDS
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
ROWS, EVERY = 10_000, 33

# A text with signs that nobody sees is no table at all.
IN_TEXT = [kind for name, kind in KINDS.items() if name != "signs that nobody sees"]
Kinds = Sequence[tuple[Mapping[str, object], frozenset[tuple[str, str]]]]


def large(kinds: Kinds) -> Iterator[Mapping[str, object]]:
    """Ten thousand rows, three hundred of them wrong in some way, turn by turn."""
    good = GOOD | {"lab": None}
    for number in range(ROWS):
        turn, rest = divmod(number, EVERY)
        wrong = kinds[turn % len(kinds)][0] if rest == 5 and turn < 300 else {}
        yield {**good, "inner_id": f"SH-{number:05d}", **wrong}


def expected(kinds: Kinds) -> dict[int, set[tuple[str, str]]]:
    """The faults of each line of that sheet; its headings are the first line."""
    return {EVERY * turn + 5 + 2: set(kinds[turn % len(kinds)][1]) for turn in range(300)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "kinds"),
    [
        pytest.param(sheet, list(KINDS.values()), id="xlsx"),
        pytest.param(csv_sheet, IN_TEXT, id="csv"),
    ],
)
def test_of_ten_thousand_rows_exactly_the_three_hundred_wrong_ones_come_back(
    made: Callable[..., bytes], kinds: Kinds, engine: Engine, keeper: Keeper, clock: FrozenClock
) -> None:
    assert len(kinds) >= 20
    content = made(*large(kinds))
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert (sent.created, sent.faulty, sent.state) == (9700, 300, ImportState.DONE)
    found = {
        row.line: {(code, params["field"]) for code, params in row.faults}
        for row in every_fault(engine, sent.key)
    }
    assert found == expected(kinds)
    again = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert (again.created, again.changed, again.unchanged, again.faulty) == (0, 0, 9700, 300)


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every life of the job writes one slice of three rows, and dies when it has written the next
    and not yet committed it."""
    lives = count()

    def written(*args: Any, **named: Any) -> bool:
        done = take_slice(*args, **named)
        if next(lives) % 2:
            raise Killed
        return done

    monkeypatch.setattr(jobs, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(jobs, "take_slice", written)


@pytest.mark.usefixtures("mortal")
def test_a_job_that_dies_goes_on_where_it_was(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    rows = [{**GOOD, "inner_id": f"{n}", "units": 0 if n % 5 == 4 else 1} for n in range(20)]
    with write() as uow:
        sent = send(uow, sheet(*rows, rows[0]), actor=keeper.actor, now=clock.now()).key
    lives = 0
    while lives < 30 and _state(write, sent) is not ImportState.DONE:
        lives += 1
        with suppress(Killed):
            import_sheets(Outside(engine, REACTIONS, Settings()), clock.now())
    with write() as uow:
        row = uow.session.get_one(SheetImport, sent)
        lines = uow.session.exec(select(SheetFault.line).order_by(col(SheetFault.line))).all()
        names = uow.session.exec(select(Instrument.inner_id)).all()
    assert lives == 7
    assert (row.created, row.unchanged, row.faulty, row.attempts) == (16, 0, 5, 0)
    assert sorted(names, key=int) == [f"{n}" for n in range(20) if n % 5 != 4]
    assert lines == [6, 11, 16, 21, 22]


def _state(write: Write, sent: int) -> ImportState:
    with write() as uow:
        return uow.session.get_one(SheetImport, sent).state


def test_a_sheet_whose_file_is_gone_ends_and_holds_up_no_other(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    with write() as uow:
        lost = send(uow, sheet(GOOD), actor=keeper.actor, now=clock.now())
        file = uow.session.get_one(StoredFile, lost.file_id)
        vault_of(uow.session.get_bind()).drop(file.name)
    next_one = take_in(engine, sheet(GOOD), actor=keeper.actor, now=clock.now())
    assert next_one.created == 1
    with write() as uow:
        row = uow.session.get_one(SheetImport, lost.key)
        assert (row.state, row.error) == (ImportState.FAILED, "file.gone")


NIGHTS = {5: [("22:00", "06:00")], 6: [("09:00", "12:00"), ("13:00", "24:00")]}
AWKWARD: dict[str, Any] = {
    "name": "=1+1 型 “甲”",
    "name_en": '\'=cmd, quoted "x"; _x0041_',
    "original_value_fen": 123_456_789_01,
    "specs": "第一行\n+第二行\t，尾",
    "functions": "-5 ℃ 至 50 ℃",
    "disciplines": ["材料、冶金", "化学"],
    "aliases": ["@甲", "SEM, FE; 场发射"],
    "user_notes": "''=不是公式",
    "contact_phone": "029-00002001",
    "contact_email": "lab@example.com",
    "start_date": date(2022, 5, 30),
    "acceptance_date": date(2022, 5, 18),
    "classification_scheme": "gbt14885",
    "category_code": "A0205",
    "service_modes": ["remote", "self_operated"],
    "share_mode": ShareMode.INTERNAL,
    "customs_supervised": True,
    "general_purpose": False,
    "other_codes": {"moe": "03030404", "gbt32847": "0A12"},
}


@pytest.mark.parametrize("form", ["xlsx", "csv", "gb18030"])
def test_what_is_exported_and_imported_changes_nothing(
    form: str, engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    with write() as uow:
        whole = make_instrument(uow, lab_id=keeper.lab_id, inner_id="'=1").key
        awkward = make_instrument(
            uow, lab_id=keeper.lab_id, units=3, week=NIGHTS, part_of_id=whole, **AWKWARD
        ).key
        make_instrument(uow)
    content = _exported(engine, keeper.actor, form)
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert (sent.total, sent.unchanged, sent.faulty) == (2, 2, 0)
    with write() as uow:
        before = uow.session.get_one(Instrument, awkward).model_dump()
        uow.session.execute(sa.update(Instrument).values(inner_id=Instrument.inner_id + "*"))
    again = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert (again.created, again.faulty) == (2, 0)
    with write() as uow:
        same = select(Instrument).where(Instrument.inner_id == before["inner_id"])
        made = uow.session.exec(same).one().model_dump()
        opened = uow.session.execute(
            sa.select(HOURS.c.weekday, HOURS.c.opens, HOURS.c.closes)
            .where(HOURS.c.instrument_id == made["id"])
            .order_by(HOURS.c.weekday, HOURS.c.opens)
        ).all()
        assert uow.session.get_one(Instrument, made["part_of_id"]).inner_id == "'=1"
    assert [tuple(row) for row in opened] == [(5, 1320, 1800), (6, 540, 720), (6, 780, 1440)]
    own = ("id", "state", "created_at", "updated_at", "filing_due", "part_of_id")
    assert {k: v for k, v in made.items() if k not in own} == {
        k: v for k, v in before.items() if k not in own
    }


def _exported(engine: Engine, actor: Actor, form: str) -> bytes:
    with Session(engine) as session:
        labs = Labs([LabName(lab.id, lab.name) for lab in labs_managed_by(session, actor)])
    cards = every_card(engine, Wish.kept_by(actor))
    if form == "xlsx":
        return b"".join(cards_xlsx(cards, labs))
    text = b"".join(cards_csv(cards, labs)).decode("utf-8-sig")
    return text.encode("gb18030" if form == "gb18030" else "utf-8-sig")


@pytest.mark.slow
def test_a_long_list_is_exported_in_little_memory(
    engine: Engine, keeper: Keeper, clock: FrozenClock
) -> None:
    rows = ({**GOOD, "inner_id": f"{n}"} for n in range(3000))
    take_in(engine, sheet(*rows), actor=keeper.actor, now=clock.now())
    labs = Labs([LabName(keeper.lab_id, keeper.lab)])
    tracemalloc.start()
    try:
        size = sum(map(len, cards_csv(every_card(engine, Wish.kept_by(keeper.actor)), labs)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 500_000
    assert peak < 12_000_000
