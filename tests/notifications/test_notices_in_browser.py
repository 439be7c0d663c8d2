"""The pages of notices in Chromium: the bell, axe, both languages, a telephone's width."""

import pytest
from playwright.sync_api import Page, expect

from booking.web.sessions import COOKIE
from tests.factories.accounts import open_session
from tests.factories.door import Write
from tests.factories.reservations import make_reservation, make_scene
from tests.support.axe import serious_faults
from tests.support.clock import FrozenClock

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def place(page: Page, live_server: str, write: Write, clock: FrozenClock) -> str:
    """The list of somebody who keeps a lab and is asked for time."""
    with write() as uow:
        scene = make_scene(uow, policy={"approval": "always"})
        make_reservation(uow, scene, now=clock.now())
        secret = open_session(uow, scene.manager, now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return live_server


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_fit_and_are_accessible(page: Page, place: str, lang: str, size: str) -> None:
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]  # width and height
    for path in ("/notices", "/account/notices"):
        page.goto(f"{place}{path}?lang={lang}")
        assert serious_faults(page) == [], path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size]["width"], path


def test_the_bell_counts_until_the_notice_is_opened(page: Page, place: str) -> None:
    page.set_viewport_size(SIZES["desktop"])  # type: ignore[arg-type]  # width and height
    page.goto(f"{place}/instruments")
    bell = page.locator(".site-user .bell:visible")
    expect(bell.locator(".badge")).to_contain_text("1")
    bell.click()
    page.locator("main td form button").first.click()
    expect(page).to_have_url(f"{place}/approvals")
    expect(page.locator(".site-user .bell:visible")).to_be_visible()
    expect(page.locator(".site-user .bell:visible .badge")).to_have_count(0)
