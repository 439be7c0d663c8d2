"""Orders over JSON: the same deeds, the same refusals."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.orders.states import OrderState
from tests.factories.accounts import bearer
from tests.factories.files import pdf
from tests.factories.orders import make_order
from tests.factories.reservations import Scene, make_scene
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
SAMPLES = [{"name": "渗碳齿轮", "count": 2}, {"name": "涂层片", "afterwards": "keep"}]
QUOTE = {
    "minutes": 90,
    "extras": [{"words": "制样", "amount": "120.50"}],
    "valid_until": "2026-12-01",
    "promised_day": "2026-12-10",
}
SLOT = {"starts_at": "2026-11-24T12:00:00+08:00", "ends_at": "2026-11-24T13:30:00+08:00"}


@dataclass(frozen=True)
class Api:
    client: TestClient
    keys: dict[int, dict[str, str]]

    def post(self, who: Actor, path: str, body: Any, **headers: str) -> Response:
        given = {**self.keys[who.id], **headers}
        return self.client.post(f"/api/v1{path}", json=body, headers=given)

    def get(self, who: Actor, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.keys[who.id]).json()


@pytest.fixture
def committed(write: Write) -> Scene:
    with write() as uow:
        return make_scene(uow)


@pytest.fixture
def api(client: TestClient, write: Write, committed: Scene, clock: FrozenClock) -> Api:
    people = (committed.member, committed.admin, committed.manager)
    with write() as uow:
        keys = {one.id: bearer(uow, one, now=clock.now()) for one in people}
    return Api(client, keys)


def wish(scene: Scene) -> dict[str, Any]:
    return {
        "instrument_id": scene.instrument.key,
        "wishes": "断口形貌",
        "by_day": "2026-12-14",
        "samples": SAMPLES,
    }


def test_an_order_from_asking_to_the_booking(api: Api, committed: Scene) -> None:
    member, manager = committed.member, committed.manager
    made = api.post(member, "/orders", wish(committed))
    assert made.status_code == 201, made.text
    number = made.json()["order"]["number"]
    quoted = api.post(manager, f"/orders/{number}/quotes", QUOTE)
    assert quoted.status_code == 201, quoted.text
    quote = quoted.json()["quotes"][0]
    assert [line["kind"] for line in quote["lines"]] == ["time", "other"]
    assert quote["lines"][1]["amount"] == "120.50"
    step = {"choice": "accept_quote", "quote_id": quote["id"]}
    assert api.post(member, f"/orders/{number}/steps", step).status_code == 200
    booked = api.post(manager, f"/orders/{number}/bookings", SLOT)
    assert booked.status_code == 201, booked.text
    assert [one["state"] for one in booked.json()["bookings"]] == ["confirmed"]
    moved = api.post(manager, f"/orders/{number}/stations", {"station": "received"}).json()
    assert moved["order"]["state"] == "in_work"
    said = api.post(member, f"/orders/{number}/messages", {"words": "请附标尺"}).json()
    assert [one["words"] for one in said["messages"]] == ["请附标尺"]


def test_asked_twice_with_one_key_it_is_asked_once(api: Api, committed: Scene) -> None:
    key = {"idempotency-key": "einmal"}
    first, again = (api.post(committed.member, "/orders", wish(committed), **key) for _ in range(2))
    assert first.json() == again.json()
    listed = api.get(committed.member, "/orders")["items"]
    assert [one["number"] for one in listed] == [first.json()["order"]["number"]]


def test_lists_are_of_one_side(api: Api, committed: Scene) -> None:
    api.post(committed.member, "/orders", wish(committed))
    assert len(api.get(committed.manager, "/orders?side=lab&show=open")["items"]) == 1
    assert api.get(committed.manager, "/orders")["items"] == []
    assert api.get(committed.member, "/orders?side=lab")["items"] == []


def test_files_come_and_go(api: Api, committed: Scene, write: Write, clock: FrozenClock) -> None:
    with write() as uow:
        number = make_order(uow, committed, OrderState.IN_WORK, now=clock.now()).number
    address = f"/api/v1/orders/{number}/files"
    sent = {"file": ("结果.pdf", pdf())}
    made = api.client.post(address, files=sent, headers=api.keys[committed.manager.id])
    assert made.status_code == 201, made.text
    file_id = made.json()["files"][0]["id"]
    got = api.client.get(f"{address}/{file_id}", headers=api.keys[committed.manager.id])
    assert got.content == pdf()
    early = api.client.get(f"{address}/{file_id}", headers=api.keys[committed.member.id])
    assert early.status_code == 404


def test_a_refusal_names_every_rule(api: Api, committed: Scene) -> None:
    body = {**wish(committed), "by_day": "2026-11-01"}
    answer = api.post(committed.member, "/orders", body)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["violations"]] == ["order.day_over"]
