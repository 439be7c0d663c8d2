"""仪器贷: a company draws for a charge, the bank's file comes, it repays; finance sees exposure."""

from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy.engine import Engine

from booking.access.actor import HOUSE, Actor
from booking.access.roles import Role
from booking.billing.models import Charge
from booking.db.transactions import UnitOfWork
from booking.loans.actions.agree_repayment import agree_repayment
from booking.loans.models import LineKind
from booking.loans.queries.draws import open_draws
from booking.loans.rules.dues import Agreed
from booking.loans.rules.schedule import Repaying
from tests.conftest import Write
from tests.factories.accounts import make_member, make_staff
from tests.factories.bank_files import HEADINGS, columns, taken_in
from tests.factories.corrections import now_costs
from tests.factories.instruments import make_instrument, make_lab
from tests.factories.settled_uses import (
    ENTERED,
    make_company,
    make_loan,
    make_programme,
    settled_use,
)
from tests.journeys.people import ONE_EACH, Person, Street, sit_down
from tests.subsidies.requests import interest_programme
from tests.support.clock import FrozenClock, moment

LOAN, PURCHASE, CARD = "YQD-1", "YQD-2", "共享电子显微镜"
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


@dataclass(frozen=True)
class Parties:
    company: Actor
    finance: Actor
    charge: Charge


def begin(uow: UnitOfWork) -> Parties:
    """A use of 1,000.00, a line repaid in six parts, and a purchase loan without a purchase."""
    company = make_company(uow, name="示例光电公司")
    make_loan(uow, company)
    terms = Agreed(valid_from=date(2026, 1, 1), repaying=Repaying.EQUAL_PRINCIPAL, months=6)
    agree_repayment(uow, LOAN, terms, actor=HOUSE, now=ENTERED)
    uow.session.merge(make_loan(uow, company, number=PURCHASE)).kind = LineKind.PURCHASE
    lab = make_lab(uow, organisation_id=company.key)
    make_instrument(uow, lab_id=lab.key, name=CARD)
    make_programme(uow, interest_programme(valid=YEAR, settlement="quarterly"))
    boss = make_member(uow, company.key, Role.COMPANY_ADMIN)
    return Parties(boss, make_staff(uow, Role.FINANCE), settled_use(uow, company))


def ask(company: Person, charge: str) -> None:
    company.open(f"/loans/{LOAN}")
    company.look("loan-before-a-draw")
    company.page.select_option("#charge", charge)
    company.page.fill("#amount", "800.00")
    company.press(f"/loans/{LOAN}/draws")
    company.look("loan-draw-asked")
    expect(company.page.locator("main")).to_contain_text("800.00")


def the_bank_says(engine: Engine, *rows: str) -> None:
    text = "\n".join([f"{HEADINGS},订单号", *rows]) + "\n"
    taken_in(engine, text.encode(), mapping=columns(order="订单号"))


def pay_what_was_asked(engine: Engine, write: Write) -> None:
    with write() as uow:
        (asked,) = open_draws(uow.session, limit=9)
    the_bank_says(engine, f"T1,{LOAN},2026-10-12,800.00,,首批,{asked.number}")


def repay_what_is_beyond(company: Person, engine: Engine) -> None:
    """Its charge was lowered to 600.00, so 200.00 of the draw are for nothing."""
    company.open(f"/loans/{LOAN}")
    warning = company.page.locator(".alert", has_text="200.00")
    expect(warning).to_be_visible()
    company.look("loan-beyond-its-charge")
    the_bank_says(engine, f"T2,{LOAN},2026-11-10,,800.00,归还,")
    company.open(f"/loans/{LOAN}")
    expect(warning).to_have_count(0)
    company.look("loan-repaid")


def read_what_is_due(company: Person) -> None:
    """The curve, the table behind it, the instalments, and what interest came to."""
    company.open(f"/loans/{LOAN}")
    expect(company.page.locator("#interest table")).to_be_visible()
    company.look("loan-paid")
    expect(company.page.locator("figure polyline").first).to_be_attached()
    company.page.locator("figure summary").first.click()
    expect(company.page.locator("figure table").first).to_be_visible()
    company.look("loan-schedule")


def enter_the_purchase(finance: Person) -> None:
    finance.open(f"/loans/{PURCHASE}")
    finance.look("loan-purchase-form")
    form = f"form[action$='/loans/{PURCHASE}/purchase']"
    finance.page.select_option(f"{form} #instrument_id", label=CARD)
    fields = {"cost": "1800000.00", "hours_a_year": "800", "valid_from": "2026-01-01"}
    for name, value in {**fields, "years": "3"}.items():
        finance.page.fill(f"{form} #{name}", value)
    finance.follow(f"{form} button[type=submit]")
    expect(finance.page.locator("#promised")).to_contain_text(CARD)
    finance.look("loan-promised")


@pytest.mark.browser
@ONE_EACH
def test_it_is_drawn_paid_corrected_repaid_and_seen(
    street: Street, write: Write, engine: Engine, clock: FrozenClock
) -> None:
    clock.at("2026-10-12T09:00")
    with write() as uow:
        parties = begin(uow)
    company = sit_down(street, write, parties.company, clock)
    ask(company, parties.charge.number)
    finance = sit_down(street, write, parties.finance, clock)
    finance.open("/draws")
    finance.look("draws-waiting")
    pay_what_was_asked(engine, write)
    clock.at("2026-11-10T09:00")
    company, finance = (
        sit_down(street, write, one, clock) for one in (parties.company, parties.finance)
    )
    read_what_is_due(company)
    with write() as uow:
        now_costs(uow, uow.session.merge(parties.charge), 60_000, now=moment("2026-11-10T08:00"))
    repay_what_is_beyond(company, engine)
    enter_the_purchase(finance)
    finance.open("/loan-exposure")
    expect(finance.page.locator("#promised")).to_contain_text(CARD)
    finance.look("exposure")
