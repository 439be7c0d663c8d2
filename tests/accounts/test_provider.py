"""Signing in by a provider, against one that runs beside: the whole way, and every trick on it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from httpx2 import Response
from pydantic import SecretStr
from sqlalchemy.engine import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.accounts.models import IdentityLink, LoginSession, User
from booking.accounts.queries.people import user_for_update
from booking.app import create_app
from booking.db.transactions import UnitOfWork
from booking.web.sessions import COOKIE, HALFWAY, HANDSHAKE
from tests.factories.accounts import code_at, make_user, set_second_factor
from tests.support import serving
from tests.support.clock import FrozenClock
from tests.support.identity_provider import (
    CLIENT,
    OTHER_KEY,
    SECRET,
    IdentityProvider,
    identity_provider,
)
from tests.support.templates import remember_pages

Write = Callable[[], AbstractContextManager[UnitOfWork]]
EMAIL = "finance@example.com"


@pytest.fixture
def provider(clock: FrozenClock) -> Iterator[IdentityProvider]:
    with identity_provider(clock) as made:
        made.knows(EMAIL)
        yield made


@pytest.fixture
def client(engine: Engine, clock: FrozenClock, provider: IdentityProvider) -> Iterator[TestClient]:
    """A centre with that provider."""
    yield from centre(engine, clock, provider)


def centre(
    engine: Engine, clock: FrozenClock, provider: IdentityProvider, **more: Any
) -> Iterator[TestClient]:
    settings = serving.test_settings(str(engine.url)).model_copy(
        update={
            "oidc_issuer": provider.address,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
            "oidc_label": "示例园区统一认证",
            **more,
        }
    )
    app = remember_pages(create_app(settings, engine=engine, clock=clock))
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def finance(write: Write) -> int:
    with write() as uow:
        return make_user(uow, Grant(Role.FINANCE), email=EMAIL).key


def leave(client: TestClient, target: str = "/charges") -> str:
    """To the provider, who agrees: the address it sends the browser back to."""
    led = client.get("/sign-in/provider", params={"next": target})
    assert led.status_code == 303, led.text
    return httpx.get(led.headers["location"]).headers["location"]


def come_back(client: TestClient, address: str) -> Response:
    """What the browser does with that address."""
    there = urlsplit(address)
    return client.get(f"{there.path}?{there.query}")


def go(client: TestClient) -> Response:
    return come_back(client, leave(client))


def refused(client: TestClient, answer: Response) -> bool:
    """No session, no half of one, and an answer that says so."""
    inside = COOKIE in client.cookies or HALFWAY in client.cookies
    return answer.status_code in {401, 403, 503} and not inside


# ── the way ──────────────────────────────────────────────────────────────────────────────────────


def test_a_known_address_leads_to_where_one_wanted_to_go(
    client: TestClient, finance: int, provider: IdentityProvider, write: Write
) -> None:
    page = client.get("/sign-in?next=/charges")
    assert "示例园区统一认证" in page.text
    answer = go(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/charges")
    assert client.get("/charges").status_code == 200
    assert HANDSHAKE not in client.cookies
    with write() as uow:
        link = uow.session.exec(select(IdentityLink)).one()
    assert (link.issuer, link.subject, link.user_id) == (provider.address, "s-1", finance)


def test_it_is_asked_with_pkce_state_nonce_and_our_own_address(
    client: TestClient, finance: int, provider: IdentityProvider
) -> None:
    go(client)
    (asked,) = provider.asked
    assert asked["redirect_uri"] == "http://testserver/sign-in/provider/callback"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "email"}
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20


def test_the_identity_counts_even_when_the_address_changed(
    client: TestClient, finance: int, provider: IdentityProvider
) -> None:
    go(client)
    client.cookies.clear()
    provider.knows("renamed@example.com", verified=False)
    assert go(client).status_code == 303
    assert client.get("/charges").status_code == 200


def test_an_address_told_apart_from_the_token_counts_too(
    client: TestClient, finance: int, provider: IdentityProvider
) -> None:
    provider.metadata["userinfo_endpoint"] = f"{provider.address}/userinfo"
    provider.claims = {"sub": "s-1"}
    provider.userinfo = {"sub": "s-1", "email": EMAIL, "email_verified": True}
    assert go(client).status_code == 303
    client.cookies.clear()
    provider.claims, provider.userinfo["sub"] = {"sub": "s-2"}, "s-1"
    assert refused(client, go(client))


def test_without_a_provider_there_is_no_button_and_no_door(
    engine: Engine, clock: FrozenClock
) -> None:
    settings = serving.test_settings(str(engine.url))
    with TestClient(create_app(settings, engine=engine, clock=clock)) as plain:
        assert "/sign-in/provider" not in plain.get("/sign-in").text
        assert plain.get("/sign-in/provider").status_code == 404
        assert plain.get("/sign-in/provider/callback?code=x&state=y").status_code == 404


def test_the_way_on_stays_on_this_site(client: TestClient, finance: int) -> None:
    answer = come_back(client, leave(client, "//evil.example"))
    assert answer.headers["location"] == "/"


def test_the_session_the_browser_had_ends(client: TestClient, finance: int) -> None:
    go(client)
    first = client.cookies.get(COOKIE)
    go(client)
    assert client.cookies.get(COOKIE) != first
    client.cookies.set(COOKIE, first or "", domain="testserver.local")
    assert client.get("/account").status_code == 303


# ── who is let in ────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_person_is_told_what_to_do_and_gets_no_account(
    client: TestClient, finance: int, provider: IdentityProvider, write: Write
) -> None:
    provider.knows("stranger@example.com")
    answer = go(client)
    assert refused(client, answer)
    assert answer.status_code == 403
    assert "stranger@example.com" in answer.text
    assert "怎么办" in answer.text
    with write() as uow:
        assert [user.email for user in uow.session.exec(select(User)).all()] == [EMAIL]
        assert uow.session.exec(select(IdentityLink)).all() == []


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_vouched_for_opens_no_account(
    client: TestClient, finance: int, provider: IdentityProvider, write: Write, verified: object
) -> None:
    provider.knows(EMAIL, verified=verified)
    assert refused(client, go(client))
    with write() as uow:
        assert uow.session.exec(select(IdentityLink)).all() == []


@pytest.mark.parametrize(
    "email", ["ﬁnance@example.com", "finance@example。com", "ｆinance@example.com"]
)
def test_an_address_that_only_looks_the_same_opens_no_account(
    client: TestClient, finance: int, provider: IdentityProvider, email: str
) -> None:
    provider.knows(email)
    assert refused(client, go(client))


def test_an_account_does_not_change_hands_with_its_address(
    client: TestClient, finance: int, provider: IdentityProvider
) -> None:
    go(client)
    client.cookies.clear()
    provider.knows(EMAIL, subject="s-2")
    answer = go(client)
    assert refused(client, answer)
    assert "另一个统一身份" in answer.text


def test_a_closed_account_stays_closed(
    client: TestClient, finance: int, provider: IdentityProvider, write: Write
) -> None:
    go(client)
    client.cookies.clear()
    with write() as uow:
        user_for_update(uow.session, finance).active = False
    assert refused(client, go(client))
    provider.knows(EMAIL, subject="s-2")
    assert refused(client, go(client))


def test_an_unlinked_identity_needs_the_address_again(
    client: TestClient, finance: int, provider: IdentityProvider
) -> None:
    go(client)
    page = client.get("/account")
    assert provider.address in page.text
    removal = page.text.split('action="/account/identities/')[1].split('"')[0]
    assert client.post(f"/account/identities/{removal}").status_code == 303
    assert client.post(f"/account/identities/{removal}").status_code == 404
    client.cookies.clear()
    provider.knows("renamed@example.com")
    assert refused(client, go(client))


# ── the second factor ────────────────────────────────────────────────────────────────────────────


def test_our_second_factor_is_asked_when_the_provider_proved_one(
    client: TestClient, finance: int, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        key, _ = set_second_factor(uow, finance)
    answer = go(client)
    assert answer.headers["location"] == "/sign-in/code?next=%2Fcharges"
    assert COOKIE not in client.cookies
    assert client.post("/sign-in/code", data={"otp": code_at(key, clock.now())}).status_code == 303
    assert client.get("/charges").status_code == 200


@pytest.mark.parametrize(
    ("said", "enough"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "urn:example:two"}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["otp"]}, False),
        ({"acr": "1"}, False),
        ({"amr": "mfa"}, None),
    ],
)
def test_the_providers_own_counts_only_when_it_says_so(
    engine: Engine,
    clock: FrozenClock,
    provider: IdentityProvider,
    finance: int,
    write: Write,
    said: dict[str, object],
    enough: bool | None,
) -> None:
    with write() as uow:
        set_second_factor(uow, finance)
    provider.claims |= said
    for client in centre(engine, clock, provider, oidc_strong_acr="urn:example:two"):
        go(client)
        assert (COOKIE in client.cookies, HALFWAY in client.cookies) == (
            (enough, not enough) if enough is not None else (False, False)
        )


@pytest.mark.parametrize(
    ("said", "led"), [({}, "/account/second-factor"), ({"amr": ["mfa"]}, None)]
)
def test_a_required_second_factor_may_be_the_providers(
    engine: Engine,
    clock: FrozenClock,
    provider: IdentityProvider,
    finance: int,
    said: dict[str, object],
    led: str | None,
) -> None:
    provider.claims |= said
    for client in centre(engine, clock, provider, require_second_factor=True):
        go(client)
        assert client.get("/charges").headers.get("location") == led


# ── tricks ───────────────────────────────────────────────────────────────────────────────────────


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
