"""What is asked of those who have booked, on pages and by programs: who sees it, who answers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.ask_swap import ask_swap
from tests.factories.accounts import be, bearer, open_session
from tests.factories.asks import Neighbour, make_neighbour
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
THEIRS = between("11-25 09:00", "12:00")
THEIRS_TYPED = {"starts_at": "2026-11-25T09:00", "ends_at": "2026-11-25T12:00"}
THEIRS_SENT = {"starts_at": "2026-11-25T09:00:00+08:00", "ends_at": "2026-11-25T12:00:00+08:00"}
FREE_TYPED = {"starts_at": "2026-11-26T09:00", "ends_at": "2026-11-26T11:00"}
FREE_SENT = {"starts_at": "2026-11-26T09:00:00+08:00", "ends_at": "2026-11-26T11:00:00+08:00"}


@dataclass
class Desk:
    """Tuesday noon is ours, Wednesday morning another company's."""

    client: TestClient
    scene: Scene
    number: str
    neighbour: Neighbour
    write: Write
    clock: FrozenClock

    def be(self, actor: Actor) -> None:
        with self.write() as uow:
            be(self.client, open_session(uow, actor, now=self.clock.now()))

    def key(self, actor: Actor) -> dict[str, str]:
        with self.write() as uow:
            return bearer(uow, actor, now=self.clock.now())

    def shown(self, address: str) -> BeautifulSoup:
        return BeautifulSoup(self.client.get(address).text, "html.parser")

    def press(self, address: str, ending: str) -> int:
        """The status after pressing the button whose deed ends so."""
        form = self.shown(address).select_one(f'form[action$="{ending}"]')
        assert form is not None
        return self.client.post(str(form["action"])).status_code

    @property
    def asks(self) -> str:
        return f"/reservations/{self.number}/asks"


@pytest.fixture
def desk(client: TestClient, write: Write, clock: FrozenClock) -> Desk:
    with write() as uow:
        scene = make_scene(uow)
        number = make_reservation(uow, scene, now=clock.now()).number
        neighbour = make_neighbour(uow, scene, THEIRS, now=clock.now())
    made = Desk(client, scene, number, neighbour, write, clock)
    made.be(scene.member)
    return made


def proposed(desk: Desk) -> None:
    desk.be(desk.scene.manager)
    typed = {**FREE_TYPED, "instrument_id": desk.scene.instrument.key, "reason": "设备保养"}
    answer = desk.client.post(f"/reservations/{desk.number}/proposal", data=typed)
    assert answer.headers["location"] == f"/reservations/{desk.number}"
    desk.be(desk.scene.member)


def swap_asked(desk: Desk) -> None:
    answer = desk.client.post(f"/reservations/{desk.number}/swap", data=THEIRS_TYPED)
    assert answer.headers["location"] == f"/reservations/{desk.number}"


def test_the_bookings_page_asks_for_what_waits(desk: Desk) -> None:
    page = desk.shown(f"/reservations/{desk.number}")
    assert page.select_one(f'#asks[hx-get="{desk.asks}"]')
    headers = {"HX-Request": "true", "HX-Target": "asks"}
    part = desk.client.get(desk.asks, headers=headers).text
    assert part.strip().startswith('<div id="asks"')


def test_a_proposed_time_is_shown_with_its_price_and_taken(desk: Desk) -> None:
    proposed(desk)
    page = desk.shown(desk.asks)
    assert "设备保养" in page.text
    assert "1,600.00" in page.text
    assert desk.press(desk.asks, "/acceptance") == 303
    assert "11月26日" in desk.shown(f"/reservations/{desk.number}").text
    assert desk.shown(desk.asks).select_one("form[action$='/acceptance']") is None


def test_the_lab_takes_its_proposal_back(desk: Desk) -> None:
    proposed(desk)
    desk.be(desk.scene.manager)
    assert desk.shown(desk.asks).select_one("form[action$='/acceptance']") is None
    assert desk.press(desk.asks, "/withdrawal") == 303


def test_a_refused_proposal_keeps_what_was_typed(desk: Desk) -> None:
    desk.be(desk.scene.manager)
    typed = {**THEIRS_TYPED, "instrument_id": desk.scene.instrument.key, "reason": "设备保养"}
    refused = desk.client.post(f"/reservations/{desk.number}/proposal", data=typed)
    assert (refused.status_code, "设备保养" in refused.text) == (409, True)


