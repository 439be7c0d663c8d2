"""What banks are exposed to: limits, what is drawn, and what lines owe that are overdue."""

from datetime import date

from booking.access.roles import Role
from booking.loans.actions.grant_line import enter_overdue
from booking.loans.queries.exposure import exposure_on
from booking.loans.rules.exposure import Exposure
from tests.factories.accounts import be, make_member, make_staff, open_session
from tests.factories.settled_uses import bank_says, make_company, make_loan

JULY = date(2026, 7, 1)


def two_banks(uow):
    company = make_company(uow)
    first, _, other = (
        make_loan(uow, company, number=number, bank=bank)
        for number, bank in (("A-1", "甲行"), ("A-2", "甲行"), ("B-1", "乙行"))
    )
    bank_says(
        uow,
        ("T1", "A-1", "2026-03-10", "draw", "600000.00"),
        ("T2", "A-1", "2026-06-20", "repayment", "100000.00"),
        ("T3", "A-2", "2026-03-10", "draw", "1.00"),
        ("T4", "A-2", "2026-08-10", "draw", "9.00"),
    )
    enter_overdue(uow, first.key, date(2026, 6, 30), until=None)
    enter_overdue(uow, other.key, date(2026, 3, 1), until=date(2026, 3, 2))
    return company


def test_each_bank_has_its_sums(uow):
    two_banks(uow)
    limit = 100_000_000
    assert exposure_on(uow.session, JULY) == [
        Exposure("乙行", 1, limit, 0, limit, 0, 0, 0),
        Exposure("甲行", 2, 2 * limit, 50_000_100, 2 * limit - 50_000_100, 1, 50_000_000, 0),
    ]


def test_a_line_that_is_over_is_owed_but_not_available(uow):
    two_banks(uow)
    found = {one.bank: one for one in exposure_on(uow.session, date(2027, 1, 1))}
    assert (found["甲行"].owed_fen, found["甲行"].available_fen) == (50_001_000, 0)


def test_finance_reads_it_and_no_company_does(write, client, clock):
    with write() as uow:
        company = two_banks(uow)
        finance = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
        admin = make_member(uow, company.key, Role.COMPANY_ADMIN)
        borrower = open_session(uow, admin, now=clock.now())
    be(client, finance)
    assert "500,010.00" in client.get("/loan-exposure").text
    assert "甲行,2,2000000.00,500010.00" in client.get("/loan-exposure.csv").text
    be(client, borrower)
    assert client.get("/loan-exposure").status_code == 403
