"""Open figures in Chromium: both languages, desk and phone."""

import pytest

from tests.support import axe, eye
from tests.utilisation.test_open_figures import make_used, published

DAYS = [f"2026-10-{day:02}" for day in range(12, 17)]


@pytest.fixture
def world(write):
    with write() as uow:
        for district, users in (("fengxi", 3), ("fengdong", 2), ("qinhan", 5), ("jinghe", 4)):
            make_used(uow, district, *DAYS[:users])
        published(uow)


@pytest.mark.browser
@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_open_figures_can_be_read_by_everybody(world, page, live_server, language, size):
    page.set_viewport_size(size)
    page.goto(f"{live_server}/open-figures?period=2026-10&lang={language}")
    eye.keep(page, f"open-figures-{language}-{size['width']}")
    assert axe.serious_faults(page) == []
    assert not eye.too_wide(page)
