"""Two companies change times with each other: side by side, and neither learns who the other is."""

import pytest
from playwright.sync_api import expect

from tests.conftest import Write
from tests.factories.asks import make_neighbour
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene
from tests.journeys.people import ONE_EACH, Person, Street, sit_down
from tests.support.clock import FrozenClock

THEIRS = between("11-25 09:00", "12:00")


def ask(company: Person, number: str) -> None:
    """Free time is refused with what was typed; the occupied time is asked for."""
    company.open(f"/reservations/{number}")
    company.follow("main a[href$='/swap']")
    ask_for(company, "2026-11-27T09:00", "2026-11-27T12:00")
    expect(company.page.locator("#problems")).to_be_visible()
    assert company.page.input_value("#starts_at") == "2026-11-27T09:00"
    company.look("swap-refused")
    ask_for(company, "2026-11-25T09:00", "2026-11-25T12:00")
    company.look("swap-asked")


def ask_for(company: Person, start: str, end: str) -> None:
    company.page.fill("#starts_at", start)
    company.page.fill("#ends_at", end)
    company.follow("form[action$='/swap'] button[type=submit]")


def agree(rival: Person, number: str, *, stranger: str) -> None:
    """The start page says that somebody waits; the question says what changes, and not for whom."""
    rival.open("/")
    expect(rival.page.locator("#awaiting")).to_be_visible()
    rival.look("swap-waits")
    rival.follow(f"#awaiting a[href$='{number}']")
    rival.page.wait_for_selector("form[action$='/acceptance']")
    assert stranger not in rival.page.content()
    rival.look("swap-question")
    rival.press("/acceptance")
    expect(rival.page.locator("main")).to_contain_text("12:00–14:00")
    rival.look("swap-done")


@pytest.mark.browser
@ONE_EACH
def test_both_agree_and_see_their_new_times(
    street: Street, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        scene = make_scene(uow)
        number = make_reservation(uow, scene, now=clock.now()).number
        neighbour = make_neighbour(uow, scene, THEIRS, now=clock.now())
        stranger = scene.company.name
    company = sit_down(street, write, scene.member, clock)
    rival = sit_down(street, write, neighbour.actor, clock)
    ask(company, number)
    agree(rival, neighbour.number, stranger=stranger)
    company.open(f"/reservations/{number}")
    expect(company.page.locator("main")).to_contain_text("09:00–12:00")
    company.look("swap-answered")
