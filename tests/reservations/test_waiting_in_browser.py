"""Waiting with all that a booking may need, in Chromium: ticked, held, priced, taken."""

import pytest
from playwright.sync_api import Page

from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.models.unit import UnitKind
from booking.reservations.actions.cancel import cancel
from booking.web.sessions import COOKIE
from tests.factories.accounts import open_session
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at
from tests.factories.reservations import make_reservation, make_scene
from tests.support import axe, eye

SOLD = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}


@pytest.fixture
def taken(write, clock, page, live_server):
    """A colleague's booking of Tuesday noon, with the address to wait for it."""
    with write() as uow:
        scene = make_scene(uow)
        key, lab_id, now = scene.instrument.key, scene.instrument.lab_id, clock.now()
        stage = Helper(kind=UnitKind.ACCESSORY, label="示例加热台", instrument_ids=[key])
        keep_helper(uow, lab_id, stage, actor=scene.manager, now=now)
        add_tariff(uow, key, valid_from=at("11-22 00:00"), classes=SOLD)
        number = make_reservation(uow, scene, now=now).number
        secret = open_session(uow, scene.admin, now=now)
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])

    def free() -> None:
        with write() as uow:
            cancel(uow, number, actor=scene.member, now=now)

    return f"{live_server}/instruments/{key}/waitlist", free


def looked_at(page: Page, name: str) -> None:
    eye.keep(page, name)
    assert axe.serious_faults(page) == []
    assert not eye.too_wide(page)


@pytest.mark.parametrize(("language", "size"), [("zh", eye.DESK), ("en", eye.PHONE)])
def test_all_that_is_waited_for_is_shown_held_and_booked(page, taken, backend, language, size):
    address, free = taken
    page.set_viewport_size(size)
    page.goto(f"{address}?lang={language}")
    page.fill("#starts_at", "2026-11-24T12:00")
    page.fill("#ends_at", "2026-11-24T14:00")
    page.fill("#purpose", "断口形貌")
    page.fill("#consumables", "金靶 3")
    page.check("input[name=accessory_ids]")
    looked_at(page, f"waiting-form-{language}-{size['width']}")
    page.click("main button.primary")
    page.wait_for_url("**/waitlist")
    looked_at(page, f"waiting-{language}-{size['width']}")
    free()
    page.reload()
    looked_at(page, f"waiting-held-{language}-{size['width']}")
    assert "1,750.00" in page.inner_text("#offers")
    page.click("#offers button.primary")
    page.wait_for_url("**/reservations/R*")
