"""Organisations in JSON: register, verify, qualify; hidden from others."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import bearer, make_lab_person, make_member, make_staff
from tests.factories.organisations import make_lab, make_organisation, some_uscc
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
PLACE = "/api/v1/organisations"


@pytest.fixture
def centre(write: Write, clock: FrozenClock) -> dict[str, str]:
    with write() as uow:
        return bearer(uow, make_staff(uow), now=clock.now())


def company(**changes: object) -> dict[str, object]:
    told: dict[str, object] = {
        "name": "示例芯测科技有限公司",
        "kind": "enterprise",
        "district": "fengdong",
        "uscc": some_uscc(),
        "actual_controller": "示例实控人甲",
    }
    return told | changes


def test_the_centre_registers_verifies_and_qualifies(
    client: TestClient, centre: dict[str, str]
) -> None:
    made = client.post(PLACE, json=company(), headers=centre)
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "pending"
    assert made.json()["actual_controller"] == "示例实控人甲"
    here = f"{PLACE}/{made.json()['id']}"
    verified = client.post(f"{here}/verification", headers=centre)
    assert (verified.status_code, verified.json()["state"]) == (200, "verified")
    claim = {"code": "hnte", "number": "GR2026", "valid_from": "2026-01-01"}
    qualified = client.post(f"{here}/qualifications", json=claim, headers=centre)
    assert qualified.status_code == 201
    assert qualified.json()["verified"] is True
    assert [w["code"] for w in qualified.json()["warnings"]] == ["qualification.number_unusual"]
    read = client.get(here, headers=centre).json()
    assert [q["code"] for q in read["qualifications"]] == ["hnte"]


def test_a_second_verification_is_a_conflict(client: TestClient, centre: dict[str, str]) -> None:
    made = client.post(PLACE, json=company(), headers=centre).json()
    there = f"{PLACE}/{made['id']}/verification"
    client.post(there, json={"step": "verify", "reason": "材料齐全"}, headers=centre)
    again = client.post(there, headers=centre)
    assert (again.status_code, again.json()["code"]) == (409, "organisation.illegal_step")
    suspended = client.post(there, json={"step": "suspend", "reason": "年检未过"}, headers=centre)
    assert (suspended.json()["state"], suspended.json()["state_reason"]) == (
        "suspended",
        "年检未过",
    )


@pytest.mark.parametrize(
    ("change", "status", "code", "violations"),
    [
        ({"uscc": "91350100M000100Y44"}, 422, "organisation.not_well_formed", ["uscc.check_digit"]),
        ({"uscc": "123"}, 422, "organisation.not_well_formed", ["uscc.length"]),
        ({"uscc": None}, 422, "organisation.not_well_formed", ["uscc.missing"]),
        ({"kind": "castle"}, 422, "form.invalid", ["form.not_offered"]),
        ({"name": " "}, 422, "form.invalid", ["form.too_short"]),
        ({"state": "verified"}, 422, "form.invalid", ["form.unknown_field"]),
    ],
)
def test_what_is_wrong_is_said_by_code(
    client: TestClient,
    centre: dict[str, str],
    change: dict[str, object],
    status: int,
    code: str,
    violations: list[str],
) -> None:
    answer = client.post(PLACE, json=company(**change), headers=centre)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [v["code"] for v in answer.json()["violations"]] == violations


def test_the_same_code_twice_is_a_conflict_and_the_same_key_twice_is_not(
    client: TestClient, centre: dict[str, str]
) -> None:
    told = company()
    keyed = centre | {"idempotency-key": "register-1"}
    first = client.post(PLACE, json=told, headers=keyed)
    assert client.post(PLACE, json=told, headers=keyed).json() == first.json()
    again = client.post(PLACE, json=told | {"name": "另一家"}, headers=centre)
    assert (again.status_code, again.json()["code"]) == (409, "organisation.uscc_taken")


def test_a_company_reads_and_corrects_itself_and_finds_nobody_else(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        mine, theirs = make_organisation(uow).key, make_organisation(uow).key
        admin = bearer(uow, make_member(uow, mine, Role.COMPANY_ADMIN), now=clock.now())
    listed = client.get(PLACE, headers=admin).json()["items"]
    assert [one["id"] for one in listed] == [mine]
    here = f"{PLACE}/{mine}"
    changed = client.patch(here, json={"bank_account_no": "0000610"}, headers=admin)
    assert changed.json()["bank_account"]["account_no"] == "0000610"
    assert changed.json()["district"] == "fengdong"
    assert client.patch(here, json={"name": "别的"}, headers=admin).status_code == 403
    claimed = client.post(
        f"{here}/qualifications", json={"code": "hnte", "valid_from": "2026-01-01"}, headers=admin
    )
    assert claimed.json()["verified"] is False
    there = f"{PLACE}/{theirs}"
    assert client.get(there, headers=admin).status_code == 404
    assert client.patch(there, json={"name_en": "x"}, headers=admin).status_code == 404
    claim = {"code": "hnte", "valid_from": "2026-01-01"}
    assert client.post(f"{there}/qualifications", json=claim, headers=admin).status_code == 404
    own = f"/api/v1/qualifications/{claimed.json()['id']}/verification"
    assert client.post(own, headers=admin).status_code == 403


def test_a_member_does_not_see_the_bank_account_and_finance_does(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        company_id = make_organisation(uow).key
        member = bearer(uow, make_member(uow, company_id), now=clock.now())
        finance = bearer(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    here = f"{PLACE}/{company_id}"
    assert client.get(here, headers=member).json()["bank_account"] is None
    assert client.get(here, headers=finance).json()["bank_account"] is not None


def test_the_list_goes_on_where_it_stopped(
    client: TestClient, write: Write, centre: dict[str, str]
) -> None:
    with write() as uow:
        made = [make_organisation(uow).key for _ in range(5)]
    seen, cursor = [], ""
    while True:
        answer = client.get(f"{PLACE}?limit=2&cursor={cursor}", headers=centre).json()
        seen += [one["id"] for one in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = answer["next_cursor"]
    assert seen == made


def test_the_centre_opens_and_moves_a_lab_and_its_manager_does_not(
    client: TestClient, write: Write, centre: dict[str, str], clock: FrozenClock
) -> None:
    with write() as uow:
        lab = make_lab(uow)
        manager = bearer(uow, make_lab_person(uow, lab.key), now=clock.now())
    card = {"name": "透射电镜室", "district": "fengxi", "address": "1 号楼"}
    made = client.post(f"{PLACE}/{lab.organisation_id}/labs", json=card, headers=centre)
    assert made.status_code == 201
    there = f"/api/v1/labs/{made.json()['id']}"
    moved = client.put(there, json=card | {"address": "2 号楼"}, headers=centre)
    assert moved.json()["address"] == "2 号楼"
    assert client.put(there, json=card, headers=manager).status_code == 403
    assert client.get(f"{PLACE}/{lab.organisation_id}", headers=manager).json()["labs"]
