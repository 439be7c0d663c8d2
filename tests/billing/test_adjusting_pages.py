"""Adjustments over HTTP: the lab asks, finance agrees, the company sees what was entered."""

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from booking.reservations.actions.confirm import confirm
from tests.factories.accounts import be, bearer, make_staff, open_session
from tests.factories.reservations import make_scene, make_use
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
WEDNESDAY = moment("2026-11-25T09:00")


class World:
    def __init__(self, uow, now) -> None:
        scene = make_scene(uow)
        made = make_use(uow, scene, now=MONDAY)
        for side in (scene.manager, scene.member):
            confirm(uow, made.number, actor=side, now=WEDNESDAY)
        readers = {
            "user": scene.member,
            "lab": scene.manager,
            "finance": make_staff(uow, Role.FINANCE),
            "auditor": make_staff(uow, Role.AUDITOR),
            "centre": make_staff(uow, Role.CENTRE_ADMIN),
        }
        self.booking = made.number
        self.number = f"C-{made.number}"
        self.tokens = {who: bearer(uow, actor, now=now) for who, actor in readers.items()}
        self.sessions = {who: open_session(uow, actor, now=now) for who, actor in readers.items()}


@pytest.fixture
def world(write, clock) -> World:
    clock.at("2026-11-26T09:00")
    with write() as uow:
        return World(uow, clock.now())


def shown(client, path) -> str:
    return BeautifulSoup(client.get(path).text, "html.parser").get_text(" ", strip=True)


def test_the_lab_asks_finance_agrees_and_the_company_reads_why(world, client):
    asked = {"amount": "0", "reason": "样品台故障，全部减免"}
    be(client, world.sessions["lab"])
    sent = client.post(f"/charges/{world.number}/adjustments", data=asked, follow_redirects=False)
    assert sent.status_code == 303
    page = shown(client, f"/charges/{world.number}")
    assert "待第二人同意" in page
    be(client, world.sessions["user"])
    assert "待第二人同意" not in shown(client, f"/charges/{world.number}")
    be(client, world.sessions["finance"])
    queue = BeautifulSoup(client.get("/charges/adjustments").text, "html.parser")
    (form,) = queue.select("form[action$=approval]")
    client.post(form["action"])
    be(client, world.sessions["user"])
    page = shown(client, f"/charges/{world.number}")
    assert "样品台故障，全部减免" in page
    assert "−1,840.00" in page
    assert "样品台故障，全部减免" in shown(client, "/charges")
    exported = client.get("/charges.csv").text
    assert "1840.00,-1840.00,0.00" in exported


def test_what_cannot_be_read_is_said_at_its_field(world, client):
    be(client, world.sessions["lab"])
    answer = client.post(f"/charges/{world.number}/adjustments", data={"amount": "-5"})
    assert answer.status_code == 422
    faults = BeautifulSoup(answer.text, "html.parser").select(".fault")
    assert len(faults) == 2


def test_the_same_as_json(world, client):
    path = f"/api/v1/charges/{world.number}"
    asked = {"amount": "1800.00", "reason": "实际样品少一件"}
    made = client.post(f"{path}/adjustments", json=asked, headers=world.tokens["lab"])
    assert (made.status_code, made.json()["state"], made.json()["amount"]) == (
        201,
        "applied",
        "-40.00",
    )
    read = client.get(path, headers=world.tokens["user"]).json()
    assert (read["amount"], read["total"]) == ("1840.00", "1800.00")
    (entry,) = read["corrections"]
    assert (entry["number"], entry["kind"]) == (f"{world.number}/1", "adjustment")
    dearer = {"amount": "9000", "reason": "x"}
    waits = client.post(f"{path}/adjustments", json=dearer, headers=world.tokens["finance"]).json()
    assert waits["state"] == "requested"
    found = client.get("/api/v1/charge-adjustments", headers=world.tokens["lab"]).json()
    assert [item["id"] for item in found["items"]] == [waits["id"]]
    own = f"/api/v1/charge-adjustments/{waits['id']}/approval"
    assert client.post(own, headers=world.tokens["finance"]).status_code == 403
    refusal = f"/api/v1/charge-adjustments/{waits['id']}/refusal"
    no = client.post(refusal, json={"reason": "无依据"}, headers=world.tokens["lab"]).json()
    assert no["state"] == "refused"
    assert client.post(f"{path}/adjustments", json=asked, headers=world.tokens["auditor"]).is_error


def test_the_centre_sets_the_limit(world, client):
    read = client.get("/api/v1/adjustment-limit", headers=world.tokens["finance"]).json()
    assert read == {"amount": "500.00", "assumed": True, "note": ""}
    be(client, world.sessions["centre"])
    assert "假定" in shown(client, "/charges/adjustments")
    said = {"amount": "2000", "note": "示例管理办法第八条"}
    client.post("/charges/adjustments/limit", data=said)
    assert "假定" not in shown(client, "/charges/adjustments")
    body = {"amount": "100.00", "note": "x"}
    tokens = world.tokens
    refused = client.put("/api/v1/adjustment-limit", json=body, headers=tokens["finance"])
    assert refused.status_code == 403
    assert client.put("/api/v1/adjustment-limit", json=body, headers=tokens["centre"]).is_success


def test_the_centre_puts_a_settled_record_right(world, client):
    be(client, world.sessions["centre"])
    path = f"/reservations/{world.booking}/correction"
    page = BeautifulSoup(client.get(path).text, "html.parser")
    form = page.select_one(f"form[action='{path}']")
    assert form is not None
    typed = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    typed |= {"samples": "1", "reason": "样品台账记一件"}
    assert client.post(path, data=typed, follow_redirects=False).status_code == 303
    be(client, world.sessions["user"])
    assert "−120.00" in shown(client, f"/charges/{world.number}")
    body = {"reason": "复核", "samples": 2, "test_minutes": 120}
    again = client.post(f"/api/v1{path}", json=body, headers=world.tokens["centre"])
    assert again.json()["state"] == "settled"
    assert client.post(f"/api/v1{path}", json=body, headers=world.tokens["lab"]).status_code == 403
