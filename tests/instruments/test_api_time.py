"""Hours, prices and closures in JSON."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from tests.factories.instrument_requests import WEEK, People, published, registered

Write = Callable[[], AbstractContextManager[UnitOfWork]]


def test_opening_hours_policy_and_prices_are_answered_as_they_were_sent(
    client: TestClient, people: People
) -> None:
    here = registered(client, people)
    week = [
        {"weekday": 1, "opens": "08:30", "closes": "12:00"},
        {"weekday": 1, "opens": "13:00", "closes": "24:00"},
        {"weekday": 5, "opens": "22:00", "closes": "06:00"},
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
        "offer_minutes": 20,
        "code_at_place": True,
        "prepaid": True,
        "confirm_tolerance_minutes": 15,
        "ends_itself": True,
        "overrun_grace_minutes": 5,
        "overrun_percent": 150,
        "uncounted_off_peak": True,
        "uncounted_within_minutes": 120,
        "peak_hours": [{"weekdays": [1, 2], "from": "22:00", "to": "06:00"}],
        "person_gap_minutes": 60,
        "organisation_gap_minutes": 0,
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
        (
            "opening-hours",
            [
                {"weekday": 7, "opens": "22:00", "closes": "06:00"},
                {"weekday": 1, "opens": "05:00", "closes": "12:00"},
            ],
            "opening.night_clash",
        ),
        ("policy", {"shortest_minutes": 60, "longest_minutes": 30}, "policy.lengths_backwards"),
        ("policy", {"horizon_days": {"student": 30}}, "tariff.class_unknown"),
        # A qualification changes prices and no rule.
        ("policy", {"per_class": {"hnte": {"notice_minutes": 0}}}, "tariff.class_unknown"),
        (
            "policy",
            {
                "quotas": [
                    {
                        "per": "person",
                        "measure": "hours",
                        "period": "week",
                        "limit": 8,
                        "customer_class": "tech_sme",
                    }
                ]
            },
            "tariff.class_unknown",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    client: TestClient, people: People, path: str, body: object, code: str
) -> None:
    here = registered(client, people)
    refused = client.put(f"{here}/{path}", json=body, headers=people.keeper)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def priced(name: str = "enterprise", **prices: object) -> dict[str, object]:
    return {"valid_from": "2027-01-01", "classes": {name: {"hour": "800.00", **prices}}}


NIGHT = {"weekdays": [1], "from": "22:00", "to": "24:00", "factor": "0.5"}


@pytest.mark.parametrize(
    ("tariff", "code"),
    [
        (priced("student"), "tariff.class_unknown"),
        (priced("enterprise_"), "tariff.class_unknown"),
        (priced(steps=[{"over_hours": "0.01", "hour": "1"}]), "tariff.step_within_minute"),
        (priced(steps=[{"over_hours": "8.33", "hour": "1"}]), "tariff.step_within_minute"),
        (priced() | {"peak": [NIGHT | {"from": "24:00"}]}, "time.begins_at_end"),
        (priced() | {"peak": [NIGHT | {"from": "8:00"}]}, "time.not_a_clock"),
    ],
)
def test_prices_that_make_no_sense_are_refused(
    client: TestClient, people: People, tariff: dict[str, object], code: str
) -> None:
    here = f"{registered(client, people)}/tariffs"
    refused = client.post(here, json=tariff, headers=people.keeper)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_prices_of_a_qualification_short_steps_and_late_bands_are_kept(
    client: TestClient, people: People
) -> None:
    here = f"{registered(client, people)}/tariffs"
    steps = [{"over_hours": "0.05", "hour": "1.00"}]
    told = priced("startup_team", steps=steps) | {"peak": [NIGHT]}
    kept = client.post(here, json=told, headers=people.keeper)
    assert kept.status_code == 201, kept.text
    assert kept.json()["classes"]["startup_team"]["steps"] == steps


def test_more_items_than_a_page_has_rows_for_are_refused(
    client: TestClient, people: People
) -> None:
    here = f"{registered(client, people)}/tariffs"
    items = [{"name": f"样品 {n}", "price": "1"} for n in range(30)]
    told = priced(consumables=items)
    told["classes"]["academic"] = {"consumables": [{"name": "又一种", "price": "1"}]}  # type: ignore[index]
    refused = client.post(here, json=told, headers=people.keeper)
    assert refused.json()["violations"][0]["code"] == "tariff.items_too_many"


def test_the_policy_in_force_said_again_writes_no_version(
    client: TestClient, people: People
) -> None:
    here = registered(client, people)
    told = {"grid_minutes": 15, "per_class": {"enterprise": {"notice_minutes": 60}}}
    once, again, other = (
        client.put(f"{here}/policy", json=body, headers=people.keeper).json()
        for body in (told, told, told | {"grid_minutes": 20})
    )
    assert again == once
    assert (other["grid_minutes"], other["valid_from"] != once["valid_from"]) == (20, True)


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
    assert (fault.status_code, fault.json()["code"]) == (422, "closure.fault_unreported")


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
    told = {"day": "2027-02-06", "kind": "holiday", "name": "春节"}
    notice = {"source": "国务院办公厅通知（示例）", "days": [told]}
    year = "/api/v1/calendar/2027"
    assert client.get(year).status_code == 404
    assert client.put(year, json=notice, headers=people.keeper).status_code == 403
    entered = client.put(year, json=notice, headers=people.centre)
    assert entered.json()["days"] == [{**told, "name_en": "Spring Festival"}]
    known = client.get(f"{here}/availability", params=asked).json()
    assert [piece["start"] for piece in known["free"]] == ["2027-03-02T00:30:00Z"]
