"""Setting up and using the second factor in Chromium, in both languages, at a desk and by phone."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from playwright.sync_api import Page, expect

from booking.db.transactions import UnitOfWork
from tests.factories.accounts import PASSWORD, code_at
from tests.factories.two_steps import EMAIL
from tests.support.clock import FrozenClock
from tests.support.eye import fits

Write = Callable[[], AbstractContextManager[UnitOfWork]]


def first_step(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in?next=/account/second-factor")
    page.get_by_label("邮箱").fill(EMAIL)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def test_a_person_sets_it_up_and_signs_in_with_it(
    page: Page, live_server: str, finance: int, clock: FrozenClock
) -> None:
    first_step(page, live_server)
    assert fits(page)
    page.get_by_label("当前密码").fill(PASSWORD)
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_role("img", name="二维码")).to_be_visible()
    assert fits(page)
    key = page.locator("code.secret").inner_text().replace(" ", "")
    for code in ("000000", code_at(key, clock.now())):
        page.get_by_label("验证码").fill(code)
        page.get_by_role("button", name="确认").click()
    assert fits(page)
    expect(page.locator(".codes code")).to_have_count(10)
    paper = page.locator(".codes code").first.inner_text()
    page.get_by_role("button", name="退出").first.click()
    first_step(page, live_server)
    expect(page.get_by_role("heading", name="第二步")).to_be_visible()
    assert fits(page)
    page.get_by_label("验证码").fill(paper)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("main")).to_contain_text("剩余恢复码")
    assert fits(page)
    page.goto(f"{live_server}/account?lang=en")
    expect(page.locator("#second-factor")).to_contain_text("After the password a code is asked for")
    assert fits(page)
