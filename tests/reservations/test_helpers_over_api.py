"""Programs are told who operates for a booking and what it takes along, like people are."""

from typing import Any

import pytest

from booking.instruments.models.unit import Unit, UnitKind
from booking.web.json import rfc3339
from tests.conftest import Write
from tests.factories.reservation_values import between
from tests.reservations.actions.test_operators import offered
from tests.reservations.conftest import Doors, OpenDoors
from tests.support.clock import FrozenClock


@pytest.fixture
def doors(open_doors: OpenDoors) -> Doors:
    return open_doors()


@pytest.fixture
def helpers(doors: Doors, write: Write, clock: FrozenClock) -> dict[str, Any]:
    """What is asked for: an operator and an accessory."""
    with write() as uow:
        operator = offered(uow, doors.scene, clock=clock)
        stage = offered(uow, doors.scene, clock=clock, kind=UnitKind.ACCESSORY)
        uow.session.get_one(Unit, stage).label = "示例加热台"
    return {"mode": "assisted", "operator_id": operator, "accessory_ids": [stage]}


def expected(helpers: dict[str, Any]) -> dict[str, Any]:
    (stage,) = helpers["accessory_ids"]
    return {
        "operators": [{"id": helpers["operator_id"], "label": "示例实验技术人员"}],
        "accessories": [{"id": stage, "label": "示例加热台"}],
    }


def told(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("operators", "accessories")}


def test_a_booking_names_what_it_holds_until_it_is_given_back(
    doors: Doors, helpers: dict[str, Any]
) -> None:
    member = doors.scene.member
    made = doors.post(member, "/reservations", doors.body(**helpers)).json()
    here = f"/reservations/{made['number']}"
    (listed,) = doors.get(member, "/reservations").json()["items"]
    for answer in (made, doors.get(member, here).json(), listed):
        assert told(answer) == expected(helpers)
    gone = doors.post(member, f"{here}/cancellation", {}).json()
    assert told(gone) == {"operators": [], "accessories": []}


def test_so_do_a_series_and_a_joint_booking(doors: Doors, helpers: dict[str, Any]) -> None:
    member = doors.scene.member
    body = doors.body(**helpers, rrule="FREQ=DAILY;COUNT=2")
    made = doors.post(member, "/reservation-series", body).json()
    shown = doors.get(member, f"/reservation-series/{made['number']}").json()
    for answer in (*made["booked"], *shown["booked"]):
        assert told(answer) == expected(helpers)
    here = {"instrument_id": doors.scene.instrument.key, **helpers}
    spans = [between("11-24 14:00", "15:00"), between("11-24 15:00", "16:00")]
    steps = [
        {**here, "starts_at": rfc3339(one.start), "ends_at": rfc3339(one.end)} for one in spans
    ]
    joint = doors.post(member, "/joint-bookings", {"steps": steps, "purpose": "断口"}).json()
    shown = doors.get(member, f"/joint-bookings/{joint['number']}").json()
    for answer in (*joint["booked"], *shown["booked"]):
        assert told(answer) == expected(helpers)
