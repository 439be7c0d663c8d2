"""The second factor over HTTP: two steps, set-up, who must have one, and programs."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.access.actor import HOUSE, Grant
from booking.access.roles import Role
from booking.accounts.actions.grant_role import grant_role, revoke_role
from booking.accounts.queries.people import roles_of
from booking.app import create_app
from booking.db.transactions import UnitOfWork
from booking.web.sessions import COOKIE, HALFWAY
from tests.factories.accounts import (
    PASSWORD,
    bearer,
    code_at,
    make_staff,
    make_user,
    set_second_factor,
)
from tests.factories.organisations import make_organisation
from tests.support import serving
from tests.support.clock import FrozenClock
from tests.support.templates import remember_pages

Write = Callable[[], AbstractContextManager[UnitOfWork]]
EMAIL = "finance@example.com"


@pytest.fixture
def finance(write: Write) -> int:
    with write() as uow:
        return make_user(uow, Grant(Role.FINANCE), email=EMAIL).key


@pytest.fixture
def telephone(write: Write, finance: int) -> str:
    with write() as uow:
        return set_second_factor(uow, finance)[0]


@pytest.fixture
def strict(engine: Engine, clock: FrozenClock) -> Iterator[TestClient]:
    """A centre that requires a second factor of its staff."""
    settings = serving.test_settings(str(engine.url))
    settings = settings.model_copy(update={"require_second_factor": True})
    app = remember_pages(create_app(settings, engine=engine, clock=clock))
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


def first_step(client: TestClient, **form: str) -> str:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, **form})
    assert answer.status_code == 303
    return answer.headers["location"]


def text_of(html: str, selector: str) -> list[str]:
    return [found.text for found in BeautifulSoup(html, "html.parser").select(selector)]


# ── two steps ────────────────────────────────────────────────────────────────────────────────────


def test_two_steps_lead_to_where_one_wanted_to_go(
    client: TestClient, telephone: str, clock: FrozenClock
) -> None:
    assert first_step(client, next="/charges?x=1") == "/sign-in/code?next=%2Fcharges%3Fx%3D1"
    assert COOKIE not in client.cookies
    assert client.get("/charges").headers["location"].startswith("/sign-in")
    page = client.get("/sign-in/code?next=/charges")
    assert 'value="/charges"' in page.text
    wrong = client.post("/sign-in/code", data={"otp": "000000", "next": "/charges"})
    assert (wrong.status_code, "验证码不对" in wrong.text) == (401, True)
    told = {"otp": code_at(telephone, clock.now()), "next": "/charges"}
    answer = client.post("/sign-in/code", data=told)
    assert (answer.status_code, answer.headers["location"]) == (303, "/charges")
    assert client.get("/charges").status_code == 200
    assert HALFWAY not in client.cookies


def test_the_cookie_of_the_first_step_is_for_the_second_only(
    client: TestClient, telephone: str
) -> None:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{HALFWAY}=")
    for word in ("httponly", "samesite=lax", "path=/sign-in;", "max-age=300"):
        assert word in cookie + ";"


def test_a_code_without_a_first_step_leads_back(client: TestClient, telephone: str) -> None:
    assert client.get("/sign-in/code").headers["location"] == "/sign-in"
    answer = client.post("/sign-in/code", data={"otp": "000000"})
    assert (answer.status_code, "请重新登录" in answer.text) == (401, True)


def test_a_code_from_elsewhere_leads_nowhere_else(
    client: TestClient, telephone: str, clock: FrozenClock
) -> None:
    first_step(client)
    told = {"otp": code_at(telephone, clock.now()), "next": "//evil.example"}
    assert client.post("/sign-in/code", data=told).headers["location"] == "/"


def test_neither_code_nor_key_is_logged(
    client: TestClient, telephone: str, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    code = code_at(telephone, clock.now())
    with caplog.at_level(logging.DEBUG):
        first_step(client)
        half = client.cookies.get(HALFWAY) or "no cookie"
        client.post("/sign-in/code", data={"otp": code})
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert telephone not in logged
    assert f"'{code}'" not in logged
    assert half not in logged


# ── setting up ───────────────────────────────────────────────────────────────────────────────────


def set_up(client: TestClient, clock: FrozenClock) -> list[str]:
    """Go through the pages; answer the recovery codes."""
    begun = client.post("/account/second-factor", data={"current_password": PASSWORD})
    assert begun.status_code == 201
    (shown,) = text_of(begun.text, "code.secret")
    key = shown.replace(" ", "")
    assert key in begun.text.replace(" ", "")
    assert BeautifulSoup(begun.text, "html.parser").select_one("svg.qr path") is not None
    told = {"otp": code_at(key, clock.now())}
    done = client.post("/account/second-factor/confirmation", data=told)
    assert done.status_code == 201
    return text_of(done.text, ".codes code")


def test_one_sets_it_up_and_keeps_the_paper(
    client: TestClient, finance: int, clock: FrozenClock
) -> None:
    first_step(client)
    assert client.get("/account/second-factor").status_code == 200
    codes = set_up(client, clock)
    assert len(codes) == 10
    later = client.get("/account/second-factor")
    assert later.headers["cache-control"] == "private, no-store"
    assert codes[0] not in later.text
    assert "剩余恢复码" in client.get("/account").text
    client.cookies.clear()
    assert first_step(client) == "/sign-in/code"
    assert client.post("/sign-in/code", data={"otp": codes[0]}).status_code == 303


def test_a_wrong_password_or_code_shows_no_key(client: TestClient, finance: int) -> None:
    first_step(client)
    wrong = client.post("/account/second-factor", data={"current_password": "wrong guess"})
    assert (wrong.status_code, text_of(wrong.text, "code.secret")) == (401, [])
    client.post("/account/second-factor", data={"current_password": PASSWORD})
    wrong = client.post("/account/second-factor/confirmation", data={"otp": "000000"})
    assert (wrong.status_code, text_of(wrong.text, "code.secret")) == (401, [])


def test_switching_off_and_new_codes_ask_for_both(
    client: TestClient, telephone: str, clock: FrozenClock
) -> None:
    first_step(client)
    client.post("/sign-in/code", data={"otp": code_at(telephone, clock.now())})
    for deed in ("recovery-codes", "removal"):
        address = f"/account/second-factor/{deed}"
        assert client.post(address, data={"current_password": PASSWORD}).status_code == 422
        wrong = {"current_password": PASSWORD, "otp": "000000"}
        assert client.post(address, data=wrong).status_code == 401
    clock.advance(seconds=30)
    told = {"current_password": PASSWORD, "otp": code_at(telephone, clock.now())}
    renewed = client.post("/account/second-factor/recovery-codes", data=told)
    assert len(text_of(renewed.text, ".codes code")) == 10
    clock.advance(seconds=30)
    told["otp"] = code_at(telephone, clock.now())
    assert client.post("/account/second-factor/removal", data=told).status_code == 303
    client.cookies.clear()
    assert first_step(client) == "/"


def test_an_administrator_removes_it_from_the_list_of_people(
    client: TestClient, telephone: str, finance: int, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        make_user(uow, Grant(Role.CENTRE_ADMIN), email="admin@example.com")
    first_step(client, email="admin@example.com")
    address = f"/people/{finance}/second-factor/removal"
    assert address in client.get("/people").text
    assert client.post(address, data={}).status_code == 422
    assert client.post(address, data={"reason": "手机丢失"}).status_code == 303
    assert address not in client.get("/people").text
    client.cookies.clear()
    assert first_step(client) == "/"


# ── where it is required ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CENTRE_ADMIN])
def test_staff_without_one_set_it_up_before_anything_else(
    strict: TestClient, write: Write, clock: FrozenClock, role: Role
) -> None:
    with write() as uow:
        make_user(uow, Grant(role), email=EMAIL)
    first_step(strict)
    for path in ("/account", "/people", "/audit", "/reservations"):
        assert strict.get(path).headers["location"] == "/account/second-factor", path
    answer = strict.post("/account/password", data={})
    assert answer.headers["location"] == "/account/second-factor"
    refused = strict.get("/api/v1/audit")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor.required")
    assert "您的角色必须使用两步验证" in strict.get("/account/second-factor").text
    set_up(strict, clock)
    assert strict.get("/audit").status_code == 200


def test_who_is_held_back_sees_what_a_visitor_sees(strict: TestClient, finance: int) -> None:
    first_step(strict)
    home = strict.get("/")
    assert home.status_code == 200
    assert "/audit" not in home.text
    assert strict.post("/sign-out").headers["location"] == "/sign-in"


def test_others_are_not_held_back(strict: TestClient, write: Write) -> None:
    with write() as uow:
        company = make_organisation(uow).key
        make_user(uow, Grant(Role.COMPANY_ADMIN, company), email="boss@example.com")
        make_user(uow, Grant(Role.AUDITOR), email="auditor@example.com")
    for email in ("boss@example.com", "auditor@example.com"):
        strict.cookies.clear()
        first_step(strict, email=email)
        assert strict.get("/account").status_code == 200


def test_a_token_made_before_opens_nothing_either(
    strict: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        admin = make_staff(uow)
        header = bearer(uow, admin, now=clock.now())
    assert strict.get("/api/v1/audit", headers=header).status_code == 403
    with write() as uow:
        set_second_factor(uow, admin.id)
    assert strict.get("/api/v1/audit", headers=header).status_code == 200


def test_no_token_is_made_for_staff_without_one(strict: TestClient, finance: int) -> None:
    wish = {"email": EMAIL, "password": PASSWORD, "name": "LIMS"}
    answer = strict.post("/api/v1/tokens", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor.required")


# ── programs ─────────────────────────────────────────────────────────────────────────────────────


def test_a_token_needs_the_code_where_one_is_set(
    client: TestClient, telephone: str, clock: FrozenClock
) -> None:
    wish = {"email": EMAIL, "password": PASSWORD, "name": "LIMS"}
    code = code_at(telephone, clock.now())
    for told, status, refusal in (
        ({}, 401, "sign_in.second_factor_needed"),
        ({"otp": "000000"}, 401, "sign_in.wrong_code"),
        ({"otp": ""}, 422, "form.invalid"),
        ({"otp": code, "password": "wrong guess"}, 401, "sign_in.wrong_credentials"),
        ({"otp": code}, 201, None),
        ({"otp": code}, 401, "sign_in.wrong_code"),
    ):
        answer = client.post("/api/v1/tokens", json={**wish, **told})
        assert (answer.status_code, answer.json().get("code")) == (status, refusal), told


def test_a_code_that_nobody_asked_for_does_no_harm(client: TestClient, finance: int) -> None:
    wish = {"email": EMAIL, "password": PASSWORD, "name": "LIMS", "otp": "000000"}
    assert client.post("/api/v1/tokens", json=wish).status_code == 201


# ── what ends sessions ───────────────────────────────────────────────────────────────────────────


def test_a_changed_role_ends_the_sessions_and_says_why(
    client: TestClient, finance: int, write: Write, clock: FrozenClock
) -> None:
    for change in ("granted", "revoked"):
        client.cookies.clear()
        first_step(client)
        old = client.cookies.get(COOKIE)
        with write() as uow:
            if change == "granted":
                grant_role(uow, finance, Grant(Role.AUDITOR), actor=HOUSE, now=clock.now())
            else:
                held = [row for row in roles_of(uow.session, [finance]) if row.role is Role.AUDITOR]
                revoke_role(uow, held[0].membership_id, actor=HOUSE, now=clock.now())
        led = client.get("/charges").headers["location"]
        assert led == "/sign-in?next=%2Fcharges", change
        assert "您的角色有变动" in client.get(led).text
        first_step(client)
        assert client.cookies.get(COOKIE) != old
