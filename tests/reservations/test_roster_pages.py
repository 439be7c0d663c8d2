"""The roster of an operator, as a page and as JSON: what is typed, and which bookings are left."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from tests.factories.accounts import be, bearer, open_session
from tests.factories.reservations import Scene, make_scene
from tests.reservations.actions.test_operators import assisted, offered
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass
class Desk:
    """A lab with an operator who is booked on Tuesday at noon."""

    client: TestClient
    scene: Scene
    unit: int
    number: str
    member: dict[str, str]

    @property
    def page(self) -> str:
        return f"/manage/operators/{self.unit}"

    @property
    def api(self) -> str:
        return f"/api/v1/operators/{self.unit}"

    def shown(self) -> BeautifulSoup:
        return BeautifulSoup(self.client.get(f"{self.page}/roster").text, "html.parser")


@pytest.fixture
def desk(client: TestClient, write: Write, clock: FrozenClock) -> Desk:
    with write() as uow:
        scene = make_scene(uow)
        unit = offered(uow, scene, clock=clock)
        number = assisted(uow, scene, clock).number
        be(client, open_session(uow, scene.manager, now=clock.now()))
        return Desk(client, scene, unit, number, bearer(uow, scene.member, now=clock.now()))


def test_weekly_duty_is_shown_as_typed(desk: Desk) -> None:
    told = {"day_2": "08:30-12:00 22:00-06:00"}
    assert desk.client.post(f"{desk.page}/roster", data=told).status_code == 303
    (typed,) = desk.shown().select("input[name=day_2]")
    assert typed["value"] == "08:30-12:00 22:00-06:00"


def test_what_does_not_fit_is_shown_again(desk: Desk) -> None:
    for path, told in (("roster", {"day_2": "25:00-26:00"}), ("days", {"windows": "08:00-09:00"})):
        refused = desk.client.post(f"{desk.page}/{path}", data=told)
        assert refused.status_code == 422
        assert next(iter(told.values())) in refused.text


def test_an_absence_names_the_bookings_that_it_leaves_alone(desk: Desk) -> None:
    assert desk.number not in desk.shown().get_text()
    told = {"day": "2026-11-23", "until": "2026-11-25"}
    assert desk.client.post(f"{desk.page}/days", data=told).status_code == 303
    shown = desk.shown()
    assert desk.number in shown.get_text()
    assert len(shown.select("input[name=day][type=hidden]")) == 3
    back = desk.client.post(f"{desk.page}/days/removal", data={"day": "2026-11-24"})
    assert back.status_code == 303
    assert desk.number not in desk.shown().get_text()


def test_the_same_as_json(desk: Desk, write: Write, clock: FrozenClock) -> None:
    with write() as uow:
        keeper = bearer(uow, desk.scene.manager, now=clock.now())
    desk.client.cookies.clear()
    week = [{"weekday": 2, "opens": "08:30", "closes": "20:00"}]
    answered = desk.client.put(f"{desk.api}/roster", json=week, headers=keeper).json()
    assert (answered["week"], answered["off_duty"]) == (week, [])
    day = f"{desk.api}/days/2026-11-24"
    absent = desk.client.put(day, json=[], headers=keeper).json()
    assert absent["days"] == [{"day": "2026-11-24", "windows": []}]
    assert absent["off_duty"] == [desk.number]
    assert desk.client.get(f"{desk.api}/roster", headers=keeper).json() == absent
    assert desk.client.delete(day, headers=keeper).json()["off_duty"] == []
    assert desk.client.get(f"{desk.api}/roster", headers=desk.member).status_code == 403
