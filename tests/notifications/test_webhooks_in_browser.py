"""The pages of webhooks in Chromium: axe, and a telephone's width."""

import pytest
from playwright.sync_api import Page, expect

from booking.access.roles import Role
from booking.web.sessions import COOKIE
from tests.factories.accounts import make_member, open_session
from tests.factories.door import Write
from tests.factories.organisations import make_organisation
from tests.support.axe import serious_faults
from tests.support.clock import FrozenClock

URL = "https://lims.invalid/hooks/a-long-path-that-does-not-break-by-itself/" + "7f3a" * 20


@pytest.fixture
def place(page: Page, live_server: str, write: Write, clock: FrozenClock) -> str:
    """The page of the webhooks of a company, whose administrator is signed in."""
    with write() as uow:
        company = make_organisation(uow).key
        admin = make_member(uow, company, Role.COMPANY_ADMIN)
        secret = open_session(uow, admin, now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return f"{live_server}/organisations/{company}/webhooks"


@pytest.mark.parametrize(
    ("lang", "add", "test"), [("zh", "添加", "发送测试消息"), ("en", "Add", "Send a test")]
)
def test_a_webhook_is_added_and_tried_on_a_telephone(
    page: Page, place: str, lang: str, add: str, test: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{place}?lang={lang}")
    assert serious_faults(page) == []
    page.locator("#url").fill(URL)
    page.locator("input[value='statement.paid']").check()
    page.get_by_role("button", name=add, exact=True).click()
    expect(page.locator(".alert.good code")).to_contain_text("whsec_")
    page.get_by_role("button", name=test).click()
    expect(page.locator("#messages td").first).to_be_visible()
    for path in (page.url, place):
        page.goto(path)
        assert serious_faults(page) == [], path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, path
