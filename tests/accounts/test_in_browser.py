"""The pages of people and organisations in Chromium, with axe on each of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.organisations import make_lab, make_organisation, make_qualification, some_uscc
from tests.support.axe import serious_faults

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def centre(write: Write) -> str:
    with write() as uow:
        lab = make_lab(uow, name="示例电镜室")
        make_qualification(uow, lab.organisation_id)
        make_user(uow, Grant(Role.OPERATOR, lab_id=lab.key), name="实验技术人员甲")
        make_organisation(uow, name="示例芯测科技", verified=False)
        make_user(uow, Grant(Role.CENTRE_ADMIN), email="admin@example.com", name="中心管理员")
    return "admin@example.com"


def test_the_centre_signs_in_and_goes_through_its_pages(
    page: Page, live_server: str, centre: str
) -> None:
    page.goto(f"{live_server}/organisations")
    page.get_by_label("邮箱").fill(centre)
    page.get_by_label("密码").fill("wrong guess")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("邮箱或密码不对")
    expect(page.get_by_label("邮箱")).to_have_value(centre)
    assert serious_faults(page) == []
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name="示例芯测科技").click()
    page.get_by_role("button", name="核验通过").click()
    expect(page.locator("h1")).to_contain_text("已核验")
    assert serious_faults(page) == []
    paths = ("/organisations", "/organisations/new", "/people", "/account", "/roles")
    for path in paths:
        page.goto(live_server + path)
        assert serious_faults(page) == [], path
    page.set_viewport_size({"width": 390, "height": 844})
    for path in paths:
        page.goto(live_server + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path


def test_a_company_is_registered_and_a_wrong_code_explained(
    page: Page, live_server: str, centre: str
) -> None:
    page.goto(f"{live_server}/sign-in?next=/organisations/new")
    page.get_by_label("邮箱").fill(centre)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("单位名称").fill("示例乙科技")
    page.get_by_label("统一社会信用代码").fill("9135O100M000100Y43")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("alert")).to_contain_text("第 5 位不能是“O”")
    page.get_by_label("统一社会信用代码").fill(some_uscc())
    page.get_by_role("button", name="登记").click()
    expect(page.locator("h1")).to_contain_text("待核验")
