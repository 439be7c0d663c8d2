"""The page of a lab's operators and accessories, and where a card says what it is part of."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.instruments.queries.helpers import helpers_of_lab
from tests.factories.accounts import be, make_lab_person, open_session
from tests.factories.instruments import make_instrument, make_lab
from tests.support.clock import FrozenClock
from tests.support.typing_in import typed_on

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def lab_id(write: Write) -> int:
    with write() as uow:
        return make_lab(uow).key


@pytest.fixture
def keeper(client: TestClient, write: Write, clock: FrozenClock, lab_id: int) -> TestClient:
    with write() as uow:
        person = make_lab_person(uow, lab_id)
        return be(client, open_session(uow, person, now=clock.now()))


def test_an_operator_is_added_and_changed(keeper: TestClient, write: Write, lab_id: int) -> None:
    with write() as uow:
        first, second = (make_instrument(uow, lab_id=lab_id).key for _ in range(2))
    address = f"/manage/labs/{lab_id}/operators"
    told = {
        "kind": "operator",
        "label": "示例人员",
        "instruments": [first, second],
        "active": "true",
    }
    assert keeper.post(address, data=told).status_code == 303
    with write() as uow:
        (made,) = helpers_of_lab(uow.session, lab_id)
    assert {key for key, _ in made.instruments} == {first, second}
    shown = BeautifulSoup(keeper.get(f"{address}?unit={made.id}").text, "html.parser")
    (typed,) = shown.select("input[name=label]")
    assert typed["value"] == "示例人员"
    changed = {"unit_id": made.id, "kind": "operator", "label": "改名", "instruments": [second]}
    assert keeper.post(address, data=changed).status_code == 303
    with write() as uow:
        (kept,) = helpers_of_lab(uow.session, lab_id)
    assert (kept.label, kept.active, len(kept.instruments)) == ("改名", False, 1)


def test_an_operator_without_an_instrument_keeps_what_was_typed(
    keeper: TestClient, lab_id: int
) -> None:
    refused = keeper.post(f"/manage/labs/{lab_id}/operators", data={"label": "示例人员"})
    assert refused.status_code == 422
    (typed,) = BeautifulSoup(refused.text, "html.parser").select("input[name=label]")
    assert typed["value"] == "示例人员"


def test_a_card_is_put_under_a_whole_of_its_lab(
    keeper: TestClient, write: Write, lab_id: int
) -> None:
    with write() as uow:
        whole, part = (make_instrument(uow, lab_id=lab_id).key for _ in range(2))
        elsewhere = make_instrument(uow).key
    address = f"/manage/instruments/{part}"
    shown = BeautifulSoup(keeper.get(address).text, "html.parser")
    offered = {str(one["value"]) for one in shown.select("select[name=part_of_id] option")}
    assert offered == {"", str(whole)}
    told = typed_on(keeper.get(address).text, address)
    assert keeper.post(address, data={**told, "part_of_id": whole}).status_code == 303
    assert keeper.get(f"/api/v1/instruments/{part}").json()["part_of_id"] == whole
    told = typed_on(keeper.get(address).text, address)
    assert keeper.post(address, data={**told, "part_of_id": elsewhere}).status_code == 404
    assert keeper.post(address, data={**told, "part_of_id": part}).status_code == 409
