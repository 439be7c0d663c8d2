"""Accessories are taken along by every booking of a series, and by the steps that ask for them."""

import pytest
from sqlmodel import col, select

from booking.instruments.models.hold import SlotHold
from booking.instruments.models.unit import Unit, UnitKind
from booking.web.json import rfc3339
from tests.conftest import Write
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation
from tests.reservations.actions.test_operators import offered
from tests.reservations.conftest import OpenDoors
from tests.reservations.test_joint_doors import filled
from tests.reservations.test_series_pages import FILLED, path_of
from tests.reservations.visiting import HTMX, SPAN, Visit, panel_path, soup, text_of
from tests.support.clock import FrozenClock

SECOND = between("12-01 12:00", "14:00")
TAKEN_THEN = "届时已被占用的附件：示例加热台"


@pytest.fixture
def scene(visit: Visit) -> Scene:
    """Two places, so that only an accessory is in the way."""
    return visit.scene(units=2)


@pytest.fixture
def stage(visit: Visit, scene: Scene) -> int:
    with visit.write() as uow:
        unit = offered(uow, scene, clock=visit.clock, kind=UnitKind.ACCESSORY)
        uow.session.get_one(Unit, unit).label = "示例加热台"
    return unit


def taken(visit: Visit, unit: int) -> int:
    with visit.write() as uow:
        return len(uow.session.exec(select(SlotHold.id).where(SlotHold.unit_id == unit)).all())


def use_elsewhere(visit: Visit, scene: Scene, unit: int) -> None:
    with visit.write() as uow:
        make_reservation(uow, scene, SECOND, now=visit.clock.now(), helper_ids=(unit,))


def test_each_booking_of_a_series_takes_the_accessory_along(
    visit: Visit, scene: Scene, stage: int
) -> None:
    client, typed = visit.by(scene.member), {**FILLED, "accessory_ids": str(stage)}
    page = client.get(path_of(scene), params=typed)
    assert "3 次中有 3 次空闲" in text_of(page)
    box = soup(page).select_one("input[name=accessory_ids]")
    assert box is not None
    assert box.has_attr("checked")
    made = client.post(path_of(scene), data=typed)
    assert made.status_code == 303
    assert taken(visit, stage) == 3


def test_the_preview_of_a_series_names_the_accessory_that_is_taken(
    visit: Visit, scene: Scene, stage: int
) -> None:
    use_elsewhere(visit, scene, stage)
    client, typed = visit.by(scene.member), {**FILLED, "accessory_ids": str(stage)}
    seen = text_of(client.get(path_of(scene), params=typed))
    assert "3 次中有 2 次空闲" in seen
    assert seen.count(TAKEN_THEN) == 1
    assert client.post(path_of(scene), data=typed).status_code == 409
    assert taken(visit, stage) == 1
    assert client.post(path_of(scene), data={**typed, "only_free": "on"}).status_code == 303
    assert taken(visit, stage) == 3


def test_a_series_of_a_program_takes_accessories_along(
    open_doors: OpenDoors, write: Write, clock: FrozenClock
) -> None:
    doors = open_doors()
    with write() as uow:
        unit = offered(uow, doors.scene, clock=clock, kind=UnitKind.ACCESSORY)
    body = {
        "instrument_id": doors.scene.instrument.key,
        "starts_at": rfc3339(NOON.start),
        "ends_at": rfc3339(NOON.end),
        "rrule": "FREQ=DAILY;COUNT=3",
        "purpose": "断口",
        "accessory_ids": [unit],
    }
    seen = doors.post(doors.scene.member, "/reservation-series/preview", body).json()
    assert seen["free"] == 3
    made = doors.post(doors.scene.member, "/reservation-series", body)
    assert made.status_code == 201, made.text
    again = doors.post(doors.scene.member, "/reservation-series/preview", body).json()
    assert again["free"] == 0
    with write() as uow:
        numbers = [one["number"] for one in made.json()["booked"]]
        asked = select(SlotHold.reservation_number).where(col(SlotHold.unit_id) == unit)
        assert sorted(map(str, uow.session.exec(asked))) == sorted(numbers)


def test_a_step_takes_its_accessory_along_and_keeps_it_in_the_form(
    visit: Visit, scene: Scene, stage: int
) -> None:
    client = visit.by(scene.member)
    typed = {**filled(scene.instrument.key), "accessory": f"1:{stage}"}
    page = soup(client.get("/joint-bookings/new", params=typed))
    boxes = [box["value"] for box in page.select("input[name=accessory][checked]")]
    assert boxes == [f"1:{stage}"]
    left_out = client.get("/joint-bookings/new", params={**typed, "without": "0"})
    boxes = [box["value"] for box in soup(left_out).select("input[name=accessory][checked]")]
    assert boxes == [f"0:{stage}"]
    made = client.post("/joint-bookings", data=typed)
    assert made.status_code == 303
    assert taken(visit, stage) == 1


def test_the_preview_of_steps_names_the_accessory_that_is_taken(
    visit: Visit, scene: Scene, stage: int
) -> None:
    with visit.write() as uow:
        make_reservation(uow, scene, now=visit.clock.now(), helper_ids=(stage,))
    client = visit.by(scene.member)
    typed = {**filled(scene.instrument.key), "accessory": f"0:{stage}"}
    seen = text_of(client.get("/joint-bookings/new", params=typed))
    assert seen.count(TAKEN_THEN) == 1


def test_the_panel_names_the_ticked_accessory_that_somebody_else_has_then(
    visit: Visit, scene: Scene, stage: int
) -> None:
    with visit.write() as uow:
        make_reservation(uow, scene, now=visit.clock.now(), helper_ids=(stage,))
    client = visit.by(scene.admin)
    ticked = SPAN | {"accessory_ids": str(stage)}
    assert text_of(client.get(panel_path(scene), params=ticked)).count(TAKEN_THEN) == 1
    assert TAKEN_THEN not in text_of(client.get(panel_path(scene), params=SPAN))


@pytest.mark.parametrize("told", [{}, {**HTMX, "HX-Target": "verdict"}])
def test_an_address_with_an_accessory_that_is_offered_no_longer_still_leads_to_the_panel(
    visit: Visit, scene: Scene, stage: int, told: dict[str, str]
) -> None:
    ticked = SPAN | {"accessory_ids": str(stage)}
    with visit.write() as uow:
        uow.session.get_one(Unit, stage).active = False
    client = visit.by(scene.member)
    answer = client.get(panel_path(scene), params=ticked, headers=told)
    assert answer.status_code == 200
    assert "所选附件中有一件已不再提供" in text_of(answer)
    refused = client.post(
        f"/instruments/{scene.instrument.key}/reservations", data={**ticked, "purpose": "断口形貌"}
    )
    assert refused.status_code == 404
    assert soup(refused).find(id="booking-form")
