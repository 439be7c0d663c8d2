"""The desk, batches and recoveries in Chromium: every page from a month to its payment."""

import pytest

from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.subsidies.actions.claw_back import claw_back
from booking.subsidies.actions.pay_statements import draw_batch, send_batch
from booking.subsidies.actions.record_answers import record_payment
from booking.subsidies.actions.settle_period import settle_period
from booking.web.sessions import COOKIE
from tests.factories.accounts import make_staff, open_session
from tests.factories.instruments import enter_year
from tests.factories.organisations import make_organisation
from tests.factories.settled_uses import make_programme, settled_use
from tests.subsidies.paying import BY, LATER, approved, with_account
from tests.subsidies.requests import programme
from tests.support import axe, eye

PAGES = {
    "desk": "/settlements/2026-10",
    "desk-next": "/settlements/2026-11",
    "year": "/settlements/years/2026",
    "batches": "/payment-batches",
    "batch": "/payment-batches/DF-20261220-01",
    "statement-paid": "/statements/JS-202610-0001",
    "statement-recovery": "/statements/JS-202611-0001",
}


@pytest.fixture
def finance(write, clock, page, live_server):
    """October is being paid, something of it is recovered in November."""
    clock.at("2026-12-20T10:00")
    with write() as uow:
        enter_year(uow, 2026)
        make_programme(uow, programme(caps=[{"scope": "user", "amount": "2000.00"}]))
        companies = [with_account(uow) for _ in range(3)]
        for company in companies:
            settled_use(uow, company)
        settled_use(uow, make_organisation(uow, name="示例无账户公司"))
        approved(uow)
        draw_batch(uow, actor_id=None, now=LATER)
        send_batch(uow, "DF-20261220-01", actor_id=None, now=LATER)
        record_payment(uow, "DF-20261220-01", 1, reference="B-2026-0001", by=BY)
        claw_back(uow, "JS-202610-0001", 1, amount_fen=12000, reason="批量检测，不予补助", by=BY)
        for n in range(2):
            settled_use(uow, companies[n], ended="2026-11-05T16:00")
            settle_period(uow, Period.parse("2026-11"), actor_id=None, now=LATER)
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return page


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_on_the_way_to_the_bank_is_in_order(
    finance, live_server, backend, language, size
):
    finance.set_viewport_size(size)
    for name, path in PAGES.items():
        answer = finance.goto(f"{live_server}{path}?lang={language}", wait_until="networkidle")
        assert answer.status == 200, path
        assert not eye.too_wide(finance), path
        eye.keep(finance, f"paying-{name}-{language}-{size['width']}")
        assert axe.faults(finance) == [], path
