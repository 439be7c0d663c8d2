"""Sheets as programs send them, and the letter when one is through."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from booking.db.outside import Outside
from booking.db.transactions import UnitOfWork
from booking.files.models import StoredFile
from booking.files.providers.disk import vault_of
from booking.instruments.jobs import import_sheets
from booking.instruments.models.sheet_import import SheetImport
from booking.notifications.models import OutboxMessage
from booking.settings import Settings
from booking.wiring import REACTIONS
from tests.factories.accounts import be, make_lab_person, open_session
from tests.factories.files import workbook
from tests.factories.instruments import make_lab
from tests.factories.sheets import GOOD, sheet
from tests.instruments.sheets.conftest import Keeper
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
HERE = "/api/v1/imports"


@pytest.fixture
def signed_in(client: TestClient, write: Write, clock: FrozenClock, keeper: Keeper) -> Keeper:
    with write() as uow:
        be(client, open_session(uow, keeper.actor, now=clock.now()))
    return keeper


def run(engine: Engine, clock: FrozenClock) -> None:
    import_sheets(Outside(engine, REACTIONS, Settings()), clock.now())


def letters(write: Write) -> list[dict[str, object]]:
    with write() as uow:
        wanted = select(OutboxMessage).where(OutboxMessage.fact == "sheet_taken_in")
        return [dict(one.params) for one in uow.session.exec(wanted)]


@pytest.mark.usefixtures("signed_in")
def test_a_sheet_is_sent_watched_and_its_faults_are_read_in_pieces(
    client: TestClient, engine: Engine, clock: FrozenClock
) -> None:
    wrong = [GOOD | {"inner_id": f"W-{n}", "units": "许多"} for n in range(3)]
    sent = client.post(HERE, files={"sheet": ("仪器.xlsx", sheet(GOOD, *wrong))})
    assert sent.status_code == 202, sent.text
    assert (sent.json()["state"], sent.json()["total"], sent.json()["done"]) == ("waiting", 4, 0)
    here = f"{HERE}/{sent.json()['id']}"
    run(engine, clock)
    read = client.get(here).json()
    assert (read["state"], read["created"], read["faulty"]) == ("done", 1, 3)
    first = client.get(read["faults_url"], params={"limit": 2}).json()
    assert [row["line"] for row in first["items"]] == [3, 4]
    (fault,) = first["items"][0]["faults"]
    assert (fault["code"], fault["field"]) == ("import.not_count", "units")
    assert "许多" in fault["detail"]
    rest = client.get(read["faults_url"], params={"cursor": first["next_cursor"]}).json()
    assert [row["cells"]["inner_id"] for row in rest["items"]] == ["W-2"]


@pytest.mark.usefixtures("signed_in")
def test_a_sheet_without_our_headings_is_refused(client: TestClient) -> None:
    refused = client.post(HERE, files={"sheet": ("甲.xlsx", workbook(["甲"], ["乙"]))})
    assert (refused.status_code, refused.json()["code"]) == (422, "import.refused")


@pytest.mark.usefixtures("signed_in")
def test_a_third_sheet_waits_until_one_is_through(
    client: TestClient, engine: Engine, write: Write, clock: FrozenClock
) -> None:
    named = {"sheet": ("仪器.xlsx", sheet(GOOD))}
    assert [client.post(HERE, files=named).status_code for _ in "ab"] == [202, 202]
    refused = client.post(HERE, files=named)
    assert (refused.status_code, refused.json()["code"]) == (409, "import.too_many")
    with write() as uow:
        assert len(uow.session.exec(select(SheetImport)).all()) == 2
    run(engine, clock)
    assert client.post(HERE, files=named).status_code == 202


def test_the_sheets_of_others_do_not_count(
    client: TestClient, write: Write, clock: FrozenClock, signed_in: Keeper
) -> None:
    named = {"sheet": ("仪器.xlsx", sheet(GOOD))}
    sent = [client.post(HERE, files=named).status_code for _ in "ab"]
    with write() as uow:
        other = make_lab_person(uow, signed_in.lab_id)
        be(client, open_session(uow, other, now=clock.now()))
    assert [*sent, client.post(HERE, files=named).status_code] == [202] * 3


def test_the_sheet_of_somebody_else_is_not_there(
    client: TestClient, write: Write, clock: FrozenClock, signed_in: Keeper
) -> None:
    sent = client.post(HERE, files={"sheet": ("仪器.xlsx", sheet(GOOD))}).json()
    with write() as uow:
        other = make_lab(uow).key
        be(client, open_session(uow, make_lab_person(uow, other), now=clock.now()))
    for place in (f"{HERE}/{sent['id']}", sent["faults_url"]):
        assert client.get(place).status_code == 404
    named = {"sheet": ("仪器.xlsx", sheet(GOOD))}
    theirs = client.post(HERE, files=named, data={"lab_id": str(signed_in.lab_id)})
    assert theirs.status_code == 404


@pytest.mark.usefixtures("signed_in")
def test_whoever_sent_a_sheet_is_told_once_what_became_of_it(
    client: TestClient, engine: Engine, write: Write, clock: FrozenClock
) -> None:
    content = sheet(GOOD, GOOD | {"inner_id": "2", "units": 0})
    sent = client.post(HERE, files={"sheet": ("仪器.xlsx", content)}).json()
    run(engine, clock)
    run(engine, clock)
    (told,) = letters(write)
    counts = {"total": 2, "created": 1, "changed": 0, "unchanged": 0, "faulty": 1}
    assert told == {
        **counts,
        "name": "实验员甲",
        "file": "仪器.xlsx",
        "import_id": sent["id"],
        "broke_off": False,
    }


@pytest.mark.usefixtures("signed_in")
def test_whoever_sent_a_sheet_that_broke_off_is_told_too(
    client: TestClient, engine: Engine, write: Write, clock: FrozenClock
) -> None:
    sent = client.post(HERE, files={"sheet": ("仪器.xlsx", sheet(GOOD))}).json()
    with write() as uow:
        lost = uow.session.get_one(SheetImport, sent["id"])
        file = uow.session.get_one(StoredFile, lost.file_id)
        vault_of(uow.session.get_bind()).drop(file.name)
    run(engine, clock)
    assert [told["broke_off"] for told in letters(write)] == [True]
