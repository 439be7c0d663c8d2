"""In Chromium: finance has a month written into one file; a stranger proves a statement."""

import pytest

from booking.access.roles import Role
from booking.db.outside import Outside
from booking.kernel.periods import Period
from booking.settings import Settings
from booking.subsidies.actions.review_statement import lock
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.jobs import export_statements
from booking.web.sessions import COOKIE
from booking.wiring import REACTIONS
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support import axe, eye

NUMBER = "JS-202610-0001"


@pytest.fixture
def secret(write, clock) -> str:
    """Of somebody in finance, the month after a statement was locked."""
    with write() as uow:
        make_programme(uow, programme())
        settled_use(uow, make_company(uow, name="示例光电公司"))
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=clock.now())
        lock(uow, NUMBER, actor_id=None, now=clock.now())
        return open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_stranger_proves_a_pdf_and_sees_a_changed_one_refused(
    secret, client, page, live_server, backend, language, size
):
    pdf = be(client, secret).get(f"/statements/{NUMBER}.pdf").content
    changed = pdf[:500] + bytes([pdf[500] ^ 1]) + pdf[501:]
    page.set_viewport_size(size)
    page.goto(f"{live_server}/verify/{NUMBER}?lang={language}")
    for name, content, tone in (("genuine", pdf, "good"), ("changed", changed, "bad")):
        held = {"name": "s.pdf", "mimeType": "application/pdf", "buffer": content}
        page.set_input_files("#file", held)
        page.locator("form[enctype] button").click()
        page.wait_for_selector(f".alert.{tone}")
        assert axe.faults(page) == []
        eye.keep(page, f"verify-{name}-{language}-{size['width']}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_month_is_written_while_the_page_looks_on(
    secret, page, live_server, backend, engine, clock, language
):
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    page.goto(f"{live_server}/settlements/2026-10?lang={language}")
    eye.keep(page, f"desk-with-files-{language}")
    page.locator("form[action$='/exports'] button").click()
    page.wait_for_selector("progress")
    eye.keep(page, f"export-waiting-{language}")
    settings = Settings(public_url=live_server)
    export_statements(Outside(engine, REACTIONS, settings), clock.now())
    with page.expect_download() as fetched:
        page.locator("#progress a.primary").click()
    assert fetched.value.suggested_filename == "statements-2026-10.zip"
    assert axe.faults(page) == []
    for size in (eye.DESK, eye.PHONE):
        page.set_viewport_size(size)
        eye.keep(page, f"export-done-{language}-{size['width']}")
