"""A centre with a provider beside it, and the way there and back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
from httpx2 import Response
from pydantic import SecretStr
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.app import create_app
from booking.web.sessions import COOKIE, HALFWAY
from tests.support import serving
from tests.support.clock import FrozenClock
from tests.support.identity_provider import (
    CLIENT,
    SECRET,
    IdentityProvider,
)
from tests.support.templates import remember_pages

EMAIL = "finance@example.com"


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
