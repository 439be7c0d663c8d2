"""Signing in through the pages in two steps, and setting up the second."""

from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from tests.factories.accounts import (
    PASSWORD,
    code_at,
)
from tests.support.clock import FrozenClock

EMAIL = "finance@example.com"


def first_step(client: TestClient, **form: str) -> str:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, **form})
    assert answer.status_code == 303
    return answer.headers["location"]


def text_of(html: str, selector: str) -> list[str]:
    return [found.text for found in BeautifulSoup(html, "html.parser").select(selector)]


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
