"""Cards in JSON, as programs of labs and the centre meet them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from tests.factories.instrument_requests import PLACE, People, card, registered
from tests.support.typing_in import typed_on

Write = Callable[[], AbstractContextManager[UnitOfWork]]


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


def test_a_number_that_no_row_can_bear_finds_none(client: TestClient, people: People) -> None:
    beyond = 10**23
    assert client.get(f"{PLACE}/{beyond}").status_code == 404
    assert client.get(PLACE, params={"lab": beyond}).status_code == 404
    refused = client.post(PLACE, json=card(people, lab_id=beyond), headers=people.keeper)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("code", ["zzz", "010", "0101021", "990101", "０１０１０２", "0101a2"])
def test_a_classification_code_is_digits_in_pairs_below_a_class(
    client: TestClient, people: People, code: str
) -> None:
    here = registered(client, people)
    new = card(people, category_code=code, inner_id="EM-2")
    for refused in (
        client.post(PLACE, json=new, headers=people.keeper),
        client.patch(here, json={"category_code": code}, headers=people.keeper),
    ):
        told = refused.json()
        assert refused.status_code == 422
        assert [v["params"]["field"] for v in told["violations"]] == ["category_code"]


def test_other_schemes_have_codes_of_their_own(client: TestClient, people: People) -> None:
    here = registered(client, people)
    other = {"classification_scheme": "lab", "category_code": "A1"}
    assert client.patch(here, json=other, headers=people.keeper).status_code == 200
    assert client.patch(here, json={"specs": "0.8 nm"}, headers=people.keeper).status_code == 200
    back = client.patch(here, json={"classification_scheme": "nrii"}, headers=people.keeper)
    assert back.json()["code"] == "instrument.category_unknown"


def test_a_mode_that_is_said_again_and_again_counts_once(
    client: TestClient, people: People
) -> None:
    here = registered(client, people)
    modes = ["self_operated", "entrusted"] * 50
    changed = client.patch(here, json={"service_modes": modes}, headers=people.keeper)
    assert changed.json()["service_modes"] == ["self_operated", "entrusted"]


def test_saving_on_the_page_keeps_the_scheme_of_a_code(client: TestClient, people: People) -> None:
    here = registered(client, people)
    said = {"classification_scheme": "moe", "category_code": "03030404"}
    assert client.patch(here, json=said, headers=people.keeper).status_code == 200
    page = here.replace("/api/v1/", "/manage/")
    shown = client.get(page, headers=people.keeper).text
    typed = typed_on(shown, page) | {"name": ["扫描电镜"]}
    assert client.post(page, data=typed, headers=people.keeper).status_code == 303
    assert client.get(here, headers=people.keeper).json()["classification_scheme"] == "moe"
