"""The booking panel in Chromium, over a line that is slow: what was typed stays."""

import re

import pytest
from playwright.sync_api import Page, Route

from booking.web.sessions import COOKIE
from tests.factories.accounts import open_session
from tests.factories.reservations import make_reservation, make_scene
from tests.support import axe, eye


@pytest.fixture
def panel(write, clock, page, live_server):
    """A member at the page of an instrument whose Tuesday noon is taken."""
    with write() as uow:
        scene = make_scene(uow)
        make_reservation(uow, scene, now=clock.now())
        secret = open_session(uow, scene.member, now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    page.goto(f"{live_server}/instruments/{scene.instrument.key}")
    page.wait_for_selector("#booking-form")
    return page


def choose_what_is_taken(page: Page) -> None:
    page.fill("#starts_at", "2026-11-24T12:00")
    page.fill("#ends_at", "2026-11-24T14:00")
    page.press("#ends_at", "Tab")


def test_what_is_typed_while_a_preview_is_under_way_stays(panel, backend):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    preview = re.compile(r"/booking\?.*starts_at=2026-11-24T12.*ends_at=2026-11-24T14")
    panel.route(preview, hold)
    with panel.expect_request(preview):
        choose_what_is_taken(panel)
    panel.locator("#purpose").press_sequentially("断口形貌")
    held.pop().continue_()
    panel.wait_for_selector("#verdict .chip")
    assert panel.input_value("#purpose") == "断口形貌"
    assert panel.evaluate("document.activeElement.id") == "purpose"


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_another_time_is_taken_with_all_that_was_typed(panel, backend, language, size):
    panel.set_viewport_size(size)
    panel.goto(f"{panel.url}?lang={language}")
    panel.wait_for_selector("#booking-form")
    choose_what_is_taken(panel)
    panel.fill("#samples", "3")
    panel.fill("#purpose", "断口形貌")
    panel.wait_for_selector("#verdict .chip")
    eye.keep(panel, f"panel-taken-{language}-{size['width']}")
    panel.locator("#verdict .chip").first.click()
    panel.wait_for_url("**/instruments/*start=*")
    panel.wait_for_selector("#verdict dl.sums")
    assert panel.input_value("#purpose") == "断口形貌"
    assert panel.input_value("#samples") == "3"
    assert panel.input_value("#starts_at") == "2026-11-24T10:00"
    assert panel.locator(".slot.selected").count() == 1
    eye.keep(panel, f"panel-{language}-{size['width']}")
    assert axe.serious_faults(panel) == []
    assert not eye.too_wide(panel)


def test_enter_books_although_other_times_are_offered(panel, backend):
    choose_what_is_taken(panel)
    panel.fill("#purpose", "断口形貌")
    panel.wait_for_selector("#verdict .chip")
    panel.press("#purpose", "Enter")
    panel.locator("#problems button[name=span]").first.click()
    panel.wait_for_url("**/instruments/*start=*")
    panel.wait_for_selector("#verdict dl.sums")
    panel.press("#purpose", "Enter")
    panel.wait_for_url("**/reservations/R*")


def test_a_visitor_signs_in_and_goes_on_with_the_filled_panel(panel, backend):
    panel.context.clear_cookies()
    panel.reload()
    panel.wait_for_selector("#booking-form")
    choose_what_is_taken(panel)
    panel.fill("#purpose", "断口形貌")
    panel.click("#booking button.primary")
    panel.wait_for_url("**/sign-in?next=*")
    assert "purpose%3D" in panel.url
