"""A company's whole errand: find, book, be refused, use, confirm; then the month, then the money.

Runs in a real browser on both databases, in both languages, at a desk and on a phone. The clock is
moved by hand; the scheduler's own runner settles the month.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser
from sqlalchemy.engine import Engine

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.jobs.runner import Runner
from booking.reservations.actions.reserve import Wish, reserve
from booking.wiring import REACTIONS
from tests.conftest import Write
from tests.factories.accounts import make_actor, make_user
from tests.factories.instruments import OFFICE_HOURS, enter_year, make_instrument, span
from tests.factories.organisations import make_organisation, make_qualification
from tests.factories.settled_uses import make_programme, seeded_programme
from tests.journeys.people import Person, number_in
from tests.support.clock import FrozenClock, moment

TAKEN = span("2026-11-24T13:00", "15:00")


@dataclass(frozen=True)
class Centre:
    """What is there before the errand begins."""

    instrument_id: int
    company: str


def open_centre(uow: UnitOfWork) -> Centre:
    enter_year(uow, 2026)
    instrument = make_instrument(uow, name="场发射扫描电子显微镜", week=OFFICE_HOURS)
    index_cards(uow, [instrument.key])
    company = make_organisation(uow, name="示例新材料公司")
    make_qualification(uow, company.key)
    make_user(uow, Grant(Role.COMPANY_ADMIN, company.key), email="sme@example.com")
    lab = Grant(Role.LAB_MANAGER, lab_id=instrument.lab_id)
    make_user(uow, lab, email="lab@example.com", name="仪器管理员乙")
    make_user(uow, Grant(Role.FINANCE), email="finance@example.com", name="财务丙")
    other = make_organisation(uow, name="示例检测公司")
    rival = make_actor(uow, Grant(Role.COMPANY_MEMBER, other.key), name="预约员丁")
    wish = Wish(instrument_id=instrument.key, span=TAKEN, purpose="不可见的目的")
    reserve(uow, wish, actor=rival, now=moment("2026-11-20T09:00"))
    make_programme(uow, seeded_programme("usage_2026"))
    return Centre(instrument.key, company.name)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 390)])
def test_a_company_books_uses_and_is_subsidised(  # noqa: PLR0913 - fixtures
    browser: Browser,
    live_server: str,
    write: Write,
    engine: Engine,
    clock: FrozenClock,
    tmp_path: Path,
    language: str,
    width: int,
):
    with write() as uow:
        centre = open_centre(uow)

    def person(email: str) -> Person:
        made = Person(browser, live_server, language=language, width=width)
        made.sign_in(email)
        return made

    # The company finds the instrument by its common name and asks for time that is taken.
    company = person("sme@example.com")
    company.open("/")
    company.look("home")
    company.page.fill("input[name=q]", "扫描电子")
    company.page.press("input[name=q]", "Enter")
    company.page.wait_for_url("**/instruments?*")
    company.look("catalogue")
    company.page.click("a[href*='/instruments/']:has-text('场发射扫描电子显微镜')")
    company.page.wait_for_selector("#booking")
    company.look("instrument")
    assert "示例检测公司" not in company.page.content()
    assert "不可见的目的" not in company.page.content()
    company.page.fill("#starts_at", "2026-11-24T14:00")
    company.page.fill("#ends_at", "2026-11-24T16:00")
    company.page.press("#ends_at", "Tab")
    company.page.wait_for_selector("#booking .chip")
    company.page.fill("#booking input[name=purpose]", "断口形貌")
    company.look("panel-taken")
    company.page.click("#booking button[type=submit]")
    company.page.wait_for_selector("#problems .chip, #problems a")
    assert company.page.input_value("#booking input[name=purpose]") == "断口形貌"

    # It takes one of the times offered instead.
    company.page.locator("#problems a[href*='start=']").first.click()
    company.page.wait_for_selector("#booking dl.sums")
    company.page.fill("#booking input[name=purpose]", "断口形貌")
    company.look("panel")
    company.page.click("#booking button[type=submit]")
    company.page.wait_for_url("**/reservations/R*")
    number = number_in(company.page.url)
    company.look("reservation")
    company.open("/reservations")
    company.look("bookings")

    # The lab checks in and out on the day, and says what was done.
    starts_at = company.page.locator("time").first.get_attribute("datetime")
    assert starts_at
    clock.at(starts_at)
    lab = person("lab@example.com")
    lab.open("/day")
    lab.look("day")
    lab.press(f"/reservations/{number}/check-in")
    clock.advance(hours=2)
    lab.open("/day")
    lab.press(f"/reservations/{number}/check-out")
    lab.open("/confirmations")
    lab.look("confirmations")
    lab.press(f"/reservations/{number}/confirmation")
    company.open("/confirmations")
    company.press(f"/reservations/{number}/confirmation")
    company.open("/charges")
    company.look("charges")

    # The clock turns to the next month; the scheduler settles the last one.
    clock.at("2026-12-01T02:00:30+08:00")
    results = Runner(engine, REACTIONS, clock).catch_up()
    assert {job: result.outcome for job, result in results.items() if result.outcome != "done"} == {}

    # Finance looks at the month, opens the statement, locks it and takes it away.
    finance = person("finance@example.com")
    finance.open("/settlements")
    finance.look("settlements")
    finance.open("/settlements/2026-11")
    finance.look("settlement")
    finance.page.locator("a[href*='/statements/JS-202611']").first.click()
    finance.page.wait_for_url("**/statements/JS-*")
    finance.page.locator("details.fold summary").first.click()
    assert number in finance.page.content()
    finance.look("statement")
    finance.open("/utilisation")
    finance.look("utilisation")
    finance.page.go_back()
    statement = finance.page.url.rpartition("/")[2]
    with finance.page.expect_download() as download:
        finance.page.click(f"a[href$='/statements/{statement}.xlsx']")
    sheet = tmp_path / "statement.xlsx"
    download.value.save_as(sheet)
    answer = finance.page.request.get(f"{live_server}/api/v1/statements/{statement}.json")
    told = json.loads(answer.body())
    cells = {cell for row in load_workbook(sheet).worksheets[0].iter_rows(values_only=True) for cell in row}
    assert centre.company in cells
    assert float(told["totals"]["payable"]) in cells
    assert told["totals"]["payable"] != "0.00"
    for one in (company, lab, finance):
        one.leave()
