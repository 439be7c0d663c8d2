"""Unmet demand and advice in Chromium: both languages, desk, phone and paper."""

import math
import re
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
PAGES = {
    "unmet": "/utilisation/unmet?period=2026",
    "advice": "/utilisation/advice?period=2026",
    "week-report": "/utilisation?period=2026-10&by=instrument",
    "hour": "/utilisation/hour?period=2026-10&weekday=1&hour=9",
}


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
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_unmet_demand_and_advice_can_be_read_by_everybody(
    admin, live_server, backend, language, size, scheme
):
    admin.set_viewport_size(size)
    admin.emulate_media(color_scheme=scheme)
    admin.goto(f"{live_server}/utilisation?lang={language}")
    for name, address in PAGES.items():
        admin.goto(live_server + address)
        expect(admin.locator("main tbody tr").nth(1)).to_be_attached()
        eye.keep(admin, f"{name}-{language}-{size['width']}-{scheme}")
        assert axe.serious_faults(admin) == [], name
        assert not eye.too_wide(admin), name


def test_the_map_of_the_week_is_one_stop_and_arrows_lead_on(admin, live_server):
    admin.goto(f"{live_server}/utilisation/unmet?period=2026")
    cells = admin.locator("table.heat a")
    # Tuesdays from nine to twelve, Saturdays from ten to two.
    expect(cells).to_have_count(7)
    expect(admin.locator("table.heat a:not([tabindex='-1'])")).to_have_count(1)
    cells.first.focus()
    admin.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    admin.keyboard.press("ArrowDown")
    expect(cells.nth(3)).to_be_focused()
    expect(cells.nth(3)).to_have_accessible_name(re.compile("周六 10:00"))
    admin.keyboard.press("Enter")
    expect(admin.locator("#hour")).to_have_text("时段：周六 10:00")


def test_what_is_drawn_of_unmet_demand_is_what_the_tables_say(admin, live_server):
    admin.goto(f"{live_server}/utilisation/unmet?period=2026")
    drawn = admin.locator("table.heat tbody td").evaluate_all(
        "cells => cells.map(c => [+c.className.slice(5), c.textContent.match(/[0-9]+[.][0-9]/g)])"
    )
    sums = [sum(float(text) for text in figures) for _, figures in drawn]
    for (level, _), value in zip(drawn, sums, strict=True):
        assert level == math.ceil(5 * value / max(sums))
    lengths = admin.locator("#ranking figure rect:last-of-type").evaluate_all(
        "rects => rects.map(rect => +rect.getAttribute('width'))"
    )
    told = admin.locator("#ranking .table tbody tr:not(.total) td:nth-child(6)").all_inner_texts()
    hours = [float(text) for text in told]
    assert lengths == [round(1000 * one / max(hours)) for one in hours]


def test_a_figure_leads_to_its_requests_and_the_page_prints(admin, live_server):
    admin.goto(f"{live_server}/utilisation/advice?period=2026")
    admin.locator("tbody tr a[aria-label]").first.click()
    expect(admin.locator("#requests tbody tr")).to_have_count(5)
    admin.locator("#by-hour .table a").first.click()
    expect(admin.locator("#requests tbody tr")).to_have_count(3)
    admin.emulate_media(media="print")
    eye.keep(admin, "unmet-print")
    assert axe.serious_faults(admin) == []
