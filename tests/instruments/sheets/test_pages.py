"""Pages for sheets: send one, watch it, take the faulty rows home, send them again."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy.engine import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from booking.db.outside import Outside
from booking.db.transactions import UnitOfWork
from booking.instruments.jobs import KEPT_FOR, forget_sheets, import_sheets
from booking.instruments.models.sheet_import import SheetFault, SheetImport
from booking.instruments.rules.columns import COLUMNS, FAULT_HEADING, HEADINGS
from booking.settings import Settings
from booking.wiring import REACTIONS
from tests.factories.accounts import be, open_session
from tests.factories.files import workbook
from tests.factories.instruments import make_instrument
from tests.factories.sheets import GOOD, sheet
from tests.instruments.sheets.conftest import Keeper
from tests.support.clock import FrozenClock

WRONG = {**GOOD, "inner_id": "=2", "units": "两个", "share_mode": "随便"}
Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def signed_in(client: TestClient, write: Write, clock: FrozenClock, keeper: Keeper) -> Keeper:
    with write() as uow:
        be(client, open_session(uow, keeper.actor, now=clock.now()))
    return keeper


def send(client: TestClient, content: bytes, name: str = "仪器.xlsx") -> str:
    """Where a sheet that was taken can be watched."""
    sent = client.post("/manage/imports", files={"sheet": (name, content)})
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def run(engine: Engine, clock: FrozenClock) -> None:
    import_sheets(Outside(engine, REACTIONS, Settings()), clock.now())


def first_sheet(content: bytes) -> list[tuple[object, ...]]:
    return list(
        openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    )


@pytest.mark.usefixtures("signed_in")
def test_a_sheet_is_watched_until_it_is_through(
    client: TestClient, engine: Engine, clock: FrozenClock
) -> None:
    here = send(client, sheet(GOOD, WRONG))
    waiting = BeautifulSoup(client.get(here).text, "html.parser")
    assert waiting.select_one("#progress")["hx-get"].endswith(here)  # type: ignore[index,union-attr]
    assert waiting.select_one("progress")["max"] == "2"  # type: ignore[index]
    run(engine, clock)
    page = client.get(here, headers={"HX-Request": "true", "HX-Target": "progress"})
    assert "<html" not in page.text
    assert "hx-trigger" not in page.text
    assert "“两个”不是整数" in page.text


@pytest.mark.usefixtures("signed_in")
def test_faulty_rows_come_home_are_corrected_and_go_in(
    client: TestClient, engine: Engine, write: Write, clock: FrozenClock
) -> None:
    here = send(client, sheet(GOOD, WRONG))
    run(engine, clock)
    rows = first_sheet(client.get(f"{here}/faults.xlsx").content)
    assert rows[0] == (FAULT_HEADING, *HEADINGS)
    assert "工位数" in str(rows[1][0])
    assert "共享模式" in str(rows[1][0])
    assert "'=2" in rows[1]
    corrected = [{"两个": 2, "随便": "不共享"}.get(str(cell), cell) for cell in rows[1]]
    again = send(client, workbook(rows[0], corrected))
    run(engine, clock)
    with write() as uow:
        row = uow.session.exec(select(SheetImport).order_by(SheetImport.id.desc())).first()  # type: ignore[union-attr]
        assert row is not None
        assert (row.created, row.faulty, row.unread) == (1, 0, [])
    assert "'=2" in client.get(f"{here}/faults.csv").content.decode("utf-8-sig")
    listed = client.get("/manage/imports").text
    assert here in listed
    assert again in listed


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (workbook(("名称", "编号"), ("a", "b")), "缺少列：中文名称"),
        (workbook(("中文名称",), ("a",)), "缺少列：内部编号"),
        (workbook(("中文名称", "中文名称", "内部编号"), ("a", "b", "c")), "列出现了两次：中文名称"),
        (workbook(("中文名称", "内部编号"), (" ", None)), "表格里没有仪器"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_sheet_that_is_none_of_ours_is_refused_before_anything_is_kept(
    content: bytes, said: str, client: TestClient, write: Write
) -> None:
    refused = client.post("/manage/imports", files={"sheet": ("仪器.xlsx", content)})
    assert refused.status_code == 422
    assert said in refused.text
    with write() as uow:
        assert not uow.session.exec(select(SheetImport)).all()


@pytest.mark.usefixtures("signed_in")
def test_more_rows_than_the_limit_are_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.instruments.providers.sheet.MOST_ROWS", 2)
    rows = [GOOD | {"inner_id": f"{n}"} for n in range(3)]
    refused = client.post("/manage/imports", files={"sheet": ("仪器.xlsx", sheet(*rows))})
    assert refused.status_code == 422
    assert "最多 2 行" in refused.text


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("locale", "said"),
    [("zh_CN", "2 个表格尚未导入完成"), ("en", "2 of your sheets are not through")],
)
def test_a_third_unfinished_sheet_is_refused_in_words(
    client: TestClient, locale: str, said: str
) -> None:
    client.post("/account", data={"name": "实验员甲", "locale": locale})
    for _ in range(2):
        send(client, sheet(GOOD))
    refused = client.post("/manage/imports", files={"sheet": ("仪器.xlsx", sheet(GOOD))})
    assert refused.status_code == 409
    assert said in refused.text


@pytest.mark.usefixtures("signed_in")
def test_the_templates_explain_themselves_and_hold_what_the_import_reads(
    client: TestClient,
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get("/manage/imports/template.xlsx").content))
    empty, explained = book.worksheets
    assert [cell.value for cell in empty[1]] == list(HEADINGS)
    offered = {rule.formula1 for rule in empty.data_validations.dataValidation}
    assert '"内部共享,外部共享,不共享"' in offered
    told = [row[0] for row in explained.iter_rows(values_only=True)]
    assert {column.heading for column in COLUMNS} <= set(told)
    text = client.get("/manage/imports/template.csv").content
    assert text.decode("utf-8-sig").strip().split(",") == list(HEADINGS)
    assert text.startswith(b"\xef\xbb\xbf")


def test_the_list_goes_out_as_it_is_filtered(
    client: TestClient, write: Write, signed_in: Keeper
) -> None:
    with write() as uow:
        make_instrument(uow, lab_id=signed_in.lab_id, inner_id="P-1")
        make_instrument(uow, lab_id=signed_in.lab_id, inner_id="D-1", state="draft")
        make_instrument(uow, inner_id="X-1")
    rows = first_sheet(client.get("/manage/instruments.xlsx?state=draft").content)
    assert [row[0] for row in rows] == ["内部编号", "D-1"]
    text = client.get("/manage/instruments.csv").content.decode("utf-8-sig")
    assert {line.split(",")[0] for line in text.splitlines()} == {"内部编号", "P-1", "D-1"}


def test_old_imports_are_forgotten_with_what_their_rows_said(
    client: TestClient, engine: Engine, write: Write, clock: FrozenClock, signed_in: Keeper
) -> None:
    send(client, sheet(GOOD | {"units": 0}))
    run(engine, clock)
    with write() as uow:
        assert forget_sheets(uow, clock.now()) == 0
        assert forget_sheets(uow, clock.now() + KEPT_FOR) == 1
        assert not uow.session.exec(select(SheetFault)).all()


@pytest.mark.usefixtures("signed_in")
def test_faults_are_told_in_the_language_of_whoever_reads_them(
    client: TestClient, engine: Engine, clock: FrozenClock
) -> None:
    here = send(client, sheet(WRONG))
    run(engine, clock)
    client.post("/account", data={"name": "实验员甲", "locale": "en"})
    assert "no whole number" in client.get(here).text
    assert "no whole number" in client.get(f"{here}/faults.csv").text
