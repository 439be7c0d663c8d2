"""Every trick on the way to a provider and back is refused, and nothing secret left behind."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from booking.accounts.models import IdentityLink, LoginSession
from booking.db.transactions import UnitOfWork
from booking.web.sessions import HANDSHAKE
from tests.factories.provider import centre, come_back, go, leave, refused
from tests.support.clock import FrozenClock
from tests.support.identity_provider import (
    CLIENT,
    OTHER_KEY,
    SECRET,
    IdentityProvider,
)

Write = Callable[[], AbstractContextManager[UnitOfWork]]


def test_a_tampered_state_is_refused(client: TestClient, finance: int) -> None:
    for spoil in (lambda a: a.replace("state=", "state=x"), lambda a: a.split("&state=")[0]):
        answer = come_back(client, spoil(leave(client)))
        assert refused(client, answer)
        assert "统一身份认证没有成功" in answer.text


def test_a_code_brought_to_another_browser_is_refused(client: TestClient, finance: int) -> None:
    address = leave(client)
    other = TestClient(client.app, follow_redirects=False)
    assert refused(other, come_back(other, address))
    leave(other)
    assert refused(other, come_back(other, address))


def test_a_handshake_of_another_hand_is_refused(client: TestClient, finance: int) -> None:
    address = leave(client)
    client.cookies.set(HANDSHAKE, "gAAAAA-made-up", domain="testserver.local", path="/sign-in")
    for made_up in (address, "/sign-in/provider/callback?code=x&state=%00"):
        assert refused(client, come_back(client, made_up))


def test_a_handshake_ends_after_ten_minutes(
    client: TestClient, finance: int, clock: FrozenClock
) -> None:
    address = leave(client)
    clock.advance(minutes=11)
    assert refused(client, come_back(client, address))


def test_a_replayed_code_is_refused(client: TestClient, finance: int) -> None:
    address = leave(client)
    kept = client.cookies.get(HANDSHAKE)
    assert come_back(client, address).status_code == 303
    client.cookies.clear()
    assert refused(client, come_back(client, address))
    client.cookies.set(HANDSHAKE, kept or "", domain="testserver.local", path="/sign-in")
    assert refused(client, come_back(client, address))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["another-client"], "azp": CLIENT},
        {"aud": [CLIENT, "another-client"]},
        {"iss": "https://another.example"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": "s" * 256},
        {"at_hash": "of another token"},
        {"amr": "mfa"},
    ],
)
def test_a_token_in_which_anything_is_wrong_is_refused(
    client: TestClient, finance: int, provider: IdentityProvider, spoilt: dict[str, object]
) -> None:
    provider.claims |= spoilt
    assert refused(client, go(client))


def test_a_token_expires_at_our_clock(
    client: TestClient, finance: int, provider: IdentityProvider, clock: FrozenClock
) -> None:
    now = int(clock.now().timestamp())
    provider.claims["exp"] = now - 61
    assert refused(client, go(client))
    provider.claims["exp"] = now + 1
    assert go(client).status_code == 303


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_signature_that_others_could_make_is_refused(
    client: TestClient, finance: int, provider: IdentityProvider, algorithm: str
) -> None:
    provider.algorithm = algorithm
    assert refused(client, go(client))


def test_a_token_signed_with_another_key_is_refused(
    client: TestClient, finance: int, provider: IdentityProvider
) -> None:
    provider.key = OTHER_KEY
    assert refused(client, go(client))


def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    client: TestClient, finance: int, provider: IdentityProvider
) -> None:
    provider.metadata["issuer"] = "https://another.example"
    assert client.get("/sign-in/provider").status_code == 401
    del provider.metadata["issuer"]
    assert go(client).status_code == 303


def test_a_no_of_the_provider_is_told(client: TestClient, finance: int) -> None:
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    back = f"/sign-in/provider/callback?error=access_denied&state={state}"
    assert refused(client, come_back(client, back))


def test_a_provider_that_does_not_answer_is_said_to_be_away(
    engine: Engine, clock: FrozenClock, provider: IdentityProvider, finance: int
) -> None:
    nowhere = IdentityProvider(clock, address="http://127.0.0.1:9")
    for client in centre(engine, clock, nowhere):
        answer = client.get("/sign-in/provider")
        assert (answer.status_code, "暂时无法连接" in answer.text) == (503, True)


def test_nothing_secret_is_logged_or_kept(
    client: TestClient,
    finance: int,
    provider: IdentityProvider,
    write: Write,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("authlib").setLevel(logging.INFO)
        address = leave(client)
        handshake = client.cookies.get(HANDSHAKE) or ""
        answer = come_back(client, address)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert len(provider.secrets_told) == 3
    for secret in (*provider.secrets_told, SECRET):
        assert secret not in logged
        assert secret not in handshake
        assert secret not in answer.headers["location"]
    with write() as uow:
        rows = [
            row.model_dump()
            for table in (IdentityLink, LoginSession)
            for row in uow.session.exec(select(table)).all()
        ]
    assert not any(secret in str(rows) for secret in provider.secrets_told)
