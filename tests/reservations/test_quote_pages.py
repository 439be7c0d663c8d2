"""Keeping a price and booking at it, over HTTP."""

import pytest
from bs4 import BeautifulSoup

from booking.instruments.models.unit import UnitKind
from tests.factories.accounts import be, bearer, open_session
from tests.factories.instruments import add_tariff
from tests.factories.reservations import make_scene
from tests.reservations.actions.test_operators import offered

SPAN = {"starts_at": "2026-11-24T12:00:00+08:00", "ends_at": "2026-11-24T14:00:00+08:00"}
TYPED = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}


class World:
    def __init__(self, uow, now) -> None:
        scene, other = make_scene(uow), make_scene(uow)
        self.scene, self.instrument = scene, scene.instrument.key
        self.tokens = {
            "user": bearer(uow, scene.member, now=now),
            "other": bearer(uow, other.member, now=now),
        }
        self.sessions = {
            "user": open_session(uow, scene.member, now=now),
            "other": open_session(uow, other.member, now=now),
            "lab": open_session(uow, scene.manager, now=now),
        }

    def dearer(self, uow, now) -> None:
        classes = {"enterprise": {"hour": "9000.00"}}
        add_tariff(uow, self.instrument, classes=classes, valid_from=now)


@pytest.fixture
def world(write, clock) -> World:
    clock.at("2026-11-23T09:00")
    with write() as uow:
        return World(uow, clock.now())


def test_a_program_keeps_a_price_and_cites_it(world, client, write, clock):
    user = {"headers": world.tokens["user"]}
    asked = {"instrument_id": world.instrument, **SPAN}
    forgotten = client.post("/api/v1/quotes", json=asked, **user).json()
    assert "number" not in forgotten
    kept = client.post("/api/v1/quotes", json={**asked, "keep": True}, **user).json()
    assert (kept["total"], kept["valid_until"]) == ("1600.00", "2026-11-24T04:00:00Z")
    with write() as uow:
        world.dearer(uow, clock.now())
    cited = {**asked, "purpose": "断口形貌", "quote": kept["number"]}
    stranger = client.post("/api/v1/reservations", json=cited, headers=world.tokens["other"])
    assert (stranger.status_code, stranger.json()["code"]) == (404, "quote.unknown")
    longer = {**cited, "ends_at": "2026-11-24T15:00:00+08:00"}
    refused = client.post("/api/v1/reservations", json=longer, **user)
    assert (refused.status_code, refused.json()["code"]) == (422, "quote.differs")
    booked = client.post("/api/v1/reservations", json=cited, **user).json()
    assert (booked["total"], booked["quote"]["number"]) == ("1600.00", kept["number"])


def test_the_panel_keeps_what_it_shows_and_books_at_it(world, client, write, clock):
    be(client, world.sessions["user"])
    sent = client.post(
        f"/instruments/{world.instrument}/quotes", data=TYPED, follow_redirects=False
    )
    assert sent.status_code == 303
    with write() as uow:
        world.dearer(uow, clock.now())
    page = BeautifulSoup(client.get(sent.headers["location"]).text, "html.parser")
    (way,) = (link["href"] for link in page.select("a.button") if "quote=" in link["href"])
    panel = BeautifulSoup(client.get(way).text, "html.parser")
    assert "1,600.00" in panel.select("#verdict")[0].get_text()
    form = panel.select("#booking-form")[0]
    typed = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    path = form["action"]
    made = client.post(path, data={**typed, "purpose": "断口形貌"}, follow_redirects=False)
    assert made.status_code == 303
    assert "1,600.00" in client.get(made.headers["location"]).text
    listed = client.get("/quotes").text
    assert sent.headers["location"].split("/")[-1] in listed
    be(client, world.sessions["other"])
    assert client.get(sent.headers["location"]).status_code == 404


