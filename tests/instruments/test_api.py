"""Instruments in JSON, as programs of labs and companies meet them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from tests.factories.accounts import bearer, make_lab_person, make_member, make_staff
from tests.factories.instruments import make_instrument, make_lab, make_provider
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
Headers = dict[str, str]
PLACE = "/api/v1/instruments"
WEEK = [{"weekday": day, "opens": "08:30", "closes": "18:00"} for day in range(1, 6)]


@dataclass(frozen=True)
class People:
    """A lab, its manager, a stranger's manager, a company's member, the centre."""

    lab_id: int
    keeper: Headers
    stranger: Headers
    company: Headers
    centre: Headers
    auditor: Headers


@pytest.fixture
def people(write: Write, clock: FrozenClock) -> People:
    with write() as uow:
        lab, other = make_lab(uow), make_lab(uow)
        firm = make_provider(uow)
        now = clock.now()
        return People(
            lab_id=lab.key,
            keeper=bearer(uow, make_lab_person(uow, lab.key), now=now),
            stranger=bearer(uow, make_lab_person(uow, other.key), now=now),
            company=bearer(uow, make_member(uow, firm.key), now=now),
            centre=bearer(uow, make_staff(uow), now=now),
            auditor=bearer(uow, make_staff(uow, Role.AUDITOR), now=now),
        )


def card(people: People, **changes: object) -> dict[str, object]:
    told: dict[str, object] = {
        "name": "场发射扫描电子显微镜",
        "name_en": "Field-emission SEM",
        "inner_id": "EM-001",
        "lab_id": people.lab_id,
        "category_code": "010102",
        "resource_kind": "instrument",
        "original_value": "2860000.00",
        "manufacturer": "示例电子光学仪器公司",
        "model": "XM-5000（示例）",
        "start_date": "2022-05-30",
        "acceptance_date": None,
        "disciplines": ["材料科学"],
        "share_mode": "external",
        "service_modes": ["self_operated", "entrusted"],
        "units": 2,
        "aliases": ["FE-SEM"],
    }
    return told | changes


def registered(client: TestClient, people: People, **changes: object) -> str:
    made = client.post(PLACE, json=card(people, **changes), headers=people.keeper)
    assert made.status_code == 201, made.text
    return f"{PLACE}/{made.json()['id']}"


def published(client: TestClient, people: People, **changes: object) -> str:
    here = registered(client, people, **changes)
    client.put(f"{here}/opening-hours", json=WEEK, headers=people.keeper)
    plain = {"follows_statutory_calendar": False}
    client.put(f"{here}/policy", json=plain, headers=people.keeper)
    assert client.post(f"{here}/submission", headers=people.keeper).status_code == 200
    assert client.post(f"{here}/publication", headers=people.centre).status_code == 200
    return here


def test_a_card_is_registered_submitted_published_and_found(
    client: TestClient, people: People
) -> None:
    here = registered(client, people)
    read = client.get(here, headers=people.keeper).json()
    assert (read["state"], read["original_value"], read["units"]) == ("draft", "2860000.00", 2)
    assert read["service_modes"] == ["self_operated", "entrusted"]
    assert client.get(PLACE, params={"q": "显微"}).json()["items"] == []
    client.post(f"{here}/submission", headers=people.keeper)
    done = client.post(f"{here}/publication", headers=people.centre)
    assert done.json()["state"] == "published"
    (found,) = client.get(PLACE, params={"q": "显微", "category": "01"}).json()["items"]
    assert (found["name"], found["model"]) == ("场发射扫描电子显微镜", "XM-5000（示例）")


def test_a_draft_is_nobody_elses_business(client: TestClient, people: People) -> None:
    here = registered(client, people)
    assert client.get(here).status_code == 404
    for headers in (people.stranger, people.company):
        assert client.get(here, headers=headers).status_code == 404
    assert client.patch(here, json={"name": "乙"}, headers=people.stranger).status_code == 404
    for headers in (people.keeper, people.centre, people.auditor):
        assert client.get(here, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "", {}),
        ("patch", "/{id}", {}),
        ("post", "/{id}/submission", None),
        ("post", "/{id}/publication", None),
        ("post", "/{id}/return", None),
        ("post", "/{id}/suspension", None),
        ("post", "/{id}/resumption", None),
        ("post", "/{id}/retirement", None),
        ("put", "/{id}/opening-hours", []),
        ("put", "/{id}/policy", {}),
        ("post", "/{id}/tariffs", {}),
        ("post", "/{id}/closures", {}),
        ("put", "/{id}/days/2026-11-24", {}),
        ("delete", "/{id}/days/2026-11-24", None),
    ],
)
def test_only_those_who_keep_instruments_change_them(
    client: TestClient, people: People, method: str, path: str, body: object
) -> None:
    here = PLACE + path.format(id=1)
    for headers, status in (({}, 401), (people.company, 403), (people.auditor, 403)):
        answer = client.request(method, here, json=body, headers=headers)
        assert answer.status_code == status, answer.text


def test_the_same_inner_id_twice_is_a_conflict(client: TestClient, people: People) -> None:
    registered(client, people)
    again = client.post(PLACE, json=card(people), headers=people.keeper)
    assert (again.status_code, again.json()["code"]) == (409, "instrument.inner_id_taken")


def test_a_request_sent_twice_registers_once(client: TestClient, people: People) -> None:
    headers = people.keeper | {"Idempotency-Key": "a"}
    first = client.post(PLACE, json=card(people), headers=headers)
    second = client.post(PLACE, json=card(people), headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]


def test_a_stale_change_is_refused(client: TestClient, people: People) -> None:
    here = registered(client, people)
    read = client.get(here, headers=people.keeper)
    tag = {"If-Match": read.headers["etag"]}
    first = client.patch(here, json={"model": "A"}, headers=people.keeper | tag)
    assert first.status_code == 200
    assert first.headers["etag"] != read.headers["etag"]
    second = client.patch(here, json={"model": "B"}, headers=people.keeper | tag)
    assert (second.status_code, second.json()["code"]) == (412, "instrument.stale")
    anyway = client.patch(here, json={"units": 3}, headers=people.keeper | {"If-Match": "*"})
    assert (anyway.json()["model"], anyway.json()["units"]) == ("A", 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 51}, "name"),
        ({"original_value": 2860000.0}, "original_value"),
        ({"original_value": "-1.00"}, "original_value"),
        ({"service_modes": ["teleport"]}, "service_modes.0"),
        ({"disciplines": ["a", "b", "c", "d", "e"]}, "disciplines"),
        ({"units": 0}, "units"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_with_a_card_is_named(
    client: TestClient, people: People, changes: dict[str, object], field: str
) -> None:
    refused = client.post(PLACE, json=card(people, **changes), headers=people.keeper)
    assert refused.status_code == 422
    assert [v["params"]["field"] for v in refused.json()["violations"]] == [field]


def test_a_card_is_returned_with_reasons_that_only_its_lab_reads(
    client: TestClient, people: People
) -> None:
    here = registered(client, people)
    client.post(f"{here}/submission", headers=people.keeper)
    silent = client.post(f"{here}/return", headers=people.centre)
    assert (silent.status_code, silent.json()["code"]) == (422, "instrument.reason_missing")
    why = {"reason": "缺少技术指标"}
    client.post(f"{here}/return", json=why, headers=people.centre)
    read = client.get(here, headers=people.keeper).json()
    assert (read["state"], read["state_reason"]) == ("returned", "缺少技术指标")
    early = client.post(f"{here}/publication", headers=people.centre)
    assert (early.status_code, early.json()["code"]) == (409, "instrument.illegal_step")


def test_opening_hours_policy_and_prices_are_answered_as_they_were_sent(
    client: TestClient, people: People
) -> None:
    here = registered(client, people)
    week = [
        {"weekday": 1, "opens": "08:30", "closes": "12:00"},
        {"weekday": 1, "opens": "13:00", "closes": "24:00"},
    ]
    kept = client.put(f"{here}/opening-hours", json=week, headers=people.keeper)
    assert kept.json() == week
    policy = {
        "grid_minutes": 15,
        "shortest_minutes": 30,
        "longest_minutes": 600,
        "notice_minutes": 120,
        "horizon_days": {"internal": 90, "academic": 60, "enterprise": 60},
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 30,
        "approval": "first",
        "approval_hours": 48,
        "training_required": False,
        "training_unused_days": None,
        "quotas": [{"per": "person", "measure": "hours", "period": "week", "limit": 8}],
        "free_cancel_minutes": 1440,
        "late_cancel_percent": 30,
        "no_show_grace_minutes": 30,
        "no_show_percent": 50,
        "follows_statutory_calendar": True,
        "guaranteed_outside_hours_per_week": 0,
        "guaranteed_release_minutes": 2880,
        "confirm_days": 7,
    }
    answered = client.put(f"{here}/policy", json=policy, headers=people.keeper)
    assert answered.status_code == 200, answered.text
    assert answered.json() == policy | {"valid_from": "2026-11-23T01:00:00Z"}
    tariff = {
        "valid_from": "2026-01-01",
        "basis": "larger",
        "round_up_minutes": 15,
        "vat_rate": "0.06",
        "peak": [{"weekdays": [1, 2], "from": "18:00", "to": "22:00", "factor": "1.5"}],
        "classes": {
            "enterprise": {
                "hour": "800.00",
                "steps": [{"over_hours": 8, "hour": "600.00"}],
                "day": None,
                "sample": "120.00",
                "staff_hour": "200.00",
                "minimum": "400.00",
            }
        },
    }
    listed = client.post(f"{here}/tariffs", json=tariff, headers=people.keeper)
    assert listed.status_code == 201, listed.text
    assert listed.json()["valid_from"] == "2025-12-31T16:00:00Z"
    assert listed.json()["classes"]["enterprise"]["minimum"] == "400.00"
    again = client.post(f"{here}/tariffs", json=tariff, headers=people.keeper)
    assert (again.status_code, again.json()["code"]) == (409, "instrument.version_exists")
    read = client.get(here, headers=people.keeper).json()
    assert read["tariff"]["peak"] == tariff["peak"]
    assert read["policy"]["quotas"] == policy["quotas"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("opening-hours", [{"weekday": 1, "opens": "8:30", "closes": "12:00"}], "time.not_a_clock"),
        (
            "opening-hours",
            [{"weekday": 1, "opens": "12:00", "closes": "12:00"}],
            "opening.hours_clash",
        ),
        ("policy", {"shortest_minutes": 60, "longest_minutes": 30}, "policy.lengths_backwards"),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    client: TestClient, people: People, path: str, body: object, code: str
) -> None:
    here = registered(client, people)
    refused = client.put(f"{here}/{path}", json=body, headers=people.keeper)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_availability_is_open_hours_less_what_is_taken(client: TestClient, people: People) -> None:
    here = published(client, people)
    closure = {
        "starts_at": "2026-11-24T10:00:00+08:00",
        "ends_at": "2026-11-24T12:00:00+08:00",
        "kind": "maintenance",
        "reason": "灯丝更换",
    }
    made = client.post(f"{here}/closures", json=closure, headers=people.keeper)
    assert made.status_code == 201, made.text
    asked = {"start": "2026-11-24T00:00:00+08:00", "end": "2026-11-25T00:00:00+08:00"}
    assert client.get(f"{here}/availability", params=asked).json()["free"] == [
        {"start": "2026-11-24T00:30:00Z", "end": "2026-11-24T02:00:00Z", "units_free": 2},
        {"start": "2026-11-24T04:00:00Z", "end": "2026-11-24T10:00:00Z", "units_free": 2},
    ]
    lifting = f"/api/v1/closures/{made.json()['id']}/lifting"
    assert client.post(lifting, headers=people.stranger).status_code == 403
    assert client.post(lifting, headers=people.keeper).status_code == 200
    whole = client.get(f"{here}/availability", params=asked).json()["free"]
    assert [piece["start"] for piece in whole] == ["2026-11-24T00:30:00Z"]


def test_a_closure_in_the_way_of_another_is_a_conflict(client: TestClient, people: People) -> None:
    here = published(client, people)
    closure = {
        "starts_at": "2026-11-24T10:00:00+08:00",
        "ends_at": "2026-11-24T12:00:00+08:00",
        "kind": "other",
    }
    client.post(f"{here}/closures", json=closure, headers=people.keeper)
    again = client.post(f"{here}/closures", json=closure, headers=people.keeper)
    assert (again.status_code, again.json()["code"]) == (409, "closure.bookings_in_the_way")
    assert again.json()["conflicts"] == [
        {"start": "2026-11-24T02:00:00Z", "end": "2026-11-24T04:00:00Z", "kind": "other"}
    ]
    fault = client.post(f"{here}/closures", json=closure | {"kind": "fault"}, headers=people.keeper)
    assert fault.status_code == 201


def test_a_year_without_calendar_is_named_and_can_be_entered(
    client: TestClient, people: People
) -> None:
    here = registered(client, people)
    client.put(f"{here}/opening-hours", json=WEEK, headers=people.keeper)
    asked = {"start": "2027-03-02T00:00:00+08:00", "end": "2027-03-03T00:00:00+08:00"}
    client.post(f"{here}/submission", headers=people.keeper)
    client.post(f"{here}/publication", headers=people.centre)
    unknown = client.get(f"{here}/availability", params=asked).json()
    assert unknown["free"] == []
    assert unknown["violations"] == [{"code": "opening.no_calendar", "params": {"year": 2027}}]
    notice = {
        "source": "国务院办公厅通知（示例）",
        "days": [{"day": "2027-02-06", "kind": "holiday", "name": "春节"}],
    }
    year = "/api/v1/calendar/2027"
    assert client.get(year).status_code == 404
    assert client.put(year, json=notice, headers=people.keeper).status_code == 403
    entered = client.put(year, json=notice, headers=people.centre)
    assert entered.json()["days"] == notice["days"]
    known = client.get(f"{here}/availability", params=asked).json()
    assert [piece["start"] for piece in known["free"]] == ["2027-03-02T00:30:00Z"]


def test_slots_are_the_earliest_of_each_instrument(client: TestClient, people: People) -> None:
    first = published(client, people, inner_id="1")
    second = published(client, people, inner_id="2", name="X射线衍射仪")
    closure = {
        "starts_at": "2026-11-23T08:00:00+08:00",
        "ends_at": "2026-11-23T17:00:00+08:00",
        "kind": "other",
    }
    client.post(f"{first}/closures", json=closure, headers=people.keeper)
    asked: dict[str, str | int] = {
        "duration_minutes": 180,
        "start": "2026-11-23T09:00:00+08:00",
        "end": "2026-11-30T00:00:00+08:00",
    }
    found = client.get("/api/v1/slots", params=asked).json()["items"]
    ids = [int(here.rsplit("/", 1)[1]) for here in (second, first)]
    assert [slot["instrument_id"] for slot in found] == ids
    assert found[0]["start"] == "2026-11-23T01:00:00Z"
    assert found[1]["start"] == "2026-11-24T00:30:00Z"
    named = client.get("/api/v1/slots", params=asked | {"q": "衍射"}).json()["items"]
    assert [slot["instrument_id"] for slot in named] == ids[:1]


def test_the_list_can_be_limited_to_what_is_free_at_some_time(
    client: TestClient, people: People
) -> None:
    here = published(client, people)
    asked = {"free_from": "2026-11-24T09:00:00+08:00", "free_to": "2026-11-24T12:00:00+08:00"}
    assert len(client.get(PLACE, params=asked).json()["items"]) == 1
    night = {"free_from": "2026-11-24T02:00:00+08:00", "free_to": "2026-11-24T03:00:00+08:00"}
    assert client.get(PLACE, params=night).json()["items"] == []
    fault = {
        "starts_at": "2026-11-24T11:00:00+08:00",
        "ends_at": "2026-11-24T13:00:00+08:00",
        "kind": "fault",
    }
    client.post(f"{here}/closures", json=fault, headers=people.keeper)
    assert client.get(PLACE, params=asked).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end": "2026-11-23T09:00:00"}, "time.offset_missing"),
        ({"end": "2026-11-22T09:00:00Z"}, "span.backwards"),
        ({"end": "2027-11-22T09:00:00Z"}, "span.too_long"),
        ({"duration_minutes": "0"}, "form.invalid"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(
    client: TestClient, changes: dict[str, str], code: str
) -> None:
    asked = {
        "duration_minutes": "60",
        "start": "2026-11-23T00:00:00Z",
        "end": "2026-11-24T00:00:00Z",
    }
    refused = client.get("/api/v1/slots", params=asked | changes)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_pages_of_the_list_follow_each_other(client: TestClient, write: Write) -> None:
    with write() as uow:
        lab = make_lab(uow).key
        ids = [make_instrument(uow, lab_id=lab).key for _ in range(3)]
        index_cards(uow, ids)
    first = client.get(PLACE, params={"limit": 2}).json()
    rest = client.get(PLACE, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in [*first["items"], *rest["items"]]] == ids
    assert rest["next_cursor"] is None
