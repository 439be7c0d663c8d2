"""Pictures of pages, kept in `screenshots/` for somebody to look at."""

from playwright.sync_api import Page

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
