"""Points are lost for nothing: the company reads why, appeals, the centre decides; and notices."""

import pytest
from playwright.sync_api import FilePayload, expect

from booking.access.actor import Actor
from tests.conftest import Write
from tests.factories.credit import make_centre, make_no_show, make_rules
from tests.factories.files import pdf
from tests.factories.reservations import Scene, make_scene
from tests.journeys.people import ONE_EACH, Person, Street, sit_down
from tests.support.clock import FrozenClock

WORDS = "当日园区停电，仪器无法开机"
PAPER = FilePayload(name="停电通知.pdf", mimeType="application/pdf", buffer=pdf())


def miss_one(write: Write, clock: FrozenClock) -> tuple[Scene, Actor]:
    """Rules in force, and a booking to which nobody came."""
    with write() as uow:
        make_rules(uow)
        scene = make_scene(uow)
        make_no_show(uow, scene, now=clock.now())
        return scene, make_centre(uow)


def appeal(company: Person) -> None:
    """Every point is explained; the appeal is made from its entry."""
    company.open("/credit")
    company.look("credit-score")
    company.follow("#entries a[href$='/appeal']")
    company.page.fill("#words", WORDS)
    company.page.set_input_files("#file", PAPER)
    company.look("credit-appeal")
    company.follow("form[action$='/appeal'] button[type=submit]")
    company.look("credit-appealed")


def grant(centre: Person) -> None:
    centre.open("/credit/appeals")
    expect(centre.page.locator("main tbody")).to_contain_text(WORDS)
    centre.look("credit-appeals")
    centre.confirm("form[action$='/granting']", reason="停电属实")
    expect(centre.page.locator("main tbody")).to_have_count(0)
    centre.open("/credit/rules")
    centre.look("credit-rules")


def choose_how_to_be_told(company: Person) -> None:
    """A wrong number is refused with all that was ticked; then it stays."""
    company.open("/account/notices")
    ticks = company.page.locator("input[name=at_once]:not([disabled])")
    chosen = ticks.first.is_checked()
    ticks.first.set_checked(not chosen)
    company.page.select_option("#quiet_from", "22")
    company.page.select_option("#quiet_until", "7")
    # Past the browser's own check, so that ours answers.
    company.page.locator("form[action$='/notices']").evaluate("form => form.noValidate = true")
    save = "form[action$='/notices'] button[type=submit]"
    company.page.fill("#reminder_hours", "900")
    company.follow(save)
    expect(company.page.locator("#reminder_hours-fault")).to_be_visible()
    company.look("notices-refused")
    assert ticks.first.is_checked() is not chosen
    company.page.fill("#reminder_hours", "48")
    company.follow(save)
    company.open("/account/notices")
    assert ticks.first.is_checked() is not chosen
    assert company.page.input_value("#quiet_from") == "22"
    company.look("notices-kept")


@pytest.mark.browser
@ONE_EACH
def test_it_appeals_is_heard_and_says_how_to_be_told(
    street: Street, write: Write, clock: FrozenClock
) -> None:
    scene, staff = miss_one(write, clock)
    clock.at("2026-11-25T09:00")
    company = sit_down(street, write, scene.member, clock)
    appeal(company)
    grant(sit_down(street, write, staff, clock))
    company.open("/credit")
    expect(company.page.locator("#score")).to_contain_text("100")
    company.look("credit-back")
    lab = sit_down(street, write, scene.manager, clock)
    lab.open("/credit")
    lab.look("credit-lab")
    company.open("/notices")
    company.look("notices")
    choose_how_to_be_told(company)
