"""A company comes: it registers, is verified, and invites a colleague, who secures, books, leaves.

In Chromium, in both languages, every page judged by axe and by whether it fits a phone.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from booking.web.sessions import COOKIE
from tests.conftest import Write
from tests.factories.accounts import code_at, make_staff, open_session
from tests.factories.files import pdf
from tests.factories.reservations import make_scene
from tests.support import eye
from tests.support.clock import FrozenClock
from tests.support.post import Post

FOUNDER, COLLEAGUE = "founder@example.com", "colleague@example.com"
PASSWORD = "three-quiet-microscopes"
LICENCE = FilePayload(name="执照.pdf", mimeType="application/pdf", buffer=pdf())
WAITING = {"zh": "中心核验", "en": "The centre verifies"}


@pytest.fixture
def people(browser: Browser, live_server: str, language: str) -> Iterator[tuple[Page, Page, Page]]:
    """Three, each at a browser of their own, reading one language."""
    with ExitStack() as stack:

        def sit_down() -> Page:
            context = stack.enter_context(browser.new_context(timezone_id="Asia/Shanghai"))
            page = context.new_page()
            page.goto(f"{live_server}/sign-in?lang={language}")
            return page

        yield sit_down(), sit_down(), sit_down()


def send(page: Page, action: str, **typed: str) -> None:
    """Fill in the form that goes to an address, and send it."""
    form = page.locator(f'form[action="{action}"]')
    for name, text in typed.items():
        form.locator(f'[name="{name}"]').fill(text)
    form.locator('button[type="submit"]').click()


def sign_in(page: Page, email: str) -> None:
    send(page, "/sign-in", email=email, password=PASSWORD)


def register(page: Page, address: str) -> None:
    page.goto(f"{address}/register")
    assert eye.fits(page)
    page.locator("#kind").select_option("enterprise")
    page.locator("#district").select_option("qinhan")
    page.locator("#licence").set_input_files(LICENCE)
    send(
        page,
        "/register",
        organisation_name="示例精密制造有限公司",
        uscc="91350100M000100Y43",
        name="企业管理员甲",
        phone="029-00000000",
        email=FOUNDER,
        new_password=PASSWORD,
    )
    expect(page.locator("main")).to_contain_text(FOUNDER)
    assert eye.fits(page)


def confirm(page: Page, link: str) -> None:
    """The address is theirs; then they wait."""
    page.goto(link)
    assert eye.fits(page)
    send(page, "/register/confirmation")
    sign_in(page, FOUNDER)
    page.wait_for_url("**/organisations/*")
    assert eye.fits(page)


def verify(page: Page, address: str, company: str) -> None:
    """The centre looks at the first registration that waits."""
    page.goto(f"{address}/registrations")
    assert eye.fits(page)
    page.locator("td.act form").first.locator("button").first.click()
    page.wait_for_url(f"**/organisations/{company}")
    assert eye.fits(page)


def secure(page: Page, address: str, clock: FrozenClock) -> str:
    """Set up the second factor, with a telephone that shows the right time."""
    page.goto(f"{address}/account/second-factor")
    page.locator('main input[type="password"]').fill(PASSWORD)
    page.locator('main button[type="submit"]').click()
    key = page.locator("code.secret").inner_text().replace(" ", "")
    page.locator("main input[name='otp']").fill(code_at(key, clock.now()))
    page.locator('main form:has(input[name="otp"]) button[type="submit"]').click()
    expect(page.locator(".codes code")).to_have_count(10)
    assert eye.fits(page)
    return key


def book(page: Page, instrument: str) -> None:
    page.goto(instrument)
    page.wait_for_selector("#booking-form")
    page.fill("#starts_at", "2026-11-24T12:00")
    page.fill("#ends_at", "2026-11-24T14:00")
    page.fill("#purpose", "断口形貌")
    page.wait_for_selector("#verdict dl.sums")
    page.locator("#booking button.primary").click()
    page.wait_for_url("**/reservations/R*")
    expect(page.locator("main")).to_contain_text("断口形貌")
    assert eye.fits(page)


def leave(page: Page, address: str, company: str, successor: str) -> None:
    """What is booked goes to a colleague; with the last role the account may be closed."""
    page.goto(f"{address}/account")
    page.locator(f'a[href="/account/organisations/{company}/departure"]').click()
    expect(page.locator("#effects table tbody tr")).to_have_count(1)
    assert eye.fits(page)
    send(page, f"/account/organisations/{company}/departure", colleague=successor)
    page.wait_for_url("**/sign-in*")


def close(page: Page, address: str, clock: FrozenClock, key: str) -> None:
    """Take one's data along, then close the account."""
    sign_in(page, COLLEAGUE)
    clock.advance(minutes=2)
    send(page, "/sign-in/code", otp=code_at(key, clock.now()))
    page.goto(f"{address}/account")
    assert eye.fits(page)
    with page.expect_download() as taken:
        page.locator('a[href="/account/data.json"]').click()
    assert COLLEAGUE in taken.value.path().read_text("utf-8")
    page.locator("#personal-data details.confirm summary").click()
    send(page, "/account/closure")
    page.wait_for_url("**/sign-in*")
    sign_in(page, COLLEAGUE)
    expect(page.locator("#problems")).to_be_visible()


@pytest.mark.parametrize(
    ("backend", "language"), [("sqlite", "zh"), ("postgresql", "en")], indirect=["backend"]
)
def test_it_registers_is_verified_invites_secures_books_and_leaves(
    people: tuple[Page, Page, Page],
    live_server: str,
    post: Post,
    write: Write,
    clock: FrozenClock,
    language: str,
) -> None:
    founder, staff, colleague = people
    with write() as uow:
        scene = make_scene(uow)
        centre = open_session(uow, make_staff(uow), now=clock.now())

    register(founder, live_server)
    confirm(founder, live_server + post.link(to=FOUNDER))
    expect(founder.locator("main")).to_contain_text(WAITING[language])
    company = founder.url.rpartition("/")[2].partition("?")[0]

    staff.context.add_cookies([{"name": COOKIE, "value": centre, "url": live_server}])
    verify(staff, live_server, company)

    founder.goto(f"{live_server}/organisations/{company}/members")
    send(founder, f"/organisations/{company}/invitations", guest=COLLEAGUE)
    expect(founder.locator("#invitations")).to_contain_text(COLLEAGUE)
    assert eye.fits(founder)

    colleague.goto(live_server + post.link(to=COLLEAGUE))
    assert eye.fits(colleague)
    send(colleague, "/invitation/account", name="实验员乙", new_password=PASSWORD)
    sign_in(colleague, COLLEAGUE)
    key = secure(colleague, live_server, clock)
    book(colleague, f"{live_server}/instruments/{scene.instrument.key}")
    leave(colleague, live_server, company, FOUNDER)
    close(colleague, live_server, clock, key)
