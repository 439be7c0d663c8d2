"""A certificate's way in Chromium: claimed, questioned, verified; with axe on each page."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import FilePayload, Page, expect

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.files import pdf
from tests.factories.organisations import make_organisation, make_qualification
from tests.support.axe import serious_faults

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def company(write: Write) -> int:
    with write() as uow:
        made = make_organisation(uow, name="示例芯测科技")
        make_qualification(uow, made.key)
        admin = Grant(Role.COMPANY_ADMIN, organisation_id=made.key)
        make_user(uow, admin, email="company@example.com", name="企业管理员")
        make_user(uow, Grant(Role.CENTRE_ADMIN), email="centre@example.com", name="中心管理员")
        return made.key


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/sign-in?lang=zh")
    page.get_by_label("邮箱").fill(email)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def fits_a_phone(page: Page) -> bool:
    page.set_viewport_size({"width": 390, "height": 844})
    fits = page.evaluate("document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 1280, "height": 900})
    return bool(fits)


def is_fine(page: Page) -> bool:
    """For everybody, and on a telephone."""
    return serious_faults(page) == [] and fits_a_phone(page)


def paper(content: bytes) -> FilePayload:
    return {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": content}


@pytest.fixture
def claimed(page: Page, live_server: str, company: int) -> None:
    """The company has sent its claim, at the second try."""
    sign_in(page, live_server, "company@example.com")
    page.goto(f"{live_server}/organisations/{company}/qualifications/new")
    page.locator("#code").select_option("hnte")
    page.locator("#number").fill("GR12345")
    page.locator("#number").blur()
    expect(page.locator("#number_warning")).to_contain_text("编号 GR12345 与该资格常见格式不同")
    page.locator("#valid_from").fill("2026-01-01")
    page.locator("#file").set_input_files([paper(b"<html>")])
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("alert")).to_contain_text("看起来是 HTML")
    expect(page.locator("#number")).to_have_value("GR12345")
    expect(page.locator("#file-hint")).to_contain_text("请重新选择文件 证书.pdf")
    assert is_fine(page)
    page.locator("#file").set_input_files([paper(pdf())])
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("link", name="查看文件")).to_be_visible()


@pytest.mark.usefixtures("claimed")
def test_a_certificate_is_claimed_questioned_and_verified(page: Page, live_server: str) -> None:
    expect(page.get_by_text("还有 38 天")).to_be_visible()
    assert is_fine(page)
    page.get_by_role("button", name="退出").click()
    sign_in(page, live_server, "centre@example.com")
    page.goto(f"{live_server}/qualifications?lang=en")
    assert is_fine(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Open the file").click()
    assert download.value.suggested_filename == "证书.pdf"
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("counts on this day", exact=True)).to_have_count(2)
    assert is_fine(page)
