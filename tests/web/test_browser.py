"""The parts in Chromium: picking time with a pointer and with keys, contrast, width, weight."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from tests.support import axe


@pytest.fixture
def styleguide(application: FastAPI) -> Iterator[str]:
    """The style guide on a loopback port."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        threading.Event().wait(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/styleguide"
    server.should_exit = True
    thread.join(20)


def at(page: Page, day: int, hour: float) -> tuple[float, float]:
    """A point in a day's column, a little below the hour."""
    box = page.locator(".week-day").nth(day).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + (hour - 8) * 40 + 3


def picked(page: Page) -> tuple[str, str]:
    return page.input_value("#starts_at"), page.input_value("#ends_at")


def test_time_is_picked_by_dragging(page: Page, styleguide: str):
    page.goto(styleguide)
    page.locator(".week").scroll_into_view_if_needed()
    page.mouse.move(*at(page, 3, 15))
    page.mouse.down()
    page.mouse.move(*at(page, 3, 16.5), steps=4)
    page.mouse.up()
    assert picked(page) == ("2026-11-26T15:00", "2026-11-26T17:00")
    assert page.locator(".slot.selected").inner_text() == "15:00–17:00"


def test_time_that_is_taken_cannot_be_picked(page: Page, styleguide: str):
    page.goto(styleguide)
    page.mouse.move(*at(page, 2, 10))
    page.mouse.down()
    page.mouse.move(*at(page, 2, 12), steps=4)
    page.mouse.up()
    assert picked(page) == ("", "")


def test_time_is_picked_with_keys_and_read_out(page: Page, styleguide: str):
    page.goto(styleguide)
    page.locator(".week").focus()
    for key in ["ArrowRight"] * 3 + ["ArrowDown"] * 14:
        page.keyboard.press(key)
    assert "11月26日 周四 15:00" in page.locator("[data-voice]").inner_text()
    for key in [" ", "ArrowDown", "ArrowDown", " "]:
        page.keyboard.press(key)
    assert picked(page) == ("2026-11-26T15:00", "2026-11-26T16:30")


@pytest.mark.parametrize(
    ("scheme", "width", "language"),
    [("light", 1280, "zh-CN"), ("dark", 1280, "en"), ("light", 390, "en"), ("dark", 390, "zh-CN")],
)
def test_the_parts_are_for_everybody(browser: Browser, styleguide: str, scheme, width, language):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, locale=language
    )
    page = context.new_page()
    spoken: list[str] = []
    page.on("console", lambda message: spoken.append(message.text))
    page.goto(styleguide)
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert spoken == []
    context.close()


def test_a_page_is_light(page: Page, styleguide: str):
    sizes: list[int] = []
    page.on("requestfinished", lambda asked: sizes.append(asked.sizes()["responseBodySize"]))
    page.goto(styleguide, wait_until="networkidle")
    assert len(sizes) <= 6
    assert sum(sizes) < 100_000


def test_time_is_picked_with_a_finger(browser: Browser, styleguide: str):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(styleguide)
    page.evaluate("document.querySelector('.week').scrollIntoView({block: 'start'})")
    page.touchscreen.tap(*at(page, 0, 17))
    page.wait_for_function("document.querySelector('#ends_at').value")
    assert picked(page) == ("2026-11-23T17:00", "2026-11-23T17:30")
    page.touchscreen.tap(*at(page, 0, 17.6))
    page.wait_for_function("document.querySelector('#ends_at').value.endsWith('18:00')")
    assert picked(page) == ("2026-11-23T17:00", "2026-11-23T18:00")
    context.close()
