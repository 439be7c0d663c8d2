"""The centre's pairs of words: listed, added, removed, and what follows for the search."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from tests.factories.accounts import be, make_lab_person, make_staff, open_session
from tests.factories.instruments import make_instrument, make_lab
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
PAIR = {"word": "扫描电子显微镜", "same_as": "SEM", "relation": "same"}


@pytest.fixture
def editor(client: TestClient, write: Write, clock: FrozenClock) -> TestClient:
    with write() as uow:
        return be(client, open_session(uow, make_staff(uow), now=clock.now()))


def found(client: TestClient, words: str) -> list[str]:
    answer = client.get("/api/v1/instruments", params={"q": words}).json()
    return [card["name"] for card in answer["items"]]


def test_a_pair_counts_from_the_next_search_on_until_it_is_removed(
    editor: TestClient, write: Write
) -> None:
    with write() as uow:
        index_cards(uow, [make_instrument(uow, name="扫描电子显微镜").key])
    assert found(editor, "SEM") == []
    added = editor.post("/manage/words", data=PAIR)
    assert added.status_code == 303
    assert found(editor, "SEM") == ["扫描电子显微镜"]
    listed = BeautifulSoup(editor.get(added.headers["location"]).text, "html.parser")
    (removal,) = [
        str(form["action"])
        for form in listed.select("form[method=post]")
        if str(form["action"]).endswith("/remove")
    ]
    assert editor.post(removal).status_code == 303
    assert found(editor, "SEM") == []
    assert editor.post(removal).status_code == 404


@pytest.mark.parametrize("other", [PAIR["word"], "—"])
def test_a_pair_that_says_nothing_is_refused_with_what_was_typed(
    editor: TestClient, other: str
) -> None:
    refused = editor.post("/manage/words", data=PAIR | {"same_as": other})
    assert refused.status_code == 422
    typed = BeautifulSoup(refused.text, "html.parser").select_one("input[name=word]")
    assert typed is not None
    assert typed["value"] == PAIR["word"]


def test_a_pair_is_entered_once(editor: TestClient) -> None:
    assert editor.post("/manage/words", data=PAIR).status_code == 303
    assert editor.post("/manage/words", data=PAIR).status_code == 409


def test_only_the_centre_changes_words(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        keeper = make_lab_person(uow, make_lab(uow).key)
        auditor = make_staff(uow, Role.AUDITOR)
    for actor in (keeper, auditor):
        with write() as uow:
            be(client, open_session(uow, actor, now=clock.now()))
        assert client.get("/manage/words").status_code == 403
        assert client.post("/manage/words", data=PAIR).status_code == 403
