"""Charges and the audit trail in Chromium: both languages, desk and phone, nothing in the way."""

import pytest

from booking.access.roles import Role
from booking.reservations.actions.confirm import confirm
from booking.web.sessions import COOKIE
from tests.factories.accounts import make_staff, open_session
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import between
from tests.factories.reservations import make_scene, make_use
from tests.support import axe, eye
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
WEDNESDAY = moment("2026-11-25T09:00")


@pytest.fixture
def finance(write, clock, page, live_server):
    """The browser of somebody in finance, on the day after two uses were charged."""
    clock.at("2026-11-26T09:00")
    with write() as uow:
        scene = make_scene(uow)
        prices = {"hour": "800.00", "steps": [{"over_hours": 1, "hour": "600.00"}]}
        dearer = {"enterprise": {**prices, "sample": "120.00", "minimum": "2000.00"}}
        add_tariff(uow, scene.instrument.key, classes=dearer, valid_from=MONDAY)
        for span in (between("11-24 09:00", "11:00"), between("11-24 12:00", "14:00")):
            made = make_use(uow, scene, span, now=MONDAY)
            for side in (scene.manager, scene.member):
                confirm(uow, made.number, actor=side, now=WEDNESDAY)
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return page


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_charges_and_audit_can_be_read_by_everybody(finance, live_server, backend, language, size):
    finance.set_viewport_size(size)
    finance.goto(f"{live_server}/charges?lang={language}")
    for name in ("charges", "charge", "audit"):
        if name == "charge":
            finance.locator("tbody a").first.click()
            finance.wait_for_load_state()
        if name == "audit":
            finance.goto(f"{live_server}/audit")
        eye.keep(finance, f"{name}-{language}-{size['width']}")
        assert axe.serious_faults(finance) == []
        assert not eye.too_wide(finance)