def test_free_times_beside_a_refused_proposal_fill_its_form(desk: Desk) -> None:
    desk.be(desk.scene.manager)
    here = f"/reservations/{desk.number}/proposal"
    typed = {**THEIRS_TYPED, "instrument_id": desk.scene.instrument.key, "reason": "设备保养"}
    refused = BeautifulSoup(desk.client.post(here, data=typed).text, "html.parser")
    chips = [str(chip["href"]) for chip in refused.select("main a.chip")]
    assert chips
    assert all(chip.startswith(f"{here}?start=") for chip in chips)
    assert not refused.select("a[href^='/instruments/'][href*='start=']")
    filled = desk.shown(chips[0])
    assert filled.select_one("textarea[name=reason]").text.strip() == "设备保养"  # type: ignore[union-attr]
    starts = filled.select_one("input[name=starts_at]")["value"]  # type: ignore[index]
    assert starts != THEIRS_TYPED["starts_at"]
    made = {
        "starts_at": starts,
        "ends_at": filled.select_one("input[name=ends_at]")["value"],  # type: ignore[index]
        "instrument_id": desk.scene.instrument.key,
        "reason": "设备保养",
    }
    assert desk.client.post(here, data=made).status_code == 303


def test_neither_side_of_an_exchange_reads_a_word_of_the_other(desk: Desk) -> None:
    swap_asked(desk)
    assert desk.neighbour.number not in desk.shown(desk.asks).text
    desk.be(desk.neighbour.actor)
    theirs = f"/reservations/{desk.neighbour.number}/asks"
    page = desk.shown(theirs).text
    for secret in (desk.number, desk.scene.company.name, desk.scene.member.email):
        assert secret not in page
    assert "2,400.00" in page
    assert desk.press(theirs, "/acceptance") == 303
    desk.be(desk.scene.member)
    assert "11月25日" in desk.shown(f"/reservations/{desk.number}").text


def test_the_lab_is_shown_no_exchange(desk: Desk) -> None:
    swap_asked(desk)
    desk.be(desk.scene.manager)
    assert desk.shown(desk.asks).select_one("form[action^='/swaps']") is None


def test_free_time_is_not_exchanged_and_what_was_typed_stays(desk: Desk) -> None:
    refused = desk.client.post(f"/reservations/{desk.number}/swap", data=FREE_TYPED)
    assert (refused.status_code, FREE_TYPED["starts_at"] in refused.text) == (409, True)


def test_programs_propose_and_answer(desk: Desk) -> None:
    lab, ours = desk.key(desk.scene.manager), desk.key(desk.scene.member)
    asking = f"/api/v1/reservations/{desk.number}"
    sent = {**FREE_SENT, "reason": "设备保养"}
    made = desk.client.post(f"{asking}/proposals", json=sent, headers=lab)
    assert made.status_code == 201
    known = desk.client.get(f"{asking}/asks", headers=ours).json()
    assert known == {"proposal": made.json(), "swaps": []}
    declined = desk.client.post(f"/api/v1/proposals/{made.json()['id']}/refusal", headers=ours)
    assert declined.json()["number"] == desk.number
    again = desk.client.post(f"{asking}/proposals", json=sent, headers=lab).json()
    gone = desk.client.delete(f"/api/v1/proposals/{again['id']}", headers=lab)
    assert gone.status_code == 204
    over = desk.client.post(f"/api/v1/proposals/{again['id']}/acceptance", headers=ours)
    assert (over.status_code, over.json()["code"]) == (409, "proposal.over")


def test_programs_exchange_times(desk: Desk) -> None:
    ours, theirs = desk.key(desk.scene.member), desk.key(desk.neighbour.actor)
    address = f"/api/v1/reservations/{desk.number}/swaps"
    made = desk.client.post(address, json=THEIRS_SENT, headers=ours)
    assert (made.status_code, made.json()["starts_at"]) == (201, "2026-11-25T01:00:00Z")
    swap = f"/api/v1/swaps/{made.json()['id']}"
    assert desk.client.delete(swap, headers=ours).status_code == 204
    swap = f"/api/v1/swaps/{desk.client.post(address, json=THEIRS_SENT, headers=ours).json()['id']}"
    kept = desk.client.post(f"{swap}/refusal", headers=theirs)
    assert kept.json()["number"] == desk.neighbour.number
    swap = f"/api/v1/swaps/{desk.client.post(address, json=THEIRS_SENT, headers=ours).json()['id']}"
    taken = desk.client.post(f"{swap}/acceptance", headers=theirs).json()
    assert (taken["starts_at"], taken["total"]) == ("2026-11-24T04:00:00Z", "1600.00")


def test_a_booking_is_shown_though_what_is_asked_of_it_has_no_price_any_more(desk: Desk) -> None:
    sold = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}
    bare = {"enterprise": {"hour": "800.00"}}
    key, day = desk.scene.instrument.key, at("11-22 00:00")
    with desk.write() as uow:
        add_tariff(uow, key, valid_from=day, classes=sold)
        span, taken = between("11-25 14:00", "15:00"), {"金靶": 1}
        made = make_reservation(uow, desk.scene, span, now=desk.clock.now(), consumables=taken)
        ask_swap(uow, made.number, THEIRS, actor=desk.scene.member, now=desk.clock.now())
        add_tariff(uow, key, valid_from=at("11-25 00:00"), classes=bare)
    for page in ("", "/asks"):
        assert desk.client.get(f"/reservations/{made.number}{page}").status_code == 200
