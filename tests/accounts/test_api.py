"""Tokens and oneself in JSON."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import PASSWORD, be, bearer, make_member, make_user, open_session
from tests.factories.organisations import make_lab, make_organisation
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
EMAIL = "lims@example.com"
WISH = {"email": EMAIL, "password": PASSWORD, "name": "LIMS"}


@pytest.fixture
def company(write: Write) -> int:
    with write() as uow:
        company = make_organisation(uow, name="示例芯测").key
        make_user(uow, Grant(Role.COMPANY_MEMBER, company), email=EMAIL)
        return company


def me(client: TestClient, token: str) -> dict[str, object]:
    answer = client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_a_password_is_exchanged_for_a_token(client: TestClient, company: int) -> None:
    answer = client.post("/api/v1/tokens", json=WISH)
    assert answer.status_code == 201
    assert set(answer.json()) == {"token", "expires_at"}
    assert answer.json()["expires_at"] == "2027-02-21T01:00:00Z"
    assert answer.headers["cache-control"] == "no-store"
    found = me(client, answer.json()["token"])
    assert found["email"] == EMAIL
    assert found["organisations"] == [
        {"id": company, "name": "示例芯测", "state": "verified", "roles": ["company_member"]}
    ]
    assert found["roles"] == [
        {
            "role": "company_member",
            "organisation_id": company,
            "organisation": "示例芯测",
            "lab_id": None,
            "lab": None,
        }
    ]


def test_scopes_limit_what_a_token_may(client: TestClient, company: int) -> None:
    scopes = ["reservation:read", "people:manage"]
    answer = client.post("/api/v1/tokens", json={**WISH, "scopes": scopes})
    token = answer.json()["token"]
    assert me(client, token)["permissions"] == ["reservation:read"]
    header = {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/organisations", headers=header).status_code == 403


def test_a_token_ends_after_ninety_days(
    client: TestClient, company: int, clock: FrozenClock
) -> None:
    token = client.post("/api/v1/tokens", json=WISH).json()["token"]
    clock.advance(days=89, hours=23)
    me(client, token)
    clock.advance(hours=1)
    header = {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/me", headers=header).status_code == 401


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"password": "wrong guess"}, 401, "sign_in.wrong_credentials"),
        ({"email": "nobody@example.com"}, 401, "sign_in.wrong_credentials"),
        ({"scopes": ["moon:land"]}, 422, "token.unknown_scope"),
        ({"name": ""}, 422, "form.invalid"),
        ({"extra": 1}, 422, "form.invalid"),
    ],
)
def test_a_refusal_names_its_reason(
    client: TestClient, company: int, change: dict[str, object], status: int, code: str
) -> None:
    answer = client.post("/api/v1/tokens", json={**WISH, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert PASSWORD not in answer.text


def test_a_failed_exchange_is_counted_and_recorded(
    client: TestClient, company: int, engine: Engine
) -> None:
    client.post("/api/v1/tokens", json={**WISH, "password": "wrong guess"})
    with engine.connect() as connection:
        trail = connection.execute(sa.text("SELECT name, changes FROM audit_entry")).all()
    assert "user.sign_in_failed" in [row[0] for row in trail]
    assert "wrong guess" not in str(trail)


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer ibk_made_up"},
        {"authorization": "Basic bGltczpkZW1v"},
        {"authorization": "Bearer " + "x" * 5000},
    ],
)
def test_nobody_in_particular_is_asked_to_sign_in(
    client: TestClient, header: dict[str, str]
) -> None:
    answer = client.get("/api/v1/me", headers=header)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_dead_token_is_not_saved_by_a_living_cookie(
    client: TestClient, company: int, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        be(client, open_session(uow, make_member(uow, company), now=clock.now()))
    assert client.get("/api/v1/me").status_code == 200
    header = {"authorization": "Bearer ibk_made_up"}
    assert client.get("/api/v1/me", headers=header).status_code == 401


def test_a_cookie_needs_our_own_origin_and_a_token_needs_none(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        company = make_organisation(uow).key
        admin = make_member(uow, company, Role.COMPANY_ADMIN)
        header = bearer(uow, admin, now=clock.now())
        secret = open_session(uow, admin, now=clock.now())
    address, body = f"/api/v1/organisations/{company}", {"name_en": "Renamed"}
    assert client.patch(address, json=body, headers=header).status_code == 200
    be(client, secret)
    foreign = {"origin": "https://evil.example"}
    assert client.patch(address, json=body, headers=foreign).status_code == 403
    ours = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert client.patch(address, json=body, headers=ours).status_code == 200


def test_one_statement_tells_who_is_there(
    client: TestClient, engine: Engine, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        lab, company = make_lab(uow), make_organisation(uow).key
        grants = (Grant(Role.COMPANY_MEMBER, company), Grant(Role.OPERATOR, lab_id=lab.key))
        be(client, open_session(uow, make_user(uow, *grants), now=clock.now()))
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    client.get("/sign-in")
    sa.event.remove(engine, "before_cursor_execute", note)
    assert len([text for text in asked if "SELECT" in text]) == 1


def test_no_secret_is_logged(
    client: TestClient, company: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        token = client.post("/api/v1/tokens", json=WISH).json()["token"]
        client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
        client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert token not in logged
    assert PASSWORD not in logged
