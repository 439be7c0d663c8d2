"""Programs elsewhere write times in their own offsets; a moment is a moment."""

import pytest

from tests.factories.reservation_values import between
from tests.reservations.conftest import OpenDoors

NOON = ("2026-11-24T04:00:00Z", "2026-11-24T06:00:00Z")


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "told"),
    [
        ("2026-11-24T12:00:00+08:00", "2026-11-24T14:00:00+08:00", NOON),
        ("2026-11-23T23:00:00-05:00", "2026-11-24T07:00:00+01:00", NOON),
        ("2026-11-24T09:30:00+05:30", "2026-11-24T11:45:00+05:45", NOON),
        # On the night in which Chicago sets its clocks back the same hour comes twice.
        (
            "2027-11-07T01:30:00-05:00",
            "2027-11-07T01:30:00-06:00",
            ("2027-11-07T06:30:00Z", "2027-11-07T07:30:00Z"),
        ),
        (
            "2027-11-07T01:30:00-05:00",
            "2027-11-07T01:00:00-06:00",
            ("2027-11-07T06:30:00Z", "2027-11-07T07:00:00Z"),
        ),
    ],
)
def test_a_booking_is_the_same_time_in_any_offset(
    open_doors: OpenDoors, starts_at: str, ends_at: str, told: tuple[str, str]
) -> None:
    doors = open_doors()
    body = doors.body(starts_at=starts_at, ends_at=ends_at)
    answer = doors.post(doors.scene.member, "/reservations", body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["starts_at"], answer.json()["ends_at"]) == told


def test_the_second_of_two_hours_does_not_end_in_the_first(open_doors: OpenDoors) -> None:
    doors = open_doors()
    second, first = "2027-11-07T01:00:00-06:00", "2027-11-07T01:30:00-05:00"
    body = doors.body(starts_at=second, ends_at=first)
    answer = doors.post(doors.scene.member, "/reservations", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "span.not_in_order")


def test_a_gap_to_the_own_booking_is_told_in_minutes_and_utc(open_doors: OpenDoors) -> None:
    doors = open_doors({"person_gap_minutes": 90})
    doors.book()
    body = doors.body(between("11-24 15:00", "16:00"))
    problem = doors.post(doors.scene.member, "/reservations", body).json()
    (broken,) = problem["violations"]
    assert broken["code"] == "gap.person"
    assert broken["params"] == {
        "gap_minutes": 90,
        "from": "2026-11-24T04:00:00Z",
        "until": "2026-11-24T06:00:00Z",
    }
