"""The second factor over HTTP: two steps, set up, switched off."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.web.sessions import COOKIE, HALFWAY
from tests.factories.accounts import (
    PASSWORD,
    code_at,
    make_user,
)
from tests.factories.two_steps import EMAIL, first_step, set_up, text_of
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


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
