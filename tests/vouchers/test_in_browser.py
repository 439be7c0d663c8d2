"""The voucher that was chosen stays in the panel whatever else changes there."""

import pytest
from playwright.sync_api import expect

from booking.web.sessions import COOKIE
from tests.factories.accounts import open_session
from tests.factories.reservations import make_scene
from tests.factories.vouchers import make_voucher
from tests.support import axe


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chosen_voucher_stays_when_the_time_changes(write, clock, page, live_server, language):
    with write() as uow:
        scene = make_scene(uow)
        number = make_voucher(uow, scene.company.key)
        secret = open_session(uow, scene.member, now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    page.goto(f"{live_server}/instruments/{scene.instrument.key}?lang={language}")
    page.wait_for_selector("#booking-form")
    page.select_option("#voucher", number)
    for end, own in (("14:00", "800.00"), ("15:00", "1,200.00")):
        page.fill("#starts_at", "2026-11-24T12:00")
        page.fill("#ends_at", f"2026-11-24T{end}")
        page.press("#ends_at", "Tab")
        expect(page.locator("#estimate .total dd")).to_have_text(own)
        assert page.input_value("#voucher") == number
    assert axe.serious_faults(page) == []
