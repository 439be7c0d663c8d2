"""Free time in JSON: slots, and the list narrowed to it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from tests.factories.instrument_requests import PLACE, People, published
from tests.factories.instruments import make_instrument, make_lab

Write = Callable[[], AbstractContextManager[UnitOfWork]]


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


def test_slots_are_several_of_each_instrument_where_that_is_asked(
    client: TestClient, people: People
) -> None:
    published(client, people)
    asked: dict[str, str | int] = {
        "duration_minutes": 240,
        "start": "2026-11-23T09:00:00+08:00",
        "end": "2026-11-30T00:00:00+08:00",
        "per_instrument": 3,
    }
    found = client.get("/api/v1/slots", params=asked).json()["items"]
    starts = ["2026-11-23T01:00:00Z", "2026-11-23T05:00:00Z", "2026-11-24T00:30:00Z"]
    assert [slot["start"] for slot in found] == starts
    assert client.get("/api/v1/slots", params=asked | {"mode": "remote"}).json()["items"] == []
    refused = client.get("/api/v1/slots", params=asked | {"per_instrument": 0})
    assert (refused.status_code, refused.json()["code"]) == (422, "form.invalid")


def test_the_list_can_be_limited_to_what_is_free_at_some_time(
    client: TestClient, people: People
) -> None:
    here = published(client, people)
    asked = {"free_from": "2026-11-24T09:00:00+08:00", "free_to": "2026-11-24T12:00:00+08:00"}
    assert len(client.get(PLACE, params=asked).json()["items"]) == 1
    night = {"free_from": "2026-11-24T02:00:00+08:00", "free_to": "2026-11-24T03:00:00+08:00"}
    assert client.get(PLACE, params=night).json()["items"] == []
    closed = {
        "starts_at": "2026-11-24T11:00:00+08:00",
        "ends_at": "2026-11-24T13:00:00+08:00",
        "kind": "other",
    }
    client.post(f"{here}/closures", json=closed, headers=people.keeper)
    assert client.get(PLACE, params=asked).json()["items"] == []


def test_one_end_alone_means_the_hour_beside_it(client: TestClient, people: People) -> None:
    published(client, people)
    day = {"free_from": "2026-11-24T09:00:00+08:00"}
    night = {"free_to": "2026-11-24T03:00:00+08:00"}
    assert len(client.get(PLACE, params=day).json()["items"]) == 1
    assert client.get(PLACE, params=night).json()["items"] == []
    backwards = client.get(PLACE, params=day | night)
    assert (backwards.status_code, backwards.json()["code"]) == (422, "span.backwards")


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
