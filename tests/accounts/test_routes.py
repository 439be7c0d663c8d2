"""Signing in over HTTP, and one's own account: cookies, redirections, what a token may not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import ROLE_PERMISSIONS, Role
from booking.accounts.queries.people import roles_of
from booking.accounts.queries.sign_ins import sessions_of
from booking.db.transactions import UnitOfWork
from booking.web.sessions import COOKIE
from booking.web.words import words
from tests.factories.accounts import (
    PASSWORD,
    be,
    bearer,
    make_member,
    make_staff,
    make_user,
    open_session,
)
from tests.factories.organisations import make_lab, make_organisation
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
EMAIL = "owner@example.com"


@pytest.fixture
def owner(write: Write) -> int:
    with write() as uow:
        company = make_organisation(uow).key
        return make_user(uow, Grant(Role.COMPANY_ADMIN, company), email=EMAIL).key


def sign_in(client: TestClient, **form: str) -> int:
    told = {"email": EMAIL, "password": PASSWORD, **form}
    return client.post("/sign-in", data=told).status_code


def test_a_person_signs_in_sees_the_account_and_signs_out(client: TestClient, owner: int) -> None:
    assert client.get("/account").headers["location"] == "/sign-in?next=%2Faccount"
    answer = client.post(
        "/sign-in", data={"email": EMAIL, "password": PASSWORD, "next": "/account"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    page = client.get("/account")
    assert page.status_code == 200
    assert EMAIL in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert client.post("/sign-out").status_code == 303
    assert client.get("/account").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: TestClient, owner: int) -> None:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/x"],
)
def test_signing_in_never_leads_off_the_site(client: TestClient, owner: int, target: str) -> None:
    page = client.get("/sign-in", params={"next": target})
    field = BeautifulSoup(page.text, "html.parser").select_one("input[name=next]")
    assert field is not None
    assert field["value"] == ""
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "next": target})
    assert answer.headers["location"] == "/"
    assert client.get("/sign-in", params={"next": target}).headers["location"] == "/"


def test_a_wrong_password_keeps_the_address_and_not_the_password(
    client: TestClient, owner: int
) -> None:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": "wrong guess here"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert EMAIL in answer.text
    assert "wrong guess here" not in answer.text
    assert "邮箱或密码不对" in answer.text


def test_guessing_is_answered_with_a_time_to_wait(client: TestClient, owner: int) -> None:
    assert isinstance(client.app, FastAPI)
    client.app.state.settings = client.app.state.settings.model_copy(update={"rate_limits": "on"})
    codes = [sign_in(client, password="wrong guess") for _ in range(7)]
    assert codes == [401] * 6 + [429]
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert answer.headers["retry-after"] == "2"


def test_a_planted_session_is_not_taken_over(client: TestClient, owner: int) -> None:
    client.cookies.set(COOKIE, "planted-by-somebody-else")
    sign_in(client)
    assert client.cookies.get(COOKIE, domain="testserver.local") != "planted-by-somebody-else"


def test_another_site_cannot_sign_anybody_in(client: TestClient, owner: int) -> None:
    form = {"email": EMAIL, "password": PASSWORD}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/sign-in", data=form, headers=headers).status_code == 403
    ours = {"origin": "http://testserver"}
    assert client.post("/sign-in", data=form, headers=ours).status_code == 303


def test_the_account_page_takes_a_new_name_and_language(
    client: TestClient, owner: int, write: Write
) -> None:
    sign_in(client)
    client.post("/account", data={"name": "实验员乙", "locale": "en"})
    page = client.get("/account")
    assert "实验员乙" in page.text
    assert "My account" in page.text


def test_a_refused_name_keeps_what_was_typed(client: TestClient, owner: int) -> None:
    sign_in(client)
    answer = client.post("/account", data={"name": "", "locale": "en", "phone": "029-1"})
    assert answer.status_code == 422
    assert "029-1" in answer.text


def test_changing_the_password_asks_for_the_old_one(client: TestClient, owner: int) -> None:
    sign_in(client)
    form = {"current_password": "wrong guess", "new_password": "a much longer one"}
    assert client.post("/account/password", data=form).status_code == 401
    short = {"current_password": PASSWORD, "new_password": "short"}
    assert client.post("/account/password", data=short).status_code == 422
    good = {"current_password": PASSWORD, "new_password": "a much longer one"}
    assert client.post("/account/password", data=good).status_code == 303
    client.cookies.clear()
    assert sign_in(client) == 401
    assert sign_in(client, password="a much longer one") == 303


def test_a_token_is_shown_once_and_revoked_by_its_owner(client: TestClient, owner: int) -> None:
    sign_in(client)
    answer = client.post(
        "/account/tokens", data={"token_name": "LIMS", "scopes": ["organisation:read"]}
    )
    assert answer.status_code == 201
    shown = BeautifulSoup(answer.text, "html.parser").select_one("code")
    assert shown is not None
    token = unescape(shown.text)
    assert token not in client.get("/account").text
    header = {"authorization": f"Bearer {token}"}
    program = TestClient(client.app, follow_redirects=False)
    assert program.get("/api/v1/me", headers=header).json()["permissions"] == ["organisation:read"]
    button = BeautifulSoup(answer.text, "html.parser").select_one("form[action$=revocation]")
    assert button is not None
    client.post(str(button["action"]))
    assert program.get("/api/v1/me", headers=header).status_code == 401


def test_a_token_does_not_open_the_account_page(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        header = bearer(uow, make_staff(uow), now=clock.now())
    assert client.get("/account", headers=header).status_code == 403
    made = client.post("/account/tokens", data={"token_name": "more"}, headers=header)
    assert made.status_code == 403
    assert client.post("/account/sessions/end", headers=header).status_code == 403


def test_other_browsers_are_signed_out_and_this_one_stays(client: TestClient, owner: int) -> None:
    sign_in(client)
    other = TestClient(client.app, follow_redirects=False)
    sign_in(other)
    client.post("/account/sessions/end")
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_one_other_browser_is_signed_out_and_the_rest_stay(
    client: TestClient, owner: int, write: Write, clock: FrozenClock
) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Firefox/140.0"
    there = TestClient(client.app, follow_redirects=False, headers={"user-agent": agent})
    third = TestClient(client.app, follow_redirects=False)
    for browser in (there, third, client):
        sign_in(browser)
    rows = BeautifulSoup(client.get("/account").text, "html.parser").select("#sessions tbody tr")
    assert len(rows) == 3
    (row,) = [row for row in rows if "Firefox · Windows" in row.text]
    button = row.select_one("form")
    assert button is not None
    assert client.post(str(button["action"])).status_code == 303
    assert client.post(str(button["action"])).status_code == 404
    assert there.get("/account").status_code == 303
    with write() as uow:
        secret = open_session(uow, make_staff(uow), now=clock.now())
        (others,) = sessions_of(uow.session, owner, clock.now())[:1]
    stranger = be(TestClient(client.app, follow_redirects=False), secret)
    assert stranger.post(f"/account/sessions/{others.id}/end").status_code == 404
    assert third.get("/account").status_code == client.get("/account").status_code == 200


def test_last_seen_is_written_at_most_every_five_minutes(
    client: TestClient, owner: int, clock: FrozenClock
) -> None:
    sign_in(client)
    for minutes, shown in ((4, "09:00"), (2, "09:06"), (3, "09:06"), (2, "09:11")):
        clock.advance(minutes=minutes)
        client.get("/account")
        rows = BeautifulSoup(client.get("/account").text, "html.parser").select("#sessions td")
        assert shown in rows[-2].text


def test_a_company_administrator_brings_in_a_colleague(client: TestClient, owner: int) -> None:
    sign_in(client)
    place = client.get("/people").headers["location"]
    form = {"email": "new@example.com", "name": "实验员丙", "role": "company_member"}
    answer = client.post(place, data={**form, "password": "a first password"})
    assert answer.headers["location"] == place
    assert "实验员丙" in client.get(place).text
    client.cookies.clear()
    assert sign_in(client, email="new@example.com", password="a first password") == 303


def test_a_company_administrator_cannot_make_staff_of_the_centre(
    client: TestClient, owner: int
) -> None:
    sign_in(client)
    form = {"email": "new@example.com", "name": "实验员丙", "role": "centre_admin"}
    assert client.post("/people", data=form).status_code == 403
    place = client.get("/people").headers["location"]
    assert client.post(place, data=form).status_code == 422


def test_nobody_manages_people_elsewhere(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        lab = make_lab(uow)
        mine, theirs = make_organisation(uow).key, make_organisation(uow).key
        stranger = make_member(uow, theirs, Role.COMPANY_ADMIN)
        secret = open_session(uow, make_member(uow, mine, Role.COMPANY_ADMIN), now=clock.now())
        (held,) = roles_of(uow.session, [stranger.id])
    be(client, secret)
    for place in (theirs, lab.organisation_id, 10**9):
        assert client.get(f"/organisations/{place}/members").status_code == 404
        form = {"email": "x@example.com", "name": "甲", "role": "company_member"}
        assert client.post(f"/organisations/{place}/members", data=form).status_code == 404
    assert client.post(f"/memberships/{held.membership_id}/revocation").status_code == 404


def test_the_centre_finds_people_and_adds_staff(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        be(client, open_session(uow, make_staff(uow), now=clock.now()))
    form = {"email": "money@example.com", "name": "财务甲", "role": "finance"}
    where = client.post("/people", data=form).headers["location"]
    found = client.get(where)
    assert "财务甲" in found.text
    assert "财务" in found.text


def test_a_page_shows_the_table_that_the_doors_ask(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        auditor = make_staff(uow, Role.AUDITOR)
        be(client, open_session(uow, auditor, now=clock.now()))
    page = BeautifulSoup(client.get("/roles").text, "html.parser")
    head, *rows = page.select("table tr")
    shown = {
        (row.select("th")[0].text, role.text)
        for row in rows
        for role, cell in zip(head.select("th")[1:], row.select("td"), strict=True)
        if "✓" in cell.text
    }
    asked = {
        (words(permission), words(role))
        for role, permissions in ROLE_PERMISSIONS.items()
        for permission in permissions
    }
    assert shown == asked
    assert words(Role.AUDITOR) in page.select("main p")[-1].text
