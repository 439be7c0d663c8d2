"""No moment that an address or a body can name breaks anything: what nobody can mean is refused."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.web.moments import Day
from tests.factories.accounts import bearer, make_staff
from tests.factories.reservations import make_scene
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
OTHER_AGES = ("0001", "1960", "2201", "9999")

# Addresses that take moments or days; `YYYY` is the year, the last day of it is the edge.
EVENING = "YYYY-12-31T15:00:00Z", "YYYY-12-31T23:00:00Z"
MORNING = "YYYY-01-01T00:00:00Z", "YYYY-01-01T01:00:00Z"
TYPED = "YYYY-12-31T20:00", "YYYY-12-31T23:00"
DAYS = ("YYYY-12-31", "YYYY-01-01")
ONE = "/instruments/{id}"
JSON_READS = [
    f"/api/v1{path}={start}&{name}={end}"
    for start, end in (EVENING, MORNING)
    for path, name in (
        ("/slots?duration_minutes=60&start", "end"),
        ("/instruments?free_from", "free_to"),
        (f"{ONE}/availability?start", "end"),
        ("/reservations?start", "end"),
        ("/audit?start", "end"),
    )
]
PAGES = [
    *(
        f"{path}={start}&{name}={end}"
        for start, end in (EVENING, MORNING, TYPED)
        for path, name in (
            ("/instruments?free_from", "free_to"),
            (f"{ONE}?start", "end"),
            (f"{ONE}?starts_at", "ends_at"),
            (f"{ONE}/booking?start", "end"),
            (f"{ONE}/booking?starts_at", "ends_at"),
            (f"{ONE}/subsidy-estimate?start", "end"),
        )
    ),
    *(
        f"{path}={day}"
        for day in DAYS
        for path in (f"{ONE}?week", "/day?day", "/slots?since", "/audit?day")
    ),
]
PERIODS = [
    f"{path}={period}"
    for period in ("YYYY", "AYYYYY", "YYYY-12", "YYYY-Q4")
    for path in (
        "/utilisation?period",
        "/api/v1/utilisation?period",
        "/charges?period",
        "/api/v1/charges?period",
        "/statements?period",
        "/api/v1/statements?period",
    )
]


@dataclass(frozen=True)
class House:
    """Everything that answers, and somebody for every door."""

    client: TestClient
    instrument_id: int
    keys: dict[str, dict[str, str]]

    def get(self, address: str) -> int:
        """The worst status that anybody is answered with."""
        path = address.format(id=self.instrument_id)
        return max(self.client.get(path, headers=key).status_code for key in self.keys.values())


@pytest.fixture
def house(write: Write, client: TestClient, clock: FrozenClock) -> House:
    with write() as uow:
        scene = make_scene(uow)
        auditor = make_staff(uow, Role.AUDITOR)
        actors = {"manager": scene.manager, "member": scene.member, "auditor": auditor}
        keys = {name: bearer(uow, actor, now=clock.now()) for name, actor in actors.items()}
        return House(client, scene.instrument.key, keys)


@pytest.mark.parametrize("year", OTHER_AGES)
def test_a_program_that_asks_about_another_age_is_refused(house: House, year: str) -> None:
    for address in JSON_READS:
        path = address.replace("YYYY", year).format(id=house.instrument_id)
        answers = [house.client.get(path, headers=key) for key in house.keys.values()]
        told = {a.json()["code"] for a in answers if a.status_code != 403}
        assert {a.status_code for a in answers} <= {403, 422}, path
        assert told <= {"time.out_of_range"}, path


@pytest.mark.slow
@pytest.mark.parametrize("year", ["0001", "1970", "2200", "9999"])
def test_no_address_breaks_over_a_date(house: House, year: str) -> None:
    for address in (*JSON_READS, *PAGES, *PERIODS):
        assert house.get(address.replace("YYYY", year)) < 500, address


@pytest.mark.parametrize("hours", ["0.0001", "nan", "inf", "-1", "1e9"])
def test_no_length_breaks_the_slot_finder(house: House, hours: str) -> None:
    assert house.get(f"/slots?hours={hours}") == 200


def bodies(house: House, year: str) -> list[tuple[str, str, dict[str, object]]]:
    """Everything that is said with a moment in it: method, path, body."""
    start, end = f"{year}-12-31T20:00:00Z", f"{year}-12-31T23:00:00Z"
    here = f"/api/v1/instruments/{house.instrument_id}"
    span: dict[str, object] = {"starts_at": start, "ends_at": end}
    wish = {"instrument_id": house.instrument_id, **span}
    classes = {"enterprise": {"hour": "1.00"}}
    return [
        ("POST", "/api/v1/quotes", wish),
        ("POST", "/api/v1/reservations", wish | {"purpose": "断口"}),
        ("POST", f"{here}/closures", span | {"kind": "other"}),
        ("PUT", f"{here}/policy", {"valid_from": f"{year}-12-31"}),
        ("PUT", f"{here}/policy", {"valid_from": start}),
        ("POST", f"{here}/tariffs", {"valid_from": f"{year}-01-01", "classes": classes}),
        ("PATCH", here, {"start_date": f"{year}-01-01"}),
    ]


@pytest.mark.parametrize("year", OTHER_AGES)
def test_nothing_is_stored_for_another_age_and_the_field_is_named(house: House, year: str) -> None:
    for method, path, body in bodies(house, year):
        key = house.keys["member" if "instruments/" not in path else "manager"]
        refused = house.client.request(method, path, json=body, headers=key)
        told = refused.json()
        assert (refused.status_code, told["code"]) == (422, "time.out_of_range"), (path, told)
        assert told["detail"] == told["violations"][0]["detail"], (path, told)
        field = told["violations"][0]["params"]["field"]
        assert field in {"starts_at", "valid_from", "start_date"}


@pytest.mark.parametrize("year", OTHER_AGES)
def test_a_form_with_another_age_is_shown_again(house: House, year: str) -> None:
    span = {"starts_at": f"{year}-12-31T20:00", "ends_at": f"{year}-12-31T23:00"}
    forms = [
        (f"/manage/instruments/{house.instrument_id}/closures", "manager", {"kind": "other"}),
        (f"/instruments/{house.instrument_id}/reservations", "member", {"purpose": "断口"}),
    ]
    for path, who, more in forms:
        shown = house.client.post(path, data=span | more, headers=house.keys[who])
        assert shown.status_code == 422
        assert "1970-01-01" in shown.text
        assert span["starts_at"] in shown.text


@pytest.mark.parametrize("said", [0, 1.5, True, "0", "1764288000", "20261123", "2026-W48-1"])
def test_a_number_is_no_day(said: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(said)
