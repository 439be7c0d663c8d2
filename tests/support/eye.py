"""Pictures of pages, kept in `screenshots/` for somebody to look at."""

from playwright.sync_api import Page

from tests.support.axe import serious_faults
from tests.support.sources import ROOT

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def keep(page: Page, name: str) -> None:
    """Take the whole page as `screenshots/<name>.png`."""
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def too_wide(page: Page) -> bool:
    """Whether people would have to push the page sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def fits(page: Page) -> bool:
    """For everybody, at a desk and on a phone; the faults are told where it does not."""
    found = serious_faults(page)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a TypedDict of its own
        found += serious_faults(page)
        if too_wide(page):
            found.append(f"wider than {size['width']}")
    assert found == [], page.url
    return True
