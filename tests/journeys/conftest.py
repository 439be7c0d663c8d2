"""Where journeys take place."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.people import Street


@pytest.fixture(params=[("zh-CN", 1280), ("en", 390)], ids=["zh-desk", "en-phone"])
def street(browser: Browser, live_server: str, request: pytest.FixtureRequest) -> Street:
    return Street(browser, live_server, *request.param)
