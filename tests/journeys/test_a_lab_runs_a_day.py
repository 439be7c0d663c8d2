"""A lab's day: it decides, lets in and out, sees who stays too long, proposes another time, and
takes the instrument out of service.
"""

import pytest
from playwright.sync_api import expect

from booking.reservations.jobs import note_overruns
from tests.conftest import Write
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.journeys.people import ONE_EACH, Person, Street, sit_down
from tests.support.clock import FrozenClock

TIMES = (between("11-24 10:00", "11:30"), NOON, between("11-25 10:00", "12:00"))
FAULT = "冷却水压力不足"


def ask_for_time(write: Write, clock: FrozenClock) -> tuple[Scene, list[str]]:
    """An instrument whose lab decides each booking, and three that wait."""
    with write() as uow:
        scene = make_scene(uow, policy={"approval": "always"})
        return scene, [make_reservation(uow, scene, span, now=clock.now()).number for span in TIMES]


def approve(lab: Person, numbers: list[str]) -> None:
    lab.open("/approvals")
    lab.look("lab-approvals")
    for number in numbers:
        lab.follow(f"form[action$='/{number}/approval'] button")
    expect(lab.page.locator("main form[action$='/approval']")).to_have_count(0)


def let_in_and_out(lab: Person, number: str, write: Write, clock: FrozenClock) -> None:
    """The use runs over into the next booking; the day says both."""
    lab.open("/day")
    lab.follow(f"form[action$='/{number}/check-in'] button")
    lab.look("lab-day-in-use")
    now = clock.at("2026-11-24T11:50")
    with write() as uow:
        note_overruns(uow, now)
    lab.open("/day")
    expect(lab.page.locator("main th .bad")).to_have_count(2)
    lab.look("lab-day-over")
    lab.follow(f"form[action$='/{number}/check-out'] button")


def propose(lab: Person, number: str) -> None:
    """First at a time that is over: what was typed stays."""
    lab.open(f"/reservations/{number}")
    lab.follow("main a[href$='/proposal']")
    lab.page.fill("#reason", "更换灯丝")
    for day in (23, 26):
        lab.page.fill("#starts_at", f"2026-11-{day}T13:00")
        lab.page.fill("#ends_at", f"2026-11-{day}T15:00")
        lab.follow("form[action$='/proposal'] button[type=submit]")
        if day == 23:
            assert lab.page.input_value("#reason") == "更换灯丝"
            lab.look("lab-propose-refused")
    lab.page.wait_for_selector("#asks section")
    lab.look("lab-proposed")


def accept_the_other_time(company: Person, number: str) -> None:
    company.open(f"/reservations/{number}")
    company.page.wait_for_selector("#asks section")
    company.look("lab-proposal-read")
    company.follow("form[action$='/acceptance'] button")
    expect(company.page.locator("main")).to_contain_text("13:00–15:00")


def close_for_a_fault(lab: Person, scene: Scene, number: str) -> None:
    """Report it, take the instrument out of service, see who is hit."""
    here = f"/manage/instruments/{scene.instrument.key}/faults"
    lab.open(here)
    lab.page.fill("#what", FAULT)
    lab.follow(f"form[action$='{here}'] button[type=submit]")
    fold = lab.page.locator("details:has(form[action$='/closure'])")
    fold.locator("summary").click()
    fold.locator("input[name=expected]").fill("2026-11-25T18:00")
    lab.look("lab-fault")
    lab.follow(fold.locator("button[type=submit]"))
    hit = lab.page.locator("main tr", has_text=number)
    expect(hit.locator("a[href*='/proposal?']")).to_have_count(1)
    lab.look("lab-fault-hits")
    lab.open("/faults")
    lab.look("lab-faults")


@pytest.mark.browser
@ONE_EACH
def test_it_runs_its_day(street: Street, write: Write, clock: FrozenClock) -> None:
    scene, (first, second, third) = ask_for_time(write, clock)
    lab = sit_down(street, write, scene.manager, clock)
    approve(lab, [first, second, third])
    lab.leave()

    clock.at("2026-11-24T10:00")
    lab = sit_down(street, write, scene.manager, clock)
    let_in_and_out(lab, first, write, clock)
    propose(lab, second)
    company = sit_down(street, write, scene.member, clock)
    accept_the_other_time(company, second)
    close_for_a_fault(lab, scene, third)
    for view in ("day", "week"):
        lab.open(f"/manage/labs/{scene.instrument.lab_id}/timeline?view={view}&day=2026-11-25")
        lab.look(f"lab-timeline-{view}")
    company.open(f"/reservations/{third}")
    expect(company.page.locator("main .alert.warn")).to_have_count(1)
    company.look("lab-fault-read")
