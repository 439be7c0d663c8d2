"""A person at a browser, who looks at every page that is passed."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from booking.access.actor import Actor
from booking.web.languages import COOKIE as LANGUAGE
from booking.web.sessions import COOKIE
from tests.conftest import Write
from tests.factories.accounts import PASSWORD, open_session
from tests.support import axe
from tests.support.clock import FrozenClock

_PICTURES = Path(__file__).resolve().parents[2] / ".pictures"
# Each database, each language and each screen once: journeys are long.
ONE_EACH = pytest.mark.parametrize(
    ("backend", "street"),
    [("sqlite", ("zh-CN", 1280)), ("postgresql", ("en", 390))],
    indirect=True,
    ids=["zh-desk", "en-phone"],
)


class Person:
    """Somebody with a browser of their own, a language and a screen."""

    def __init__(self, browser: Browser, address: str, *, language: str, width: int) -> None:
        self.address = address
        self._label = f"{language[:2]}-{width}"
        self.context: BrowserContext = browser.new_context(
            locale=language, viewport={"width": width, "height": 900}, accept_downloads=True
        )
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.spoken: list[str] = []
        self.page.on("console", lambda message: self.spoken.append(message.text))

    def sign_in(self, email: str) -> None:
        self.open("/sign-in")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}", wait_until="networkidle")

    def look(self, name: str) -> None:
        """Nothing on the page keeps people out, nothing is cut off; a picture is kept."""
        self.page.wait_for_load_state("networkidle")
        _PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(
            path=_PICTURES / f"{name}-{self._label}.png", full_page=True, caret="initial"
        )
        assert axe.serious_faults(self.page) == [], name
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        refused = [text for text in self.spoken if "Content Security Policy" in text]
        assert not refused, f"{name}: {refused}"

    def press(self, action: str) -> None:
        """Press the button of the form that posts to an address ending like this."""
        self._button(action).click()
        self.page.wait_for_load_state("networkidle")

    def follow(self, place: str | Locator) -> None:
        """Click what leads to another page, and be there."""
        found = self.page.locator(place) if isinstance(place, str) else place
        with self.page.expect_navigation():
            found.first.click()
        self.page.wait_for_load_state("networkidle")

    def confirm(self, deed: str, *, reason: str = "") -> None:
        """Unfold what says what follows from a deed (a selector in its form), then do it."""
        fold = self.page.locator(f"details.confirm:has({deed})").first
        fold.locator("summary").click()
        if reason:
            fold.locator("input[name=reason]").fill(reason)
        self.follow(fold.locator("button[type=submit]"))

    def _button(self, action: str) -> Locator:
        forms = self.page.locator(f"form[action$='{action}']")
        return forms.locator("button:visible").first

    def leave(self) -> None:
        self.context.close()


@dataclass(frozen=True)
class Street:
    """Where people come from: a browser each, one language, one screen."""

    browser: Browser
    address: str
    language: str
    width: int

    def person(self, email: str) -> Person:
        made = Person(self.browser, self.address, language=self.language, width=self.width)
        made.sign_in(email)
        return made

    def visitor(self) -> Person:
        """Somebody without an account."""
        return Person(self.browser, self.address, language=self.language, width=self.width)


def sit_down(street: Street, write: Write, actor: Actor, clock: FrozenClock) -> Person:
    """Signed in already, reading the language of the street; several browsers may be slow."""
    with write() as uow:
        secret = open_session(uow, actor, now=clock.now())
    person = street.visitor()
    carried = {COOKIE: secret, LANGUAGE: street.language[:2]}
    person.context.add_cookies(
        [{"name": name, "value": value, "url": street.address} for name, value in carried.items()]
    )
    person.context.set_default_timeout(40_000)
    return person


def number_in(text: str) -> str:
    """The first reservation number in a text."""
    found = re.search(r"R\d{6}-[0-9A-Z]{7}", text)
    assert found, text
    return found[0]
