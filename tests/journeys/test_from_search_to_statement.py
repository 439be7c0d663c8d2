"""A company's whole errand: find, book, be refused, use, confirm; then the month, then the money.

Runs in a real browser on both databases, in both languages, at a desk and on a phone. The clock is
moved by hand; the scheduler's own runner settles the month.
"""

import json
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy.engine import Engine

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.jobs.runner import Outcome, Runner
from booking.reservations.actions.reserve import reserve
from booking.reservations.rules.wish import Wish
from booking.wiring import REACTIONS
from tests.conftest import Write
from tests.factories.accounts import make_actor, make_user
from tests.factories.instruments import OFFICE_HOURS, enter_year, make_instrument, span
from tests.factories.organisations import make_organisation, make_qualification
from tests.factories.settled_uses import make_programme, seeded_programme
from tests.journeys.people import Person, Street, number_in
from tests.support.clock import FrozenClock, moment

INSTRUMENT = "场发射扫描电子显微镜"
COMPANY, RIVAL = "示例新材料公司", "示例检测公司"
TAKEN = span("2026-11-24T13:00", "15:00")
SECRET = "不可见的目的"
PURPOSE, SAMPLES = "断口形貌", "3"


def open_centre(uow: UnitOfWork, locale: str) -> None:
    """What is there before the errand begins: one instrument, two companies, one programme."""
    enter_year(uow, 2026)
    instrument = make_instrument(uow, name=INSTRUMENT, week=OFFICE_HOURS)
    index_cards(uow, [instrument.key])
    company = make_organisation(uow, name=COMPANY)
    make_qualification(uow, company.key)
    make_user(uow, Grant(Role.COMPANY_ADMIN, company.key), email="sme@example.com", locale=locale)
    manager = Grant(Role.LAB_MANAGER, lab_id=instrument.lab_id)
    make_user(uow, manager, email="lab@example.com", name="仪器管理员乙", locale=locale)
    # The account's language counts, whatever the browser asks for.
    make_user(uow, Grant(Role.FINANCE), email="finance@example.com", name="财务丙", locale="zh_CN")
    other = make_organisation(uow, name=RIVAL)
    rival = make_actor(uow, Grant(Role.COMPANY_MEMBER, other.key), name="预约员丁")
    wish = Wish(instrument_id=instrument.key, span=TAKEN, purpose=SECRET)
    reserve(uow, wish, actor=rival, now=moment("2026-11-20T09:00"))
    make_programme(uow, seeded_programme("usage_2026"))


def find_the_instrument(company: Person) -> None:
    company.open("/")
    company.look("home")
    company.page.fill("input[name=q]", "扫描电子")
    company.page.press("input[name=q]", "Enter")
    company.page.wait_for_url("**/instruments?*")
    company.look("catalogue")
    company.page.click(f"a[href*='/instruments/']:has-text('{INSTRUMENT}')")
    company.page.wait_for_selector("#booking")
    company.look("instrument")
    assert RIVAL not in company.page.content()
    assert SECRET not in company.page.content()


def be_refused_and_keep_what_was_typed(company: Person) -> None:
    company.page.fill("#starts_at", "2026-11-24T14:00")
    company.page.fill("#ends_at", "2026-11-24T16:00")
    company.page.press("#ends_at", "Tab")
    company.page.wait_for_selector("#booking .chip")
    company.page.fill("#booking input[name=purpose]", PURPOSE)
    company.page.fill("#booking input[name=samples]", SAMPLES)
    company.look("panel-taken")
    company.page.click("#booking button.primary")
    company.page.wait_for_selector("#problems button[name=span]")
    assert typed_in(company) == (PURPOSE, SAMPLES)


def typed_in(company: Person) -> tuple[str, str]:
    fields = ("purpose", "samples")
    purpose, samples = (company.page.input_value(f"#booking input[name={name}]") for name in fields)
    return purpose, samples


