"""Viewing the site as somebody else: seen on every page, told of, short, and without money."""

from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from sqlmodel import col, select
from starlette.testclient import TestClient

from booking.access.actor import Actor, Grant
from booking.access.permissions import THROUGH_ANOTHER, Permission
from booking.access.roles import Role
from booking.accounts.actions.grant_role import grant_role
from booking.accounts.models import ApiToken
from booking.accounts.rules import GUISE_LIFE
from booking.audit.actions.chain_entries import chain_entries
from booking.audit.models import AuditEntry
from booking.audit.queries.chain import links
from booking.audit.rules import chain_faults
from tests.factories.accounts import be, bearer, make_actor, make_member, make_staff, open_session
from tests.factories.door import Write
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock
from tests.support.post import by_folder

WHY = {"reason": "用户来电求助"}


@pytest.fixture
def company(write: Write) -> int:
    with write() as uow:
        return make_organisation(uow).key


@pytest.fixture
def shown(write: Write, company: int) -> Actor:
    with write() as uow:
        return make_member(uow, company, Role.COMPANY_ADMIN)


@pytest.fixture
def centre(write: Write) -> Actor:
    with write() as uow:
        return make_actor(uow, Grant(Role.CENTRE_ADMIN), name="管理员丙")


@pytest.fixture
def desk(client: TestClient, write: Write, centre: Actor, clock: FrozenClock) -> TestClient:
    """A browser of the centre's administrator."""
    with write() as uow:
        secret = open_session(uow, centre, now=clock.now())
    return be(TestClient(client.app, follow_redirects=False), secret)


@pytest.fixture
def guised(desk: TestClient, shown: Actor) -> TestClient:
    assert desk.post(f"/people/{shown.id}/guise", data=WHY).status_code == 303
    return desk


def me(browser: TestClient) -> int:
    found: int = browser.get("/api/v1/me").json()["id"]
    return found


def banner(browser: TestClient, path: str) -> str:
    part = BeautifulSoup(browser.get(path).text, "html.parser").select_one(".guise")
    return part.get_text(" ", strip=True) if part else ""


@pytest.mark.parametrize(
    "path", ["/", "/instruments", "/reservations", "/charges", "/statements", "/roles", "/people"]
)
def test_every_page_says_so_and_leads_back(guised, shown, centre, path: str) -> None:
    said = banner(guised, path)
    assert shown.name in said
    assert centre.name in said
    assert WHY["reason"] in said
    assert "30" in said


def test_one_sees_what_they_see_until_one_stops(guised, shown, centre) -> None:
    assert me(guised) == shown.id
    assert guised.post("/guise/end").status_code == 303
    assert me(guised) == centre.id
    assert banner(guised, "/") == ""


def test_the_clock_ends_it(guised, shown, centre, clock) -> None:
    clock.advance(seconds=GUISE_LIFE.total_seconds() - 1)
    assert me(guised) == shown.id
    clock.advance(seconds=1)
    assert me(guised) == centre.id


def test_money_and_papers_stay_shut_on_pages_and_for_programs(guised, company) -> None:
    refused = [
        guised.post("/statements/NONE-1/objection", data={"text": "不同意"}),
        guised.post("/api/v1/statements/NONE-1/objection", json={"text": "不同意"}),
        guised.post("/api/v1/statements/NONE-1/payment", json={}),
        guised.post("/bank-files", data={}),
        guised.post(f"/organisations/{company}", data={"bank_account": "6222 0000 0000 0000"}),
        guised.get("/people"),
    ]
    assert {answer.status_code for answer in refused} == {403}


@pytest.mark.parametrize(
    "path",
    [
        "/account",
        "/account/password",
        "/account/tokens",
        "/account/sessions/end",
        "/account/second-factor",
        "/account/second-factor/removal",
        "/account/second-factor/recovery-codes",
    ],
)
def test_credentials_stay_the_owners(guised, path: str) -> None:
    told = {
        "current_password": "demo-demo-demo",
        "new_password": "three-quiet-microscopes",
        "token_name": "mine",
        "name": "甲",
        "locale": "en",
        "otp": "000000",
    }
    assert guised.post(path, data=told).status_code in {403, 404, 405, 422}
    assert guised.get("/account").status_code == 403


