"""Pictures of utilisation in Chromium: light, dark, on paper, on a phone; shapes as tables say."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from booking.access.roles import Role
from booking.instruments.models.calendar import ClosureKind
from booking.utilisation.actions.roll_up import roll_up
from booking.web.sessions import COOKIE
from tests.factories.accounts import make_staff, open_session
from tests.factories.instruments import add_closure, make_lab, span
from tests.factories.utilisation import invented, write_instrument
from tests.support import axe, eye
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
ROWS = """table => [...table.tBodies[0].rows].map(row => [...row.cells].map(c => c.textContent))"""
RECTS = """svg => [...svg.querySelectorAll("rect")].map(rect => ({
  fill: rect.getAttribute("class"), title: rect.textContent, y: +rect.getAttribute("y"),
  width: +rect.getAttribute("width"), height: +rect.getAttribute("height")}))"""


@pytest.fixture
def instrument(write, clock, page, live_server) -> int:
    """The browser of finance before an instrument with three months of life, and others."""
    chance = Random(5)
    with write() as uow:
        lab = make_lab(uow).key
        key = write_instrument(uow, invented(chance), lab_id=lab, name="示例场发射扫描电镜")
        add_closure(uow, key, span("2026-10-12T08:00", "2026-10-14T18:00"), kind=ClosureKind.FAULT)
        for _ in range(2):
            write_instrument(uow, invented(chance), lab_id=lab)
        roll_up(uow, now=NOW)
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return key


def rows(page, card: str) -> list[list[str]]:
    found: list[list[str]] = page.locator(f"{card} details table").evaluate(ROWS)
    return found


def rects(page, card: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.locator(f"{card} .plot svg").evaluate(RECTS)
    return found


def figure(text: str) -> Fraction:
    return Fraction(text.replace(",", "")) if text[0].isdigit() else Fraction(0)


def shown_beside(page, card: str) -> None:
    """Columns beside one another are as high as their figures, on one scale."""
    told = [figure(text) for row in rows(page, card) for text in row[1:] if text[0].isdigit()]
    drawn = [Fraction(one["height"]) for one in rects(page, card)]
    assert len(drawn) == len(told) > 0
    scale = max(drawn) / max(told)
    # Figures are rounded to a tenth, places of shapes to a hundredth.
    for height, value in zip(drawn, told, strict=True):
        assert abs(height - value * scale) <= scale / 10 + Fraction(1, 50), card


def test_shapes_are_what_their_tables_say(instrument, page, live_server, backend):
    page.goto(f"{live_server}/utilisation/instruments/{instrument}?period=2026")
    shown_beside(page, "#trend")
    shown_beside(page, "#money")
    told = [[figure(text) for text in row[1:]] for row in rows(page, "#inside")]
    drawn = iter(rects(page, "#inside"))
    for parts in told:
        if sum(parts):
            for part in parts:
                share = Fraction(next(drawn)["height"]) / 240
                assert abs(share - part / sum(parts)) < Fraction(1, 100)
    table = rows(page, "#days")
    used = sum(figure(text) > 0 for row in table for text in row[1:] if text.strip())
    drawn_days = rects(page, "#days")
    assert used == sum("使用 0.0 小时" not in one["title"] for one in drawn_days) > 0
    plain = [one for one in drawn_days if one["fill"] in {"heat-0", "heat-none"}]
    assert all("使用 0.0 小时" in one["title"] for one in plain)
    assert len(rows(page, "#faults")) == len(rects(page, "#faults")) - 1


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_them(instrument, page, live_server, backend, language, size, scheme):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server}/utilisation?lang={language}")
    pages = {
        "use-of-instrument": f"/utilisation/instruments/{instrument}?period=2026",
        "use-by-instrument": "/utilisation?period=AY2026&by=instrument",
        "use-records": f"/utilisation/instruments/{instrument}/records?period=2026&figure=used",
        "provider-year": "/reports/provider-year?period=2026",
    }
    for name, address in pages.items():
        answer = page.goto(live_server + address)
        assert answer.status == 200
        for fold in page.locator("details.fold").all():
            fold.evaluate("one => { one.open = true }")
        eye.keep(page, f"{name}-{language}-{size['width']}-{scheme}")
        assert axe.serious_faults(page) == [], name
        assert not eye.too_wide(page), name


def test_they_print(instrument, page, live_server, backend):
    page.goto(f"{live_server}/utilisation/instruments/{instrument}?period=2026")
    page.emulate_media(media="print")
    eye.keep(page, "use-of-instrument-print")
    assert page.locator("#trend .plot svg").bounding_box()["height"] > 50
    assert not page.locator("form.filters").is_visible()
    fill = page.locator("#trend rect").first.evaluate("one => getComputedStyle(one).fill")
    assert fill not in {"none", "rgb(255, 255, 255)"}


def test_a_page_stays_light(instrument, page, live_server, backend):
    got = []
    page.on("response", lambda answer: got.append(answer.url))
    page.goto(f"{live_server}/utilisation/instruments/{instrument}?period=2026")
    assert len(got) <= 12
    sizes = page.evaluate("performance.getEntriesByType('navigation').map(e => e.encodedBodySize)")
    assert max(sizes) <= 60_000
