"""Unmet demand and advice in Chromium: both languages, desk, phone and paper."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from booking.access.roles import Role
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.refusal import Lack
from booking.web.sessions import COOKIE
from tests.factories.accounts import make_staff, open_session
from tests.factories.instruments import make_lab, span
from tests.factories.refusals import make_place_in_vain, make_refusal
from tests.factories.utilisation import Invented, write_instrument
from tests.support import axe, eye

SATURDAY = span("2026-10-10T10:00", "14:00")
TUESDAY = span("2026-10-13T09:00", "12:00")
WEEK = timedelta(days=7)


@pytest.fixture
def admin(write, clock, page, live_server):
    """The browser of a centre admin, over instruments of which much was wanted in vain."""
    with write() as uow:
        tools = [
            write_instrument(
                uow, Invented(), lab_id=make_lab(uow, district=district).key, district=district
            )
            for district in ("fengxi", "fengdong")
        ]
        for week in range(4):
            for asked, lack in ((SATURDAY, Lack.CLOSED), (TUESDAY, Lack.OCCUPIED)):
                moved = TimeSpan(asked.start + week * WEEK, asked.end + week * WEEK)
                make_refusal(uow, tools[week % 2], moved, lack=lack)
        make_place_in_vain(uow, tuple(tools), TUESDAY, minutes=120)
        secret = open_session(uow, make_staff(uow, Role.CENTRE_ADMIN), now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return page


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_unmet_demand_and_advice_can_be_read_by_everybody(
    admin, live_server, backend, language, size
):
    admin.set_viewport_size(size)
    admin.goto(f"{live_server}/utilisation?lang={language}")
    for name in ("unmet", "advice"):
        admin.goto(f"{live_server}/utilisation/{name}?period=2026")
        assert admin.locator("tbody tr").count() > 1
        eye.keep(admin, f"{name}-{language}-{size['width']}")
        assert axe.serious_faults(admin) == []
        assert not eye.too_wide(admin)


def test_a_figure_leads_to_its_requests_and_the_page_prints(admin, live_server):
    admin.goto(f"{live_server}/utilisation/advice?period=2026")
    admin.locator("tbody tr a[aria-label]").first.click()
    expect(admin.locator("#requests tbody tr")).to_have_count(5)
    admin.locator("#by-hour .table a").first.click()
    expect(admin.locator("#requests tbody tr")).to_have_count(3)
    admin.emulate_media(media="print")
    eye.keep(admin, "unmet-print")
    assert axe.serious_faults(admin) == []