def test_no_token_is_made_that_way(guised, shown, write) -> None:
    guised.post("/account/tokens", data={"token_name": "mine"})
    with write() as uow:
        assert uow.session.exec(select(ApiToken)).all() == []


def test_what_one_may_not_do_oneself_one_may_not_do_as_another(guised, shown) -> None:
    granted = set(guised.get("/api/v1/me").json()["permissions"])
    assert granted <= {permission.value for permission in THROUGH_ANOTHER}
    assert granted <= {permission.value for permission in shown.permissions}


@pytest.mark.parametrize(
    "room", ["settlement", "loan", "programme", "people", "job", "organisation"]
)
def test_the_rooms_of_money_and_people_are_at_most_read(room: str) -> None:
    allowed = {p for p in THROUGH_ANOTHER if p.value.startswith(f"{room}:")}
    assert allowed <= {Permission.LOAN_READ, Permission.ORGANISATION_READ}


def test_staff_oneself_and_nobody_are_not_viewed_as(desk, centre, write) -> None:
    with write() as uow:
        finance = make_staff(uow, Role.FINANCE)
    for who, status in ((finance.id, 409), (centre.id, 409), (999_999_999, 404)):
        assert desk.post(f"/people/{who}/guise", data=WHY).status_code == status
    assert me(desk) == centre.id


def test_it_does_not_nest(guised, company, write) -> None:
    with write() as uow:
        another = make_member(uow, company)
    assert guised.post(f"/people/{another.id}/guise", data=WHY).status_code == 403


def test_neither_a_token_nor_a_companys_administrator_does_it(
    client, centre, shown, company, write, clock
) -> None:
    with write() as uow:
        token = bearer(uow, centre, now=clock.now())
        another = make_member(uow, company)
        secret = open_session(uow, shown, now=clock.now())
    assert client.post(f"/people/{another.id}/guise", data=WHY, headers=token).status_code == 403
    admin = be(TestClient(client.app, follow_redirects=False), secret)
    assert admin.post(f"/people/{another.id}/guise", data=WHY).status_code == 403


def test_without_a_reason_nothing_begins(desk, shown, centre) -> None:
    assert desk.post(f"/people/{shown.id}/guise", data={"reason": " "}).status_code == 422
    assert me(desk) == centre.id


def test_other_roles_for_the_other_end_it(guised, shown, centre, write, clock) -> None:
    with write() as uow:
        grant = Grant(Role.COMPANY_MEMBER, make_organisation(uow).key)
        grant_role(uow, shown.id, grant, actor=centre, now=clock.now())
    assert me(guised) == centre.id


def test_everything_names_who_really_did_it(guised, shown, centre, write) -> None:
    guised.get("/reservations")
    guised.post("/guise/end")
    with write() as uow:
        chain_entries(uow)
        assert list(chain_faults(links(uow.session))) == []
        asked = select(AuditEntry).where(col(AuditEntry.name).startswith("guise."))
        told = uow.session.exec(asked.order_by(col(AuditEntry.id))).all()
        assert {entry.actor_id for entry in told} == {centre.id}
        assert {entry.on_behalf_of for entry in told} == {f"user:{shown.id}"}
        assert [(entry.name, entry.cause) for entry in told] == [
            ("guise.taken", WHY["reason"]),
            ("guise.used", "GET /reservations"),
            ("guise.used", "POST /guise/end"),
            ("guise.ended", ""),
        ]


def test_the_person_gets_a_letter_when_it_is_over(guised, engine, shown, clock, tmp_path) -> None:
    assert isinstance(guised.app, FastAPI)
    post = by_folder(engine, clock, guised.app.state.settings, Path(tmp_path) / "letters")
    assert post.letters(to=shown.email) == []
    clock.advance(seconds=timedelta(minutes=31).total_seconds())
    (letter,) = post.letters(to=shown.email)
    assert WHY["reason"] in letter.get_content()
