"""When a lab and the zone are open, in JSON."""

import pytest

from tests.factories.instrument_requests import WEEK

DAY = {"windows": [{"opens": "09:00", "closes": "12:00"}], "reason": "停电"}
CLOSED = {"windows": [], "reason": "校庆"}


def lab(people) -> str:
    return f"/api/v1/labs/{people.lab_id}"


def test_the_weekly_hours_of_a_lab_are_answered_as_they_were_sent(client, people):
    here = f"{lab(people)}/opening-hours"
    assert client.get(here, headers=people.keeper).json() == []
    assert client.put(here, json=WEEK, headers=people.keeper).json() == WEEK
    assert client.get(here, headers=people.keeper).json() == WEEK
    assert client.put(here, json=[], headers=people.keeper).json() == []


def days_of(place: str, people) -> tuple[str, dict[str, str]]:
    if place == "lab":
        return f"{lab(people)}/days", people.keeper
    return "/api/v1/zone/days", people.centre


@pytest.mark.parametrize("place", ["lab", "zone"])
def test_days_are_set_listed_from_today_on_and_taken_back(client, people, place):
    here, who = days_of(place, people)
    assert client.put(f"{here}/2026-12-01", json=DAY, headers=who).status_code == 200
    client.put(f"{here}/2026-11-30", json=CLOSED, headers=who)
    client.put(f"{here}/2026-01-01", json=CLOSED, headers=who)
    listed = client.get(here, headers=who).json()
    assert listed == {"items": [{"day": "2026-11-30", **CLOSED}, {"day": "2026-12-01", **DAY}]}
    assert client.delete(f"{here}/2026-11-30", headers=who).status_code == 204
    assert [one["day"] for one in client.get(here, headers=who).json()["items"]] == ["2026-12-01"]


@pytest.mark.parametrize("place", ["lab", "zone"])
@pytest.mark.parametrize(
    "body",
    [
        {"windows": [{"opens": "9:00", "closes": "12:00"}]},
        {"windows": "none"},
        {"closed": True},
    ],
)
def test_a_day_that_makes_no_sense_is_refused(client, people, place, body):
    here, who = days_of(place, people)
    assert client.put(f"{here}/2026-12-01", json=body, headers=who).status_code == 422


def test_others_neither_read_nor_set_the_hours_of_a_lab(client, people):
    here = lab(people)
    for part, body in (("opening-hours", WEEK), ("days/2026-12-01", DAY)):
        assert client.put(f"{here}/{part}", json=body, headers=people.stranger).status_code == 404
        assert client.put(f"{here}/{part}", json=body, headers=people.company).status_code == 403
    for part in ("opening-hours", "days"):
        assert client.get(f"{here}/{part}", headers=people.stranger).status_code == 404
    assert client.get("/api/v1/zone/days", headers=people.keeper).status_code == 403
