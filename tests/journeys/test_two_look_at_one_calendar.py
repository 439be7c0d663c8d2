"""Two companies and a lab look at one instrument: what one of them does, the others see at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Write
from tests.factories.reservations import Scene, make_scene
from tests.journeys.people import Person, Street, sit_down
from tests.support.clock import FrozenClock

TUESDAY = "2026-11-24"
# Three seconds are promised, and watched in tests/instruments/test_live.py; browsers on a busy
# machine need longer to draw. The page asks by itself after a minute only.
PATIENCE = 40_000


@pytest.fixture
def scenes(write: Write) -> tuple[Scene, Scene]:
    """A company with an instrument to book, and another company; all can sign in."""
    with write() as uow:
        return make_scene(uow), make_scene(uow)


def watch(person: Person, path: str) -> Page:
    """Open a page and wait until it listens."""
    with person.page.expect_response(lambda answer: "/live?" in answer.url):
        person.page.goto(f"{person.address}{path}")
    return person.page


def presses(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def reach(page: Page, name: str) -> None:
    """By Tab alone."""
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(name)


def book_by_keys(page: Page) -> str:
    """Tuesday from ten to twelve; the number of the booking."""
    page.wait_for_selector("#booking-form")
    reach(page, "week-calendar")
    presses(page, "ArrowRight", *["ArrowDown"] * 20, " ", *["ArrowDown"] * 3, " ")
    assert page.input_value("#starts_at") == f"{TUESDAY}T10:00"
    assert page.input_value("#ends_at") == f"{TUESDAY}T12:00"
    page.wait_for_selector("#verdict dl.sums")
    reach(page, "purpose")
    page.keyboard.type("断口形貌")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/reservations/R"))
    return page.url.rpartition("/")[2]


def drag_down(page: Page, block: str, pixels: int) -> None:
    page.locator(block).scroll_into_view_if_needed()
    box = page.locator(block).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + pixels / 2)
    page.mouse.move(x, y + pixels)
    page.mouse.up()


def confirm_move(page: Page, *, start: str, end: str) -> None:
    """The page asks; nothing has been moved yet."""
    page.wait_for_url(re.compile(r"/move\?"))
    assert page.input_value("#starts_at") == f"{TUESDAY}T{start}"
    assert page.input_value("#ends_at") == f"{TUESDAY}T{end}"
    page.locator("form[action$='/move'] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/reservations/R[^/]+$"))


def move_two_hours_on(page: Page, block: str, *, mouse: bool) -> None:
    if mouse:
        drag_down(page, block, 80)
    else:
        page.locator(block).focus()
        presses(page, " ", *["ArrowDown"] * 4, " ")
    confirm_move(page, start="12:00", end="14:00")


def lengthen_an_hour(page: Page, block: str) -> None:
    """The first time it is given up."""
    here = page.url
    page.locator(block).focus()
    presses(page, " ", "Shift+ArrowDown", "Escape")
    assert page.url == here
    presses(page, " ", "Shift+ArrowDown", "Shift+ArrowDown", " ")
    confirm_move(page, start="12:00", end="15:00")


def choose_on_the_timeline(person: Person, path: str, instrument: int) -> None:
    person.open(f"/timeline?instrument={instrument}&view=week&day={TUESDAY}")
    person.look("timeline-week")
    reach(person.page, "timeline-grid")
    presses(person.page, *["ArrowRight"] * 24, " ", "ArrowRight", " ")
    person.page.wait_for_url(re.compile(rf"{path}\?start="))
    expect(person.page.locator(".slot.selected")).to_have_count(1)


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_each_sees_what_the_others_do(
    street: Street, scenes: tuple[Scene, Scene], write: Write, clock: FrozenClock
) -> None:
    scene, other = scenes
    path = f"/instruments/{scene.instrument.key}"
    company, rival, lab = (
        sit_down(street, write, one, clock) for one in (scene.member, other.member, scene.manager)
    )
    page, seen = watch(company, path), watch(rival, path)
    sheet = watch(lab, f"/manage/labs/{scene.instrument.lab_id}/timeline?day={TUESDAY}")
    taken = seen.locator(".week .slot.occupied")

    number = book_by_keys(page)
    expect(taken).to_have_text(re.compile("10:00–12:00"), timeout=PATIENCE)
    expect(sheet.locator(".timeline a.slot")).to_have_text(
        re.compile(scene.company.name), timeout=PATIENCE
    )
    assert scene.company.name not in seen.content()
    assert number not in seen.content()
    rival.look("live-week")
    lab.look("live-lab")

    block = f"a[data-moves={number}]"
    watch(company, path)
    move_two_hours_on(page, block, mouse=street.width > 640)
    expect(taken).to_have_text(re.compile("12:00–14:00"), timeout=PATIENCE)
    watch(company, path)
    lengthen_an_hour(page, block)
    expect(taken).to_have_text(re.compile("12:00–15:00"), timeout=PATIENCE)

    for view in ("day", "month", "agenda"):
        company.open(f"{path}/calendar?view={view}&day={TUESDAY}")
        company.look(f"calendar-{view}")
    choose_on_the_timeline(rival, path, scene.instrument.key)
