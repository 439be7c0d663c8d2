"""Waiting for time on pages and for programs: joining, places, answers, what stays typed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.models.unit import UnitKind
from booking.reservations.actions.cancel import cancel
from tests.factories.accounts import be, bearer, open_session
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

SOLD = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}
Write = Callable[[], AbstractContextManager[UnitOfWork]]
NOON_TYPED = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}
NOON_SENT = {"starts_at": "2026-11-24T12:00:00+08:00", "ends_at": "2026-11-24T14:00:00+08:00"}


@dataclass
class Queue:
    """Tuesday noon is booked by a colleague of whoever looks."""

    client: TestClient
    scene: Scene
    number: str
    key: dict[str, str]
    write: Write
    clock: FrozenClock

    @property
    def join(self) -> str:
        return f"/instruments/{self.scene.instrument.key}/waitlist"

    def free(self) -> None:
        with self.write() as uow:
            cancel(uow, self.number, actor=self.scene.member, now=self.clock.now())

    def shown(self, address: str) -> BeautifulSoup:
        return BeautifulSoup(self.client.get(address).text, "html.parser")


@pytest.fixture
def queue(client: TestClient, write: Write, clock: FrozenClock) -> Queue:
    with write() as uow:
        scene = make_scene(uow)
        number = make_reservation(uow, scene, now=clock.now()).number
        key = bearer(uow, scene.admin, now=clock.now())
        be(client, open_session(uow, scene.admin, now=clock.now()))
    return Queue(client, scene, number, key, write, clock)


def test_the_panel_offers_to_wait_for_occupied_time(queue: Queue) -> None:
    panel = f"/instruments/{queue.scene.instrument.key}/booking"
    taken = queue.shown(f"{panel}?starts_at=2026-11-24T12:00&ends_at=2026-11-24T14:00")
    assert taken.select_one(f'button[formaction="{queue.join}"]')
    free = queue.shown(f"{panel}?starts_at=2026-11-24T15:00&ends_at=2026-11-24T16:00")
    assert free.select_one(f'button[formaction="{queue.join}"]') is None


def test_waiting_accepting_and_booking(queue: Queue) -> None:
    joined = queue.client.post(queue.join, data={**NOON_TYPED, "purpose": "断口"})
    assert (joined.status_code, joined.headers["location"]) == (303, "/waitlist")
    assert queue.shown("/waitlist").select_one("td.num").text.strip() == "1"  # type: ignore[union-attr]
    queue.free()
    accept = queue.shown("/waitlist").select_one('form[action$="/acceptance"]')
    assert accept is not None
    booked = queue.client.post(str(accept["action"]))
    assert booked.headers["location"].startswith("/reservations/R")
    again = queue.client.post(str(accept["action"]))
    assert again.status_code == 409


def test_an_offer_is_answered_on_the_start_page(queue: Queue) -> None:
    asked = queue.shown("/").select_one("#start[hx-get]")
    assert asked
    queue.client.post(queue.join, data={**NOON_TYPED, "purpose": "断口"})
    queue.free()
    headers = {"HX-Request": "true", "HX-Target": "start"}
    part = BeautifulSoup(
        queue.client.get(str(asked["hx-get"]), headers=headers).text, "html.parser"
    )
    assert part.select_one("#offers form")
    assert not part.select("#awaiting tr")


def test_what_was_typed_stays_when_waiting_is_refused(queue: Queue) -> None:
    typed = {**NOON_TYPED, "purpose": "断口形貌", "hours": "3"}
    refused = queue.client.post(queue.join, data=typed)
    shown = BeautifulSoup(refused.text, "html.parser")
    assert refused.status_code == 422
    assert shown.select_one('input[name="purpose"]')["value"] == "断口形貌"  # type: ignore[index]
    assert shown.select_one("[data-problem]")


def test_leaving_and_declining(queue: Queue) -> None:
    queue.client.post(queue.join, data={**NOON_TYPED, "purpose": "断口"})
    leave = queue.shown("/waitlist").select_one('form[action$="/removal"]')
    assert leave is not None
    queue.client.post(str(leave["action"]))
    assert queue.client.post(str(leave["action"])).status_code == 409
    queue.client.post(queue.join, data={**NOON_TYPED, "purpose": "断口"})
    queue.free()
    decline = queue.shown("/waitlist").select_one('form[action$="/refusal"]')
    assert decline is not None
    assert queue.client.post(str(decline["action"])).headers["location"] == "/waitlist"
    assert queue.shown("/waitlist").select_one('form[action$="/refusal"]') is None


def test_programs_wait_accept_and_leave(queue: Queue) -> None:
    api = f"/api/v1{queue.join}"
    body = {**NOON_SENT, "purpose": "断口"}
    joined = queue.client.post(api, json=body, headers=queue.key)
    told = joined.json()
    assert (joined.status_code, told["position"], told["offer"]) == (201, 1, None)
    assert queue.client.post(api, json=body, headers=queue.key).status_code == 409
    queue.free()
    (item,) = queue.client.get("/api/v1/waitlist", headers=queue.key).json()["items"]
    assert item["state"] == "offered"
    assert item["offer"]["lapses_at"] == "2026-11-23T01:30:00Z"
    address = f"/api/v1/waitlist-offers/{item['offer']['id']}/acceptance"
    made = queue.client.post(address, headers=queue.key)
    assert (made.status_code, made.json()["state"]) == (201, "confirmed")
    over = queue.client.post(address, headers=queue.key)
    assert (over.status_code, over.json()["code"]) == (409, "waitlist.offer_over")
    gone = queue.client.delete(f"/api/v1/waitlist/{item['id']}", headers=queue.key)
    assert (gone.status_code, gone.json()["code"]) == (409, "waitlist.entry_over")


def equipped(queue: Queue) -> dict[UnitKind, int]:
    """The instrument has a stage and an operator, and gold targets are sold with it."""
    made = {}
    with queue.write() as uow:
        for kind, label in ((UnitKind.ACCESSORY, "示例加热台"), (UnitKind.OPERATOR, "示例技术员")):
            one = Helper(kind=kind, label=label, instrument_ids=[queue.scene.instrument.key])
            lab_id, manager = queue.scene.instrument.lab_id, queue.scene.manager
            made[kind] = keep_helper(uow, lab_id, one, actor=manager, now=queue.clock.now()).key
        key = queue.scene.instrument.key
        add_tariff(uow, key, valid_from=at("11-22 00:00"), classes=SOLD)
    return made


def test_the_form_asks_for_all_that_a_booking_may_need(queue: Queue) -> None:
    stage = equipped(queue)[UnitKind.ACCESSORY]
    form = queue.shown(queue.join)
    modes = [one["value"] for one in form.select('select[name="mode"] option')]
    assert modes == ["self_operated", "assisted"]
    assert form.select_one(f'input[name="accessory_ids"][value="{stage}"]')
    wish = {"purpose": "断口", "consumables": "金靶 3", "accessory_ids": str(stage), "samples": "2"}
    queue.client.post(queue.join, data={**NOON_TYPED, **wish})
    assert "样品数 2 · 金靶 × 3 · 示例加热台" in " ".join(queue.shown("/waitlist").text.split())
    queue.free()
    said = " ".join(queue.shown("/waitlist").text.split())
    assert "1,750.00 元" in said
    assert "金靶 × 3 · 示例加热台" in said


def test_what_was_ticked_stays_when_waiting_is_refused(queue: Queue) -> None:
    stage = equipped(queue)[UnitKind.ACCESSORY]
    wish = {"purpose": "断口", "consumables": "铂靶 1", "accessory_ids": str(stage)}
    refused = queue.client.post(queue.join, data={**NOON_TYPED, **wish})
    shown = BeautifulSoup(refused.text, "html.parser")
    assert refused.status_code == 422
    assert shown.select_one('input[name="accessory_ids"][checked]')
    assert shown.select_one('input[name="consumables"]')["value"] == "铂靶 1"  # type: ignore[index]


def test_programs_wait_for_all_that_a_booking_may_need(queue: Queue) -> None:
    made = equipped(queue)
    wish = {
        "mode": "assisted",
        "operator_id": made[UnitKind.OPERATOR],
        "accessory_ids": [made[UnitKind.ACCESSORY]],
        "consumables": {"金靶": 3},
        "samples": 2,
        "purpose": "断口",
    }
    body = {**NOON_SENT, **wish}
    told = queue.client.post(f"/api/v1{queue.join}", json=body, headers=queue.key).json()
    assert told["operator_ids"] == [made[UnitKind.OPERATOR]]
    assert told["accessory_ids"] == [made[UnitKind.ACCESSORY]]
    assert (told["consumables"], told["samples"]) == ({"金靶": 3}, 2)
    queue.free()
    (item,) = queue.client.get("/api/v1/waitlist", headers=queue.key).json()["items"]
    assert item["offer"]["total"] == "1750.00"
    address = f"/api/v1/waitlist-offers/{item['offer']['id']}/acceptance"
    assert queue.client.post(address, headers=queue.key).json()["total"] == "1750.00"


def test_an_instrument_without_the_accessory_is_named(queue: Queue) -> None:
    stage = equipped(queue)[UnitKind.ACCESSORY]
    with queue.write() as uow:
        other = make_scene(uow).instrument.key
    wish = {"purpose": "断口", "others": str(other), "accessory_ids": str(stage)}
    refused = queue.client.post(queue.join, data={**NOON_TYPED, **wish})
    shown = BeautifulSoup(refused.text, "html.parser")
    assert refused.status_code == 422
    assert f"编号 {other} 的仪器" in shown.select_one("[data-problem]").text  # type: ignore[union-attr]
    assert shown.select_one('input[name="accessory_ids"][checked]')


def test_what_is_typed_goes_along_and_the_panel_says_what_does_not(queue: Queue) -> None:
    place = f"/instruments/{queue.scene.instrument.key}"
    typed = {**NOON_TYPED, "purpose": "断口", "voucher": "V1"}
    panel = BeautifulSoup(queue.client.get(f"{place}/booking", params=typed).text, "html.parser")
    assert "候补不保留创新券" in panel.text
    (way,) = (str(one["href"]) for one in panel.select("a") if "/waitlist" in str(one["href"]))
    assert queue.shown(way).select("#purpose")[0]["value"] == "断口"
    del typed["voucher"]
    assert "候补不保留创新券" not in queue.client.get(f"{place}/booking", params=typed).text
