"""A sheet is taken in: what is written, what comes back, and what a second time changes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import col, select

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.accounts.models import Membership
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.sheet_import import SheetFault, SheetImport
from booking.instruments.models.tables import UNIT
from booking.instruments.rules.columns import BY_KEY
from booking.instruments.states import ImportState, InstrumentState
from tests.factories.accounts import make_actor, make_lab_person
from tests.factories.files import workbook
from tests.factories.instruments import make_instrument, make_lab
from tests.factories.sheets import GOOD, sheet, take_in
from tests.instruments.sheets.conftest import Keeper
from tests.instruments.sheets.faults import KINDS
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
Found = dict[int, set[tuple[str, str]]]


def counts(sent: SheetImport) -> tuple[int, int, int, int]:
    return sent.created, sent.changed, sent.unchanged, sent.faulty


def faults_of(write: Write, sent: SheetImport) -> Found:
    """The codes and columns of each faulty line."""
    with write() as uow:
        rows = uow.session.exec(select(SheetFault).where(SheetFault.import_id == sent.key)).all()
    return {row.line: {(code, params["field"]) for code, params in row.faults} for row in rows}  # type: ignore[index,misc]


def only_card(write: Write) -> Instrument:
    with write() as uow:
        return uow.session.exec(select(Instrument)).one()


def test_a_row_becomes_a_draft_with_everything_it_says(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    sent = take_in(engine, sheet(GOOD), actor=keeper.actor, now=clock.now())
    assert (sent.state, counts(sent)) == (ImportState.DONE, (1, 0, 0, 0))
    card = only_card(write)
    assert (card.state, card.lab_id, card.district) == (
        InstrumentState.DRAFT,
        keeper.lab_id,
        "fengxi",
    )
    assert (card.category_code, card.original_value_fen) == ("010102", 398_000_000)
    assert (card.start_date, card.acceptance_date) == (date(2022, 5, 30), date(2022, 5, 18))
    assert card.disciplines == ["材料科学", "化学"]
    assert card.service_modes == ["self_operated", "entrusted"]
    assert card.aliases == ["SEM", "扫描电镜"]
    with write() as uow:
        assert uow.session.execute(sa.select(sa.func.count()).select_from(UNIT)).scalar_one() == 2


def test_what_people_and_spreadsheets_write_is_understood(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    row = GOOD | {
        "category_code": 10102,
        "original_value": "３，９８０，０００．５０ 元",
        "start_date": datetime(2022, 5, 30),  # noqa: DTZ001 - as a sheet has it
        "acceptance_date": "２０２２年５月１８日",
        "units": "２",
        "inner_id": 7,
        "contact_phone": 2900002001,
    }
    content = workbook(
        ("2026 年仪器清单",),
        ["仪器 名称（不读）", *(f"{name}*" for name in (_heading(key) for key in row))],
        ["甲", *row.values()],
        *([None] * 12 for _ in range(30)),
        ["", " ", "\u3000"],
    )
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert counts(sent) == (1, 0, 0, 0), faults_of(write, sent)
    assert sent.unread == ["仪器 名称（不读）"]
    card = only_card(write)
    assert (card.category_code, card.original_value_fen) == ("010102", 398_000_050)
    assert (card.start_date, card.acceptance_date) == (date(2022, 5, 30), date(2022, 5, 18))
    assert (card.inner_id, card.contact_phone) == ("7", "2900002001")


def _heading(key: str) -> str:
    return BY_KEY[key].heading


def test_the_same_sheet_again_changes_nothing(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    take_in(engine, sheet(GOOD), actor=keeper.actor, now=clock.now())
    before = only_card(write)
    told = _told_of_instruments(write)
    clock.advance(hours=1)
    again = take_in(engine, sheet(GOOD), actor=keeper.actor, now=clock.now())
    assert counts(again) == (0, 0, 1, 0)
    assert only_card(write).model_dump() == before.model_dump()
    assert _told_of_instruments(write) == told


def _told_of_instruments(write: Write) -> int:
    about = sa.select(sa.func.count()).where(col(AuditEntry.subject).like("instrument:%"))
    with write() as uow:
        return int(uow.session.execute(about).scalar_one())


def test_a_changed_cell_changes_that_and_an_empty_one_nothing(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    take_in(engine, sheet(GOOD), actor=keeper.actor, now=clock.now())
    changed = GOOD | {"name": "扫描电镜", "manufacturer": None, "aliases": "清空", "units": 3}
    sent = take_in(engine, sheet(changed), actor=keeper.actor, now=clock.now())
    assert counts(sent) == (0, 1, 0, 0)
    card = only_card(write)
    assert (card.name, card.manufacturer, card.aliases) == ("扫描电镜", "示例电子光学仪器公司", [])
    assert card.version == 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_of_a_row_comes_back_and_nothing_of_it_is_written(
    kind: str, engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    wrong, expected = KINDS[kind]
    good = GOOD | {"lab": None}
    content = sheet(good | {"inner_id": "A"}, good | wrong, good | {"inner_id": "B"})
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert counts(sent) == (2, 0, 0, 1)
    assert faults_of(write, sent) == {3: set(expected)}


def test_two_rows_of_the_same_instrument_are_a_fault_of_the_second(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    one = GOOD | {"lab": None}
    content = sheet(one, one | {"lab": keeper.lab, "name": "另一个"})
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert counts(sent) == (1, 0, 0, 1)
    assert faults_of(write, sent) == {3: {("import.twice", "inner_id")}}
    assert only_card(write).name == GOOD["name"]


def test_the_lab_of_somebody_else_is_as_unknown_as_one_that_is_not_there(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    with write() as uow:
        other = make_lab(uow, name="别人的实验室").key
        theirs = make_instrument(uow, lab_id=other, inner_id="X-1").key
    row = GOOD | {"inner_id": "X-1"}
    content = sheet(
        *(row | {"lab": name} for name in ("别人的实验室", f"#{other}", "没有的实验室"))
    )
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert set(map(frozenset, faults_of(write, sent).values())) == {
        frozenset({("import.lab_unknown", "lab")})
    }
    assert counts(sent) == (0, 0, 0, 3)
    with write() as uow:
        assert uow.session.get_one(Instrument, theirs).version == 1


def test_who_keeps_the_lab_no_more_imports_nothing_any_more(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        stranger = make_lab_person(uow, make_lab(uow).key)
        uow.session.execute(sa.delete(Membership))
    sent = take_in(engine, sheet(GOOD), actor=stranger, now=clock.now())
    assert counts(sent) == (0, 0, 0, 1)


def test_of_several_labs_a_row_says_which(engine: Engine, write: Write, clock: FrozenClock) -> None:
    with write() as uow:
        first, second = make_lab(uow, name="电镜室"), make_lab(uow, name="能谱室")
        actor = make_actor(
            uow, *(Grant(Role.LAB_MANAGER, lab_id=lab.key) for lab in (first, second))
        )
    row = GOOD | {"lab": None}
    content = sheet(row, row | {"lab": "能谱室"}, row | {"lab": f"#{first.key}", "inner_id": "2"})
    unsaid = take_in(engine, content, actor=actor, now=clock.now())
    assert counts(unsaid) == (2, 0, 0, 1)
    usual = take_in(engine, content, actor=actor, now=clock.now(), lab_id=first.key)
    assert counts(usual) == (1, 0, 2, 0)


def test_a_published_card_is_changed_by_the_rules_of_the_card(
    engine: Engine, write: Write, keeper: Keeper, clock: FrozenClock
) -> None:
    with write() as uow:
        made = make_instrument(uow, lab_id=keeper.lab_id, inner_id="SH-1").key
    content = sheet(GOOD | {"opening": None})
    sent = take_in(engine, content, actor=keeper.actor, now=clock.now())
    assert counts(sent) == (0, 1, 0, 0)
    with write() as uow:
        card = uow.session.get_one(Instrument, made)
        assert (card.state, card.version) == (InstrumentState.PUBLISHED, 2)
