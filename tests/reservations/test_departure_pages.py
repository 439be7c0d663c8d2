"""Leaving, over HTTP: what follows is said first, and a refusal says why."""

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.audit.models import AuditEntry
from tests.factories.accounts import be, open_session
from tests.factories.door import Write
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock


@pytest.fixture
def scene(write: Write, clock: FrozenClock) -> Scene:
    with write() as uow:
        made = make_scene(uow)
        make_reservation(uow, made, now=clock.now())
    return made


def browser(client: TestClient, write: Write, who: Actor, clock: FrozenClock) -> TestClient:
    with write() as uow:
        secret = open_session(uow, who, now=clock.now())
    return be(TestClient(client.app, follow_redirects=False), secret)


def test_the_page_names_what_follows_and_who_could_take_over(client, write, clock, scene) -> None:
    admin = browser(client, write, scene.admin, clock)
    members = f"/organisations/{scene.company.key}/members"
    departure = f"{members}/{scene.member.id}/departure"
    assert departure in admin.get(members).text
    page = BeautifulSoup(admin.get(departure).text, "html.parser")
    assert "移交给接手人的未来预约：1 个" in page.text
    offered = [option["value"] for option in page.select("#successor option")]
    assert offered == ["", str(scene.admin.id)]


def test_without_a_successor_it_says_why_and_nothing_changes(client, write, clock, scene) -> None:
    admin = browser(client, write, scene.admin, clock)
    departure = f"/organisations/{scene.company.key}/members/{scene.member.id}/departure"
    refused = admin.post(departure)
    assert refused.status_code == 422
    assert "请指定接手人" in refused.text
    with write() as uow:
        told = select(AuditEntry).where(AuditEntry.name == "user.left")
        assert uow.session.exec(told).all() == []


def test_one_leaves_oneself_and_is_signed_out(client, write, clock, scene) -> None:
    mine = browser(client, write, scene.member, clock)
    departure = f"/account/organisations/{scene.company.key}/departure"
    assert departure in mine.get("/account").text
    assert mine.get(departure).status_code == 200
    assert scene.admin.email not in mine.get(departure).text
    assert mine.post(departure, data={"colleague": "nobody@example.com"}).status_code == 422
    gone = mine.post(departure, data={"colleague": scene.admin.email})
    assert gone.headers["location"] == "/sign-in"
    assert mine.get("/account").status_code == 303
