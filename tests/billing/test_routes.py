"""Charges over HTTP: parties see theirs, the centre sees all, nobody else knows of them."""

import csv
import io

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from booking.reservations.actions.confirm import confirm
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.organisations import make_organisation
from tests.factories.reservations import make_scene, make_use
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
WEDNESDAY = moment("2026-11-25T09:00")


class World:
    """A charged use, its parties, and some who have nothing to do with it."""

    def __init__(self, uow, now) -> None:
        scene = make_scene(uow)
        made = make_use(uow, scene, now=MONDAY)
        for side in (scene.manager, scene.member):
            confirm(uow, made.number, actor=side, now=WEDNESDAY)
        stranger = make_member(uow, make_organisation(uow).key)
        readers = {
            "user": scene.member,
            "lab": scene.manager,
            "finance": make_staff(uow, Role.FINANCE),
            "auditor": make_staff(uow, Role.AUDITOR),
            "stranger": stranger,
        }
        self.number = f"C-{made.number}"
        self.tokens = {who: bearer(uow, actor, now=now) for who, actor in readers.items()}
        self.sessions = {who: open_session(uow, actor, now=now) for who, actor in readers.items()}


@pytest.fixture
def world(write, clock) -> World:
    clock.at("2026-11-26T09:00")
    with write() as uow:
        return World(uow, clock.now())


def test_the_parties_and_the_centre_find_the_charge(world, client):
    for who in ("user", "lab", "finance", "auditor"):
        found = client.get("/api/v1/charges", headers=world.tokens[who]).json()
        assert [item["number"] for item in found["items"]] == [world.number], who
        assert found["items"][0]["amount"] == "1840.00"
        assert found["next_cursor"] is None


def test_a_stranger_finds_nothing_and_is_told_of_nothing(world, client):
    asked = {"headers": world.tokens["stranger"]}
    assert client.get("/api/v1/charges", **asked).json()["items"] == []
    assert client.get(f"/api/v1/charges/{world.number}", **asked).status_code == 404


def test_a_visitor_is_asked_to_sign_in(world, client):
    assert client.get("/api/v1/charges").status_code == 401
    assert client.get("/charges").status_code == 303


def test_one_charge_shows_its_lines_and_terms(world, client):
    shown = client.get(f"/api/v1/charges/{world.number}", headers=world.tokens["user"]).json()
    assert [line["amount"] for line in shown["lines"]] == ["1600.00", "240.00"]
    assert (shown["basis"], shown["customer_class"]) == ("reserved", "enterprise")
    assert shown["confirmed_at"] == "2026-11-25T01:00:00Z"


@pytest.mark.parametrize(("period", "count"), [("2026-11", 1), ("2026-10", 0), ("2026-Q4", 1)])
def test_a_period_narrows_the_list(world, client, period, count):
    asked = {"params": {"period": period}, "headers": world.tokens["finance"]}
    assert len(client.get("/api/v1/charges", **asked).json()["items"]) == count


def test_a_period_that_is_none_is_refused_by_name(world, client):
    refused = client.get("/api/v1/charges?period=soon", headers=world.tokens["finance"])
    assert (refused.status_code, refused.json()["code"]) == (422, "period.unreadable")


def test_the_page_lists_and_sums_what_the_export_contains(world, client):
    be(client, world.sessions["user"])
    page = BeautifulSoup(client.get("/charges").text, "html.parser")
    (row,) = page.select("tbody tr")
    assert world.number in row.text
    assert "1,840.00" in row.text
    exported = client.get("/charges.csv").content.decode("utf-8-sig")
    header, line = csv.reader(io.StringIO(exported))
    assert line[header.index("编号")] == world.number
    assert line[header.index("金额（元）")] == "1840.00"


@pytest.mark.parametrize(("language", "word"), [("zh", "机时"), ("en", "Instrument time")])
def test_the_page_of_a_charge_speaks_both_languages(world, client, language, word):
    be(client, world.sessions["lab"])
    page = client.get(f"/charges/{world.number}?lang={language}", follow_redirects=True)
    assert page.status_code == 200
    assert word in page.text
    assert "code:" not in page.text
    assert "billing." not in page.text
