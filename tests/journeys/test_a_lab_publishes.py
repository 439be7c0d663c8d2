"""A newcomer at a lab: from signing in to an instrument that companies find and can book.

In Chromium, in both languages, at a desk and on a phone, every page judged by axe and by whether it
fits the screen.
"""

import pytest
from playwright.sync_api import FilePayload, expect

from booking.access.actor import Grant
from booking.access.roles import Role
from tests.conftest import Write
from tests.factories.accounts import make_user
from tests.factories.files import large_photo, pdf
from tests.factories.instruments import enter_year, make_lab
from tests.journeys.people import Person, Street

LAB, CENTRE = "newcomer@example.com", "centre@example.com"
NAME, NAME_EN = "激光共聚焦显微镜", "Confocal laser microscope"
CARD = {
    "name": NAME,
    "name_en": NAME_EN,
    "aliases": "LSCM、共聚焦",
    "original_value": "1860000.00",
    "model": "LSM-示例",
    "functions": "三维形貌与荧光成像",
}


def register(lab: Person) -> str:
    """Fill in what a newcomer knows; the address of the card."""
    lab.open("/manage/instruments")
    lab.look("publish-list")
    lab.page.locator('a[href="/manage/instruments/new"]').first.click()
    lab.look("publish-new")
    for name, text in CARD.items():
        lab.page.fill(f"#{name}", text)
    lab.page.select_option("#category", "01")
    lab.page.fill("#acceptance_date", "2026-11-02")
    lab.press("/manage/instruments")
    lab.page.wait_for_url("**/manage/instruments/*")
    lab.look("publish-card")
    return lab.page.url.removeprefix(lab.address)


def hang(lab: Person, here: str) -> None:
    lab.open(f"{here}/attachments")
    photo = FilePayload(name="样品室.jpg", mimeType="image/jpeg", buffer=large_photo())
    lab.page.set_input_files("#photo", photo)
    lab.page.fill("#caption", "样品室")
    lab.press("/pictures")
    paper = FilePayload(name="sop.pdf", mimeType="application/pdf", buffer=pdf())
    lab.page.set_input_files("#paper", paper)
    lab.page.fill("#title", "操作规程")
    lab.press("/papers")
    lab.look("publish-attachments")


def say_when(lab: Person, here: str) -> None:
    lab.open(f"{here}/hours")
    for day in range(1, 6):
        lab.page.fill(f"#day_{day}", "08:30-12:00 13:00-18:00")
    lab.press("/hours")
    lab.look("publish-hours")


def say_how(lab: Person, here: str) -> None:
    lab.open(f"{here}/policy")
    lab.page.fill("#notice_minutes", "2 h")
    lab.page.fill("#quota1_limit", "12")
    keep(lab, "/policy")
    expect(lab.page.locator(".card section h3")).to_have_count(1)
    lab.look("publish-policy")


def say_what_it_costs(lab: Person, here: str) -> None:
    """The worked example answers while the prices are typed."""
    lab.open(f"{here}/tariffs")
    lab.page.fill("#example_start", "2026-12-01T09:00")
    lab.page.fill("#example_end", "2026-12-01T11:00")
    lab.page.fill("#enterprise_hour", "600.00")
    lab.page.press("#enterprise_hour", "Tab")
    expect(lab.page.locator("#example")).to_contain_text("1,200.00")
    lab.look("publish-tariff")
    keep(lab, "/tariffs")


def keep(lab: Person, action: str) -> None:
    """Press what keeps a long form, not what adds a line to it."""
    lab.page.locator(f"form[action$='{action}'] .actions button.primary").click()
    lab.page.wait_for_load_state("networkidle")


def publish(centre: Person, here: str) -> None:
    centre.open("/manage/instruments?state=submitted")
    centre.page.locator(f'a[href="{here}"]').click()
    centre.look("publish-submitted")
    centre.press("/steps")
    centre.leave()


def find(visitor: Person, name: str) -> None:
    """A stranger comes by the abbreviation and sees what it is, what it costs, how it looks."""
    visitor.open("/instruments?q=LSCM")
    visitor.look("publish-found")
    visitor.page.locator("#results a.cover").first.click()
    shown = visitor.page.locator("main")
    expect(shown).to_contain_text(name)
    expect(shown).to_contain_text("600.00")
    expect(visitor.page.locator('img[alt="样品室"]')).to_have_js_property("naturalWidth", 480)
    visitor.look("publish-public")
    visitor.leave()


@pytest.mark.browser
def test_a_newcomer_publishes_an_instrument(street: Street, write: Write) -> None:
    locale = "en" if street.language == "en" else "zh_CN"
    with write() as uow:
        enter_year(uow, 2026)
        lab = make_lab(uow)
        make_user(uow, Grant(Role.LAB_MANAGER, lab_id=lab.key), email=LAB, locale=locale)
        make_user(uow, Grant(Role.CENTRE_ADMIN), email=CENTRE, name="中心甲", locale=locale)
    keeper = street.person(LAB)
    here = register(keeper)
    hang(keeper, here)
    say_when(keeper, here)
    say_how(keeper, here)
    say_what_it_costs(keeper, here)
    keeper.open(here)
    keeper.press("/steps")
    keeper.leave()
    publish(street.person(CENTRE), here)
    find(street.visitor(), NAME_EN if locale == "en" else NAME)
