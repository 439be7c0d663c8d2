"""Saved searches in JSON: for their person alone."""

import pytest

from tests.factories.accounts import be, make_member, open_session
from tests.factories.organisations import make_organisation

HERE = "/api/v1/saved-searches"
ASKED = {"q": "电镜", "district": "fengxi", "subsidised": True, "sort": "price"}
KEPT = {"q": "电镜", "district": "fengxi", "subsidised": "true", "sort": "price"}


@pytest.fixture
def own(client, write, seeker, now):
    with write() as uow:
        return be(client, open_session(uow, seeker, now=now))


def test_a_search_is_saved_listed_changed_and_removed(own):
    made = own.post(HERE, json={"name": "沣西", "asked": ASKED})
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["name"], told["asked"], told["paused"]) == ("沣西", KEPT, False)
    assert own.get(HERE).json() == {"items": [told]}
    changed = own.patch(f"{HERE}/{told['id']}", json={"name": "近处", "paused": True})
    assert changed.json() == {**told, "name": "近处", "paused": True}
    assert own.patch(f"{HERE}/{told['id']}", json={"paused": False}).json()["paused"] is False
    assert own.delete(f"{HERE}/{told['id']}").status_code == 204
    assert own.get(HERE).json() == {"items": []}


def test_the_same_request_again_saves_once(own):
    key = {"idempotency-key": "one"}
    first = own.post(HERE, json={"name": "沣西", "asked": ASKED}, headers=key)
    again = own.post(HERE, json={"name": "沣西", "asked": ASKED}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(own.get(HERE).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "", "asked": {}}, 422),
        ({"name": "沣西"}, 422),
        ({"name": "沣西", "asked": {"free_from": "2026-11-24T09:00+08:00"}}, 422),
        ({"name": "沣西", "asked": {"district": "nowhere"}}, 422),
        ({"name": "电镜", "asked": {}}, 409),
    ],
)
def test_what_makes_no_sense_is_refused(own, keep, body, status):
    keep("电镜")
    assert own.post(HERE, json=body).status_code == status


def test_a_search_of_somebody_else_is_not_found(client, write, keep, now):
    one = keep("电镜")
    with write() as uow:
        other = make_member(uow, make_organisation(uow).key)
        be(client, open_session(uow, other, now=now))
    assert client.get(HERE).json() == {"items": []}
    assert client.patch(f"{HERE}/{one}", json={}).status_code == 404
    assert client.patch(f"{HERE}/{one}", json={"paused": True}).status_code == 404
    assert client.delete(f"{HERE}/{one}").status_code == 404


def test_nobody_keeps_more_than_twenty(own, keep):
    for number in range(20):
        keep(f"电镜{number}")
    answer = own.post(HERE, json={"name": "又一个", "asked": {}})
    assert (answer.status_code, "20" in answer.text) == (409, True)
