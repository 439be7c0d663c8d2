"""Invoices and payments in Chromium: both languages, desk and phone, nothing in the way."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, ViewportSize

from booking.db.transactions import UnitOfWork
from booking.invoices.actions.keep_invoices import keep_invoices
from booking.web.sessions import COOKIE
from tests.factories.accounts import open_session
from tests.factories.invoices import NOW, make_dealing, make_invoice, make_payment
from tests.support import axe, eye
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def finance(write: Write, clock: FrozenClock, page: Page, live_server: str) -> Page:
    """The browser of finance; an invoice that is half matched, and a payment."""
    with write() as uow:
        dealing = make_dealing(uow)
        charges = [dealing.use(uow, amount) for amount in ("300.00", "700.00", "500.00")]
        make_invoice(uow, dealing, "300.00", charge=charges[0], checked=True)
        invoice = make_invoice(uow, dealing, "1200.00")
        make_payment(uow, dealing, "1200.00", invoice=invoice)
        make_payment(uow, dealing, "300.00")
        keep_invoices(uow, NOW.date(), "自本日起", actor=dealing.finance, now=NOW)
        secret = open_session(uow, dealing.finance, now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return page


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_invoices_and_payments_can_be_read_by_everybody(
    finance: Page, live_server: str, language: str, size: ViewportSize
) -> None:
    finance.set_viewport_size(size)
    finance.goto(f"{live_server}/invoices?lang={language}")
    for name in ("invoices", "invoice", "payments", "payment", "invoices/new", "invoices/keeping"):
        if name in {"invoice", "payment"}:
            finance.locator("tbody a").first.click()
            finance.wait_for_load_state()
        elif name != "invoices":
            finance.goto(f"{live_server}/{name}")
        eye.keep(finance, f"{name.replace('/', '-')}-{language}-{size['width']}")
        assert axe.serious_faults(finance) == []
        assert not eye.too_wide(finance)


def test_what_is_ticked_is_matched_and_checked(finance: Page, live_server: str) -> None:
    finance.goto(f"{live_server}/invoices?state=recorded&lang=en")
    finance.locator("tbody a").first.click()
    finance.get_by_role("button", name="Match", exact=True).click()
    finance.wait_for_load_state()
    assert finance.locator("#charges tbody tr").count() == 2
    finance.locator("details.confirm summary", has_text="Check").click()
    finance.locator("details.confirm[open] button[type=submit]").click()
    finance.wait_for_load_state()
    assert finance.get_by_text("checked", exact=True).count() >= 1
