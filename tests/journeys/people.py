"""A person at a browser, who looks at every page that is passed."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.factories.accounts import PASSWORD
from tests.support import axe

_PICTURES = Path(__file__).resolve().parents[2] / ".pictures"


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


def number_in(text: str) -> str:
    """The first reservation number in a text."""
    found = re.search(r"R\d{6}-[0-9A-Z]{7}", text)
    assert found, text
    return found[0]