def take_what_is_offered(company: Person) -> tuple[str, str]:
    """The booking's number, and when it begins."""
    company.page.locator("#problems button[name=span]").first.click()
    # The sums of the time that was refused stand there until those of the offered one come.
    company.page.wait_for_selector("#problems button[name=span]", state="detached")
    company.page.wait_for_selector("#booking dl.sums")
    assert typed_in(company) == (PURPOSE, SAMPLES)
    company.look("panel")
    company.page.click("#booking button.primary")
    company.page.wait_for_url("**/reservations/R*")
    number = number_in(company.page.url)
    company.look("reservation")
    assert PURPOSE in company.page.content()
    company.open("/reservations")
    company.look("bookings")
    booked = company.page.locator("time").first.get_attribute("datetime")
    assert booked
    return number, booked.partition("/")[0]


def use_the_time(lab: Person, number: str, *, clock: FrozenClock) -> None:
    lab.open("/day")
    lab.look("day")
    lab.press(f"/reservations/{number}/check-in")
    clock.advance(hours=2)
    lab.open("/day")
    lab.press(f"/reservations/{number}/check-out")
    lab.open("/confirmations")
    lab.look("confirmations")
    lab.press(f"/reservations/{number}/confirmation")


def confirm_and_see_the_charge(company: Person, number: str) -> None:
    company.open("/confirmations")
    company.press(f"/reservations/{number}/confirmation")
    company.open("/charges")
    company.look("charges")
    assert INSTRUMENT in company.page.content()


def turn_of_the_month(engine: Engine, clock: FrozenClock) -> None:
    clock.at("2026-12-01T02:00:30+08:00")
    results = Runner(engine, REACTIONS, clock).catch_up()
    assert results["settle_month"].outcome is Outcome.DONE
    assert results["settle_month"].rows > 0


def read_the_statement(finance: Person, number: str) -> str:
    """The statement's number, after it was locked."""
    finance.open("/settlements")
    finance.look("settlements")
    finance.open("/settlements/2026-11")
    finance.look("settlement")
    finance.page.locator("a[href*='/statements/JS-202611']").first.click()
    finance.page.wait_for_url("**/statements/JS-*")
    finance.page.locator("details.fold summary").first.click()
    assert number in finance.page.content()
    assert "补助比例 30%" in finance.page.locator("details.fold").first.inner_text()
    finance.look("statement")
    return finance.page.url.rpartition("/")[2]


def take_the_statement_away(finance: Person, statement: str, sheet: Path) -> None:
    with finance.page.expect_download() as download:
        finance.page.click(f"a[href$='/statements/{statement}.xlsx']")
    download.value.save_as(sheet)
    address = f"{finance.address}/api/v1/statements/{statement}.json"
    told = json.loads(finance.page.request.get(address).body())
    rows = load_workbook(sheet).worksheets[0].iter_rows(values_only=True)
    cells = {cell for row in rows for cell in row}
    assert COMPANY in cells
    assert float(told["totals"]["payable"]) in cells
    assert told["totals"]["payable"] == "588.00"


def test_a_company_books_uses_and_is_subsidised(
    street: Street, write: Write, engine: Engine, clock: FrozenClock, tmp_path: Path
):
    with write() as uow:
        open_centre(uow, "en" if street.language == "en" else "zh_CN")
    company = street.person("sme@example.com")
    find_the_instrument(company)
    be_refused_and_keep_what_was_typed(company)
    number, begins = take_what_is_offered(company)
    clock.at(begins)
    use_the_time(street.person("lab@example.com"), number, clock=clock)
    # A day has passed: the company has to sign in again.
    company.sign_in("sme@example.com")
    confirm_and_see_the_charge(company, number)
    turn_of_the_month(engine, clock)
    finance = street.person("finance@example.com")
    statement = read_the_statement(finance, number)
    take_the_statement_away(finance, statement, tmp_path / "statement.xlsx")
