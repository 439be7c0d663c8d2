"""A company applies on a telephone, in English; finance asks for more and accepts at a desk, in
Chinese; a month that was settled before is made good by the next statement."""

from pathlib import Path

from playwright.sync_api import Browser
from sqlmodel import select

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import Statement
from tests.conftest import Write
from tests.factories.accounts import make_actor, make_staff
from tests.factories.applications import asking
from tests.factories.files import pdf
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_programme, settled_use
from tests.journeys.people import Person, Street, sit_down
from tests.subsidies.paying import with_account
from tests.support.clock import FrozenClock

COMPANY, MISSING, ANSWER = "示例光电公司", "合同第三页缺章", "The stamped contract is attached."
TERMS = asking(
    name={"zh": "先申报后补助（示例）", "en": "Apply first (example)"},
    windows=[{"from": "11-01", "to": "11-30"}],
    claim_within_days=60,
    evidence=[{"code": "contract"}, {"code": "summary", "mandatory": False}],
)


def parties(uow: UnitOfWork) -> tuple[Actor, Actor]:
    """Who administers a company whose October is settled with nothing, and finance."""
    enter_year(uow, 2026)
    make_programme(uow, TERMS)
    company = with_account(uow)
    company.name = COMPANY
    settled_use(uow, company, "2000.00")
    admin = make_actor(uow, Grant(Role.COMPANY_ADMIN, company.key), name="企业管理员甲")
    return admin, make_staff(uow, Role.FINANCE)


def settle(uow: UnitOfWork, month: str, clock: FrozenClock) -> int:
    settle_period(uow, Period.parse(month), actor_id=None, now=clock.now())
    lock_settlement(uow, month, actor_id=None, now=clock.now())
    found = select(Statement.payable_fen)
    return sum(uow.session.exec(found).all())


def upload(person: Person, paper: Path) -> None:
    person.page.set_input_files("#file-1", paper)
    person.press("/papers")


def begin_and_hand_in(company: Person, paper: Path) -> str:
    company.open("/")
    company.page.wait_for_selector("#open_programmes li")
    company.look("application-start-page")
    company.open("/statements")
    company.page.wait_for_selector("#open_programmes li")
    company.follow("#open_programmes li a")
    company.look("application-offers")
    company.press("/applications")
    company.look("application-draft")
    upload(company, paper)
    company.look("application-complete")
    company.page.fill("#note", "For the fatigue tests of this year.")
    company.press("/submission")
    company.look("application-handed-in")
    return company.page.url.removeprefix(company.address)


def ask_for_more(finance: Person, at: str) -> None:
    finance.open("/applications?state=handed_in")
    finance.look("application-queue")
    assert COMPANY in finance.page.content()
    finance.follow(f"td a[href$='{at}']")
    finance.look("application-to-judge")
    finance.confirm("form[action$='/return']", reason=MISSING)
    finance.look("application-sent-back")


def answer(company: Person, at: str, paper: Path) -> None:
    company.open(at)
    assert MISSING in company.page.content()
    company.look("application-returned")
    upload(company, paper)
    company.page.fill("#note", ANSWER)
    company.press("/submission")


def accept(finance: Person, at: str) -> None:
    finance.open(at)
    assert ANSWER in finance.page.content()
    finance.confirm("form[action$='/acceptance']")
    finance.look("application-accepted")


def test_an_application_goes_back_comes_again_and_is_made_good_for(
    browser: Browser, live_server: str, write: Write, clock: FrozenClock, tmp_path: Path
):
    clock.at("2026-11-02T09:00+08:00")
    with write() as uow:
        admin, staff = parties(uow)
        assert settle(uow, "2026-10", clock) == 0
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(pdf())
    phone = Street(browser, live_server, "en", 390)
    desk = Street(browser, live_server, "zh-CN", 1280)
    company = sit_down(phone, write, admin, clock)
    finance = sit_down(desk, write, staff, clock)
    at = begin_and_hand_in(company, paper)
    ask_for_more(finance, at)
    clock.at("2026-12-01T09:00+08:00")
    answer(sit_down(phone, write, admin, clock), at, paper)
    accept(sit_down(desk, write, staff, clock), at)
    clock.at("2026-12-02T09:00+08:00")
    with write() as uow:
        assert settle(uow, "2026-11", clock) == 60000
