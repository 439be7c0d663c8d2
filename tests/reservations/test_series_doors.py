"""Series at the API: what is answered, and what is foreseen."""

from datetime import date

import pytest

from tests.conftest import Write
from tests.factories.instruments import add_zone_day
from tests.factories.reservation_values import between
from tests.reservations.conftest import OpenDoors

WEEKLY = "FREQ=WEEKLY;COUNT=3"
SECOND = between("12-01 12:00", "14:00")


def test_a_series_is_answered_with_its_number_and_bookings(open_doors: OpenDoors) -> None:
    doors = open_doors()
    member = doors.scene.member
    answer = doors.post(member, "/reservation-series", doors.body(rrule=WEEKLY))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [one["starts_at"][:10] for one in told["booked"]] == [
        "2026-11-24",
        "2026-12-01",
        "2026-12-08",
    ]
    assert told["skipped"] == []
    assert told["total"] == "4800.00"
    seen = doors.get(member, f"/reservation-series/{told['number']}")
    assert [one["number"] for one in seen.json()["booked"]] == [
        one["number"] for one in told["booked"]
    ]


def test_what_is_taken_is_a_conflict_unless_it_may_be_skipped(open_doors: OpenDoors) -> None:
    doors = open_doors()
    doors.book(SECOND)
    member = doors.scene.member
    refused = doors.post(member, "/reservation-series", doors.body(rrule=WEEKLY))
    assert refused.status_code == 409
    assert refused.json()["code"] == "reservation.slot_taken"
    assert [one["start"] for one in refused.json()["conflicts"]] == ["2026-12-01T04:00:00Z"]
    body = doors.body(rrule=WEEKLY, on_conflict="skip")
    told = doors.post(member, "/reservation-series", body).json()
    assert len(told["booked"]) == 2
    assert told["skipped"] == [
        {
            "starts_at": "2026-12-01T04:00:00Z",
            "ends_at": "2026-12-01T06:00:00Z",
            "codes": ["reservation.slot_taken"],
        }
    ]


def test_a_rule_without_end_is_refused_by_name(open_doors: OpenDoors) -> None:
    doors = open_doors()
    body = doors.body(rrule="FREQ=DAILY")
    answer = doors.post(doors.scene.member, "/reservation-series", body)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["violations"]] == ["series.unbounded"]


def test_the_same_request_twice_books_one_series(open_doors: OpenDoors) -> None:
    doors = open_doors()
    key = {"Idempotency-Key": "one"}
    answers = [
        doors.post(doors.scene.member, "/reservation-series", doors.body(rrule=WEEKLY), key)
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()


def test_every_occurrence_is_foreseen_and_nothing_is_booked(open_doors: OpenDoors) -> None:
    doors = open_doors({"horizon_days": {"enterprise": 10}})
    doors.book(SECOND)
    member = doors.scene.member
    asked = {**doors.body(rrule=WEEKLY), "purpose": ""}
    told = doors.post(member, "/reservation-series/preview", asked).json()
    assert (told["free"], told["total"]) == (1, "1600.00")
    first, second, third = told["occurrences"]
    assert (first["free"], first["waits"], first["conflicts"]) == (True, False, [])
    assert second["conflicts"] == [
        {"start": "2026-12-01T04:00:00Z", "end": "2026-12-01T06:00:00Z", "kind": "occupied"}
    ]
    assert [one["code"] for one in third["violations"]] == ["horizon.too_far"]
    body = doors.body(rrule="FREQ=DAILY")
    refused = doors.post(member, "/reservation-series/preview", body)
    assert [one["code"] for one in refused.json()["violations"]] == ["series.unbounded"]
    assert doors.get(member, "/reservations").json()["items"][0]["starts_at"].startswith("2026-12")


def test_a_public_holiday_is_named_before_it_is_booked(open_doors: OpenDoors, write: Write) -> None:
    doors = open_doors()
    with write() as uow:
        add_zone_day(uow, date(2026, 12, 1), reason="示例停电检修")
    asked = doors.body(rrule=WEEKLY)
    told = doors.post(doors.scene.member, "/reservation-series/preview", asked).json()
    (closed,) = told["occurrences"][1]["violations"]
    assert closed["code"] == "opening.closed"
    assert "示例停电检修" in closed["detail"]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"scope": "this", "reservation": 1}, 2),
        ({"scope": "following", "reservation": 1}, 1),
        ({"scope": "all", "reservation": 2}, 0),
        ({}, 0),
    ],
)
def test_this_the_following_or_all_are_moved_and_given_back(
    open_doors: OpenDoors, said: dict[str, object], left: int
) -> None:
    doors = open_doors()
    member = doors.scene.member
    made = doors.post(member, "/reservation-series", doors.body(rrule=WEEKLY)).json()
    path = f"/reservation-series/{made['number']}"
    n = said.get("reservation", 0)
    named = {**said, "reservation": made["booked"][n]["number"]} if said else {}
    day = made["booked"][n]["starts_at"][:10]
    later = {"starts_at": f"{day}T05:00:00Z", "ends_at": f"{day}T07:00:00Z"}
    answer = doors.post(member, f"{path}/move", {**named, **later})
    assert answer.status_code == 200, answer.text
    hours = [one["starts_at"][11:16] for one in answer.json()["booked"]]
    assert hours.count("04:00") == left
    gone = doors.post(member, f"{path}/cancellation", named).json()
    assert [one["state"] for one in gone["booked"]].count("confirmed") == left
    assert doors.get(member, path).json() == gone


def test_what_is_not_of_the_series_is_not_meant(open_doors: OpenDoors) -> None:
    doors = open_doors()
    member = doors.scene.member
    made = doors.post(member, "/reservation-series", doors.body(rrule=WEEKLY)).json()
    alone = doors.book(between("11-26 12:00", "14:00"))
    path = f"/reservation-series/{made['number']}/cancellation"
    for said in ({"scope": "this"}, {"scope": "all", "reservation": alone}):
        refused = doors.post(member, path, said)
        assert (refused.status_code, refused.json()["code"]) == (409, "series.nothing_left")
    assert doors.post(member, "/reservation-series/Q0/cancellation", {}).status_code == 404
    key = {"Idempotency-Key": "once"}
    first, again = (doors.post(member, path, {}, key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