def test_a_consumable_that_is_no_longer_sold_is_named_and_can_be_left_out(
    world, client, write, clock
):
    items = [{"name": name, "price": "50.00"} for name in ("金靶", "铜网")]
    with write() as uow:
        sold = {"enterprise": {"hour": "800.00", "consumables": items}}
        add_tariff(uow, world.instrument, classes=sold, valid_from=clock.now())
    be(client, world.sessions["user"])
    wanted = {**TYPED, "consumables": "金靶 2、铜网 1"}
    kept = client.post(f"/instruments/{world.instrument}/quotes", data=wanted)
    clock.at("2026-11-23T10:00")
    with write() as uow:
        sold = {"enterprise": {"hour": "900.00", "consumables": items[1:]}}
        add_tariff(uow, world.instrument, classes=sold, valid_from=clock.now())
    page = BeautifulSoup(client.get(kept.headers["location"]).text, "html.parser")
    (way,) = (link["href"] for link in page.select("a.button") if "quote=" in link["href"])
    panel = BeautifulSoup(client.get(way).text, "html.parser")
    assert "价目中已不再有：金靶" in panel.select("#verdict")[0].get_text()
    assert "1,750.00" in panel.select("#verdict")[0].get_text()
    (without,) = (
        link["href"] for link in panel.select("#verdict a.button") if "start=" in str(link)
    )
    instead = BeautifulSoup(client.get(without).text, "html.parser")
    assert "1,850.00" in instead.select("#verdict")[0].get_text()
    assert "金靶" not in instead.select("#verdict")[0].get_text()
    assert not instead.select("input[name=quote]")


def test_a_kept_price_keeps_what_was_chosen_besides(world, client, write, clock):
    with write() as uow:
        stage = str(offered(uow, world.scene, clock=clock, kind=UnitKind.ACCESSORY))
        items = [{"name": "金靶", "price": "50.00"}]
        sold = {"enterprise": {"hour": "800.00", "consumables": items}}
        add_tariff(uow, world.instrument, classes=sold, valid_from=clock.now())
    be(client, world.sessions["user"])
    wanted = {**TYPED, "consumables": "金靶 2", "accessory_ids": stage, "voucher": "V1"}
    kept = client.post(f"/instruments/{world.instrument}/quotes", data=wanted)
    page = BeautifulSoup(client.get(kept.headers["location"]).text, "html.parser")
    (way,) = (link["href"] for link in page.select("a.button") if "quote=" in link["href"])
    clock.at("2026-11-23T10:00")
    with write() as uow:
        world.dearer(uow, clock.now())
    for ahead in (way, _without(client.get(way))):
        form = BeautifulSoup(client.get(ahead).text, "html.parser").select("#booking-form")[0]
        ticked = [box["value"] for box in form.select("input[name=accessory_ids][checked]")]
        (voucher,) = form.select("select[name=voucher] option[selected]")
        assert (ticked, voucher["value"]) == ([stage], "V1")


def test_which_voucher_was_chosen_is_not_for_the_lab(world, client, write, clock):
    be(client, world.sessions["user"])
    kept = client.post(f"/instruments/{world.instrument}/quotes", data={**TYPED, "voucher": "V1"})
    be(client, world.sessions["lab"])
    page = client.get(kept.headers["location"])
    assert page.status_code == 200
    assert "V1" not in page.text


def _without(shown):
    panel = BeautifulSoup(shown.text, "html.parser")
    (way,) = (link["href"] for link in panel.select("#verdict a.button") if "start=" in str(link))
    return way


def test_a_quote_holds_when_nothing_is_sold_any_more(world, client, write, clock):
    with write() as uow:
        items = [{"name": "金靶", "price": "50.00"}]
        sold = {"enterprise": {"hour": "800.00", "consumables": items}}
        add_tariff(uow, world.instrument, classes=sold, valid_from=clock.now())
    be(client, world.sessions["user"])
    wanted = {**TYPED, "consumables": "金靶 2"}
    kept = client.post(f"/instruments/{world.instrument}/quotes", data=wanted)
    clock.at("2026-11-23T10:00")
    with write() as uow:
        world.dearer(uow, clock.now())
    page = BeautifulSoup(client.get(kept.headers["location"]).text, "html.parser")
    (way,) = (link["href"] for link in page.select("a.button") if "quote=" in link["href"])
    form = BeautifulSoup(client.get(way).text, "html.parser").select("#booking-form")[0]
    typed = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    sent = {**typed, "purpose": "断口形貌"}
    made = client.post(form["action"], data=sent, follow_redirects=False)
    assert made.status_code == 303
    assert "1,700.00" in client.get(made.headers["location"]).text
