"""Changing a booking on pages and by programs: its end, its holder."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import be, bearer, open_session
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass
class Desk:
    """Tuesday noon is booked by whoever looks."""

    client: TestClient
    scene: Scene
    number: str
    key: dict[str, str]
    write: Write
    clock: FrozenClock

    def at(self, page: str = "") -> str:
        return f"/reservations/{self.number}{page}"

    def shown(self, page: str = "") -> BeautifulSoup:
        return BeautifulSoup(self.client.get(self.at(page)).text, "html.parser")

    def sent(self, deed: str, body: object) -> tuple[int, dict[str, object]]:
        answer = self.client.post(f"/api/v1{self.at(deed)}", json=body, headers=self.key)
        return answer.status_code, answer.json()

    def be(self, actor: Actor) -> None:
        with self.write() as uow:
            be(self.client, open_session(uow, actor, now=self.clock.now()))


@pytest.fixture
def desk(client: TestClient, write: Write, clock: FrozenClock) -> Desk:
    with write() as uow:
        scene = make_scene(uow)
        number = make_reservation(uow, scene, now=clock.now()).number
        key = bearer(uow, scene.member, now=clock.now())
        be(client, open_session(uow, scene.member, now=clock.now()))
    return Desk(client, scene, number, key, write, clock)


def test_the_price_is_shown_before_the_end_changes(desk: Desk) -> None:
    assert desk.shown().select_one(f'a[href$="{desk.at("/end")}"]')
    page = desk.shown("/end?ends_at=2026-11-24T13:00")
    assert [one.text for one in page.select(".sums dd")] == ["1,600.00", "800.00 元"]
    form = page.select_one("form:has(input[type=hidden][name=ends_at])")
    assert form is not None
    typed = {str(one["name"]): str(one["value"]) for one in form.select("input[name]")}
    changed = desk.client.post(str(form["action"]), data=typed)
    assert changed.headers["location"] == desk.at()
    assert "13:00" in desk.shown().text


def test_a_refused_end_keeps_what_was_typed(desk: Desk) -> None:
    refused = desk.client.post(desk.at("/end"), data={"ends_at": "2026-11-24T12:10"})
    assert refused.status_code == 422
    typed = BeautifulSoup(refused.text, "html.parser").select_one("#ends_at")
    assert typed is not None
    assert typed["value"] == "2026-11-24T12:10"


def test_the_same_start_and_another_end_is_told_by_reschedule(desk: Desk) -> None:
    noon, one = "2026-11-24T12:00:00+08:00", "2026-11-24T13:00:00+08:00"
    status, body = desk.sent("/reschedule", {"starts_at": noon, "ends_at": one})
    assert (status, body["ends_at"], body["total"]) == (200, "2026-11-24T05:00:00Z", "800.00")


def test_the_holder_names_a_colleague_and_sees_none(desk: Desk) -> None:
    page = desk.shown("/holder")
    assert page.select_one("input[name=colleague]")
    assert desk.scene.admin.email not in page.text
    told = {"colleague": desk.scene.admin.email}
    assert desk.client.post(desk.at("/holder"), data=told).headers["location"] == desk.at()
    with desk.write() as uow:
        be(desk.client, open_session(uow, desk.scene.admin, now=desk.clock.now()))
    chosen = desk.shown("/holder").select_one("select[name=colleague]")
    assert chosen is not None
    assert desk.scene.member.email in chosen.text


def test_a_stranger_is_no_colleague(desk: Desk) -> None:
    refused = desk.client.post(desk.at("/holder"), data={"colleague": "nobody@example.com"})
    assert (refused.status_code, "nobody@example.com" in refused.text) == (422, True)


def test_programs_hand_over_too(desk: Desk) -> None:
    status, body = desk.sent("/holder", {"colleague": desk.scene.admin.id})
    assert (status, body["holder_id"]) == (200, desk.scene.admin.id)
    status, body = desk.sent("/holder", {"colleague": 10**9})
    assert (status, body["code"]) == (403, "forbidden")
