"""Vouchers over HTTP: issued by finance, cited by the company, shown to those whose they are."""

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from tests.factories.accounts import be, bearer, make_staff, open_session
from tests.factories.organisations import make_qualification
from tests.factories.reservations import make_scene
from tests.factories.settled_uses import make_programme, seeded_programme

SPAN = {"starts_at": "2026-11-24T12:00:00+08:00", "ends_at": "2026-11-24T14:00:00+08:00"}
CODE = "XX-VOUCHER-2026"


class World:
    def __init__(self, uow, now) -> None:
        make_programme(uow, seeded_programme("voucher_2026"))
        scene, other = make_scene(uow), make_scene(uow)
        make_qualification(uow, scene.company.key)
        self.name = scene.company.name
        self.company, self.instrument = scene.company.key, scene.instrument.key
        readers = {
            "user": scene.member,
            "other": other.member,
            "finance": make_staff(uow, Role.FINANCE),
            "auditor": make_staff(uow, Role.AUDITOR),
        }
        self.tokens = {who: bearer(uow, actor, now=now) for who, actor in readers.items()}
        self.sessions = {who: open_session(uow, actor, now=now) for who, actor in readers.items()}


@pytest.fixture
def world(write, clock) -> World:
    clock.at("2026-11-23T09:00")
    with write() as uow:
        return World(uow, clock.now())


@pytest.fixture
def voucher(world, client) -> str:
    asked = {"programme": CODE, "organisation_ids": [world.company]}
    made = client.post("/api/v1/vouchers", json=asked, headers=world.tokens["finance"])
    assert made.status_code == 201, made.text
    return str(made.json()["numbers"][0])


def shown(client, path) -> str:
    return BeautifulSoup(client.get(path).text, "html.parser").get_text(" ", strip=True)


def book(client, world, voucher):
    body = {**SPAN, "instrument_id": world.instrument, "purpose": "断口形貌", "voucher": voucher}
    return client.post("/api/v1/reservations", json=body, headers=world.tokens["user"])


def test_a_booking_cites_a_voucher_and_its_company_sees_what_is_left(world, client, voucher):
    assert book(client, world, voucher).status_code == 201
    told = client.get(f"/api/v1/vouchers/{voucher}", headers=world.tokens["user"]).json()
    assert (told["available"], told["encumbered"]) == ("19200.00", "800.00")
    assert [one["kind"] for one in told["movements"]] == ["issued", "encumbered"]
    be(client, world.sessions["user"])
    assert "19,200.00" in shown(client, f"/vouchers/{voucher}")
    be(client, world.sessions["other"])
    assert voucher not in shown(client, "/vouchers")
    assert client.get(f"/vouchers/{voucher}").status_code == 404


def test_a_voucher_that_is_not_there_refuses_the_booking_with_words(world, client):
    answer = book(client, world, "V-NONE")
    assert (answer.status_code, answer.json()["code"]) == (422, "voucher.refused")
    listed = client.get("/api/v1/reservations", headers=world.tokens["user"]).json()
    assert listed["items"] == []


def test_finance_gives_one_by_the_form(world, client):
    be(client, world.sessions["finance"])
    form = {"programme": CODE, "companies": [str(world.company)]}
    answer = client.post("/voucher-issue", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert "20,000.00" in shown(client, "/vouchers")


def test_what_was_chosen_stays_when_it_is_refused(world, client, voucher):
    be(client, world.sessions["finance"])
    # The fifth of a year passes the yearly cap: 100,000.00 at 20,000.00 each.
    form = {"programme": CODE, "companies": [str(world.company)]}
    for _ in range(4):
        assert client.post("/voucher-issue", data=form, follow_redirects=False).status_code == 303
    refused = client.post("/voucher-issue", data=form, follow_redirects=False)
    assert refused.status_code in {409, 422}
    assert f"{world.name}：超过年度限额" in refused.text
    page = BeautifulSoup(refused.text, "html.parser")
    assert [box["value"] for box in page.select("input[name=companies][checked]")] == [
        str(world.company)
    ]


def test_the_auditor_reads_what_providers_are_owed_and_gives_nothing(world, client):
    be(client, world.sessions["auditor"])
    assert client.get("/voucher-redemptions?period=2026-11").status_code == 200
    assert client.get("/voucher-issue").status_code == 403
    be(client, world.sessions["user"])
    assert client.get("/voucher-redemptions").status_code == 403


@pytest.mark.parametrize("path", ["/voucher-redemptions", "/api/v1/voucher-redemptions"])
def test_a_period_that_is_none_is_refused(world, client, path):
    be(client, world.sessions["finance"])
    assert client.get(f"{path}?period=auditor").status_code == 422
    assert client.get(path).status_code == 200


def test_who_moves_a_booking_sees_what_the_voucher_pays_then(world, client, voucher):
    number = book(client, world, voucher).json()["number"]
    be(client, world.sessions["user"])
    page = BeautifulSoup(client.get(f"/reservations/{number}/move").text, "html.parser")
    place = page.select_one("#voucher-share")
    assert place
    at = str(place["hx-get"])
    longer = "?starts_at=2026-11-24T12:00&ends_at=2026-11-24T16:00"
    told = shown(client, at + longer)
    # 800.00 for two hours, half of the price; as much again for four.
    for word in (voucher, "800.00", "3,200.00", "−1,600.00"):
        assert word in told
    body = {"starts_at": "2026-11-24T12:00:00+08:00", "ends_at": "2026-11-24T16:00:00+08:00"}
    moved = client.post(f"/reservations/{number}/move", data=body, follow_redirects=False)
    assert moved.status_code == 303
    assert "1,600.00" in shown(client, f"/vouchers/{voucher}")
    assert "1,600.00" in shown(client, at + "?starts_at=nonsense")
    be(client, world.sessions["other"])
    assert client.get(at).status_code == 404
