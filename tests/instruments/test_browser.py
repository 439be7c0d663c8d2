"""The week of an instrument in Chromium, on a telephone."""

from playwright.sync_api import Browser, expect

from tests.support.clock import FrozenClock

OFFSET = "week => week.querySelector('.week-head.today').getBoundingClientRect().left"


def test_a_narrow_week_begins_with_today(
    browser: Browser, live_server: str, sem: int, clock: FrozenClock
) -> None:
    clock.at("2026-11-27T10:00+08:00")
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{live_server}/instruments/{sem}")
        week = page.locator(".week")
        assert 0 <= week.evaluate(OFFSET) < 200
        # Whoever looks elsewhere is left there when the week is drawn anew.
        week.evaluate("week => { week.scrollLeft = 10; week.dataset.old = '' }")
        page.evaluate("document.body.dispatchEvent(new Event('refused'))")
        expect(page.locator(".week:not([data-old])")).to_have_js_property("scrollLeft", 10)
