"""Signing in by a provider: the way, who is let in, and whose second factor counts."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from booking.accounts.models import IdentityLink, User
from booking.app import create_app
from booking.db.transactions import UnitOfWork
from booking.web.sessions import COOKIE, HALFWAY, HANDSHAKE
from tests.factories.accounts import PASSWORD, code_at, set_second_factor, shut
from tests.factories.provider import EMAIL, centre, come_back, go, leave, refused
from tests.support import serving
from tests.support.clock import FrozenClock
from tests.support.identity_provider import (
    IdentityProvider,
)

Write = Callable[[], AbstractContextManager[UnitOfWork]]


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


def test_an_account_that_somebody_else_made_opens_to_its_maker_no_more(
    client: TestClient, finance: int, provider: IdentityProvider
) -> None:
    """Whoever made it in advance, under another's address, knew its password."""
    told = {"email": EMAIL, "password": PASSWORD}
    maker = TestClient(client.app, follow_redirects=False)
    assert maker.post("/sign-in", data=told).status_code == 303
    go(client)
    assert maker.get("/account").status_code == 303
    assert maker.post("/sign-in", data=told).status_code == 401
    assert client.get("/charges").status_code == 200


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
        shut(uow, finance)
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
