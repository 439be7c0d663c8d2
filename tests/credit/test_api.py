"""Appeals by programs: asked once, decided once, with the reason."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.credit.queries.standing import credit_of_organisation
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import bearer, make_member
from tests.factories.credit import make_centre, make_no_show, make_rules, only_entry
from tests.factories.organisations import make_organisation
from tests.factories.reservations import Scene, make_scene
from tests.support.clock import FrozenClock, moment

Write = Callable[[], AbstractContextManager[UnitOfWork]]
WHY = {"words": "门禁记录显示准时到场"}
BECAUSE = {"reason": "门禁记录属实"}


@dataclass
class Desk:
    """A company with a no-show, the centre, a stranger; each with a token."""

    scene: Scene
    centre: Actor
    stranger: Actor
    entry: int
    client: TestClient
    keys: Mapping[int, Mapping[str, str]]
    write: Write
    clock: FrozenClock

    def post(self, who: Actor, path: str, body: Mapping[str, str]) -> Response:
        return self.client.post(f"/api/v1/credit{path}", json=body, headers=self.keys[who.id])

    def appeal(self, who: Actor) -> Response:
        return self.post(who, f"/entries/{self.entry}/appeal", WHY)

    def waiting(self) -> list[Mapping[str, object]]:
        answer = self.client.get("/api/v1/credit/appeals", headers=self.keys[self.centre.id])
        items: list[Mapping[str, object]] = answer.json()["items"]
        return items

    def score(self) -> int:
        with self.write() as uow:
            found = credit_of_organisation(uow.session, self.scene.company.key, self.clock.now())
        assert found is not None
        return found.score


@pytest.fixture
def desk(client: TestClient, write: Write, clock: FrozenClock) -> Desk:
    with write() as uow:
        make_rules(uow)
        scene, centre = make_scene(uow), make_centre(uow)
        stranger = make_member(uow, make_organisation(uow, verified=True).key)
        make_no_show(uow, scene, now=moment("2026-11-23T09:00"))
        entry = only_entry(uow.session)
        clock.at("2026-11-25T09:00")
        people = (scene.member, centre, stranger)
        keys = {who.id: bearer(uow, who, now=clock.now()) for who in people}
        uow.session.refresh(scene.company)
        uow.session.expunge_all()
    return Desk(scene, centre, stranger, entry, client, keys, write, clock)


@pytest.mark.parametrize(("deed", "score"), [("granting", 100), ("refusal", 85)])
def test_an_appeal_is_asked_and_decided(desk: Desk, deed: str, score: int) -> None:
    asked = desk.appeal(desk.scene.member)
    assert (asked.status_code, asked.json()["state"]) == (201, "open")
    (waiting,) = desk.waiting()
    assert (waiting["words"], waiting["points"]) == (WHY["words"], -15)
    decided = desk.post(desk.centre, f"/appeals/{waiting['id']}/{deed}", BECAUSE)
    assert decided.status_code == 200, decided.text
    assert decided.json()["reason"] == BECAUSE["reason"]
    assert (desk.score(), desk.waiting()) == (score, [])
    again = desk.post(desk.centre, f"/appeals/{waiting['id']}/{deed}", BECAUSE)
    assert (again.status_code, again.json()["code"]) == (409, "credit.appeal_decided")


def test_one_appeal_for_each_entry_and_by_whose_it_is(desk: Desk) -> None:
    assert desk.appeal(desk.stranger).status_code == 404
    desk.appeal(desk.scene.member)
    again = desk.appeal(desk.scene.member)
    assert (again.status_code, again.json()["code"]) == (409, "credit.appealed_already")
    own = desk.post(desk.scene.member, "/appeals/1/granting", BECAUSE)
    assert own.status_code == 403
