"""Statements and programmes in Chromium: nothing runs out of its card, whatever is long in it."""

import pytest

from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock
from booking.subsidies.actions.settle_period import settle_period
from booking.web.sessions import COOKIE
from tests.factories.accounts import make_staff, open_session
from tests.factories.settled_uses import let_pay, make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support import axe, eye

LONG = "陕科资发〔2026〕" + "1234567890" * 16 + "号"


@pytest.fixture
def finance(write, clock, page, live_server):
    """Somebody in finance, the month after one statement was locked."""
    with write() as uow:
        code = make_programme(uow, programme(), active=False)
        let_pay(uow, code, LONG)
        settled_use(uow, make_company(uow, name="示例光电公司"))
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=clock.now())
        lock(uow, "JS-202610-0001", actor_id=None, now=clock.now())
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return page


def test_on_a_phone_a_long_list_leaves_its_explanation_in_reach(
    finance, live_server, backend, write, clock
):
    with write() as uow:
        for _ in range(12):
            settled_use(uow, make_company(uow))
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=clock.now())
    finance.set_viewport_size(eye.PHONE)
    finance.goto(f"{live_server}/settlements/2026-10", wait_until="networkidle")
    statements = finance.locator(".table-frame").last
    assert statements.locator("tbody tr").count() == 13
    above = finance.evaluate(
        "document.querySelector('#reckoned').offsetTop"
        " - document.querySelector('.table-frame').offsetTop"
    )
    assert above < eye.PHONE["height"]
    eye.keep(finance, "desk-long-390")
    assert axe.faults(finance) == []


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_long_widens_the_page(finance, live_server, backend, language, size):
    finance.set_viewport_size(size)
    for name, path in [
        ("locked", "/statements/JS-202610-0001"),
        ("programmes", "/programmes"),
        ("programme", f"/programmes/{programme()['id']}"),
        ("desk", "/settlements/2026-10"),
    ]:
        finance.goto(f"{live_server}{path}?lang={language}", wait_until="networkidle")
        eye.keep(finance, f"{name}-{language}-{size['width']}")
        assert not eye.too_wide(finance), name
        assert axe.faults(finance) == [], name
