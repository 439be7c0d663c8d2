"""Who must have a second factor, what it asks of programs, and what ends sessions."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from starlette.testclient import TestClient

from booking.access.actor import HOUSE, Grant
from booking.access.roles import Role
from booking.accounts.actions.grant_role import grant_role, revoke_role
from booking.accounts.queries.people import roles_of
from booking.db.transactions import UnitOfWork
from booking.web.sessions import COOKIE
from tests.factories.accounts import (
    PASSWORD,
    bearer,
    code_at,
    make_staff,
    make_user,
    set_second_factor,
)
from tests.factories.organisations import make_organisation
from tests.factories.two_steps import EMAIL, first_step, set_up
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


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
