"""Prepayments over HTTP: entered for the own provider, read by those whose they are."""

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from tests.factories.accounts import be, bearer, make_staff, open_session
from tests.factories.reservations import make_scene


class World:
    def __init__(self, uow, now) -> None:
        scene, other = make_scene(uow, policy={"prepaid": True}), make_scene(uow)
        (self.provider,) = scene.manager.organisation_ids
        self.company, self.instrument = scene.company.name, scene.instrument.key
        readers = {
            "user": scene.member,
            "lab": scene.manager,
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


def shown(client, path) -> str:
    return BeautifulSoup(client.get(path).text, "html.parser").get_text(" ", strip=True)


def test_the_lab_enters_a_payment_the_company_sees_it_and_nobody_else(world, client):
    be(client, world.sessions["lab"])
    paid = {
        "company": world.company,
        "provider_id": str(world.provider),
        "amount": "2000",
        "bank_reference": "202611230001",
    }
    sent = client.post("/prepayments", data=paid, follow_redirects=False)
    assert sent.status_code == 303
    path = sent.headers["location"]
    again = client.post("/prepayments", data=paid)
    assert again.status_code == 409
    assert "202611230001" in again.text
    be(client, world.sessions["user"])
    assert "2,000.00" in shown(client, "/prepayments")
    assert "登记退款" not in shown(client, path)
    be(client, world.sessions["other"])
    assert client.get(path).status_code == 404


def test_a_booking_holds_it_and_a_refusal_says_what_is_missing(world, client):
    asked = {
        "instrument_id": world.instrument,
        "starts_at": "2026-11-24T12:00:00+08:00",
        "ends_at": "2026-11-24T14:00:00+08:00",
        "purpose": "断口形貌",
    }
    user = {"headers": world.tokens["user"]}
    refused = client.post("/api/v1/reservations", json=asked, **user)
    assert refused.status_code == 422
    assert [one["code"] for one in refused.json()["violations"]] == ["funds.insufficient"]
    paid = {
        "company": world.company,
        "provider_id": world.provider,
        "amount": "2000.00",
        "bank_reference": "B-1",
    }
    made = client.post("/api/v1/prepayments", json=paid, headers=world.tokens["finance"])
    assert (made.status_code, made.json()["available"]) == (201, "2000.00")
    booked = client.post("/api/v1/reservations", json=asked, **user)
    assert booked.status_code == 201
    path = f"/api/v1/prepayments/{made.json()['id']}"
    read = client.get(path, **user).json()
    assert (read["held"], read["available"]) == ("1600.00", "400.00")
    assert [one["reservation"] for one in read["holds"]] == [booked.json()["number"]]
    much = {"amount": "401.00", "bank_reference": "B-2"}
    finance = world.tokens["finance"]
    assert client.post(f"{path}/refunds", json=much, headers=finance).status_code == 409
    rest = {"amount": "400.00", "bank_reference": "B-2"}
    back = client.post(f"{path}/refunds", json=rest, headers=finance).json()
    assert (back["balance"], back["available"]) == ("1600.00", "0.00")
    assert client.post("/api/v1/prepayments", json=paid, headers=world.tokens["auditor"]).is_error
    be(client, world.sessions["user"])
    panel = client.get(
        f"/instruments/{world.instrument}/book?date=2026-11-24&start=09:00&end=11:00"
    )
    assert panel.status_code in {200, 404}
