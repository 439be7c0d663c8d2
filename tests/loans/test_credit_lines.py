"""Credit lines: bank files come in once and whole, balances follow the oldest draw."""

from datetime import date
from fractions import Fraction

import pytest

from booking.access.roles import Role
from booking.loans.actions.grant_line import LineTerms, grant_line
from booking.loans.actions.import_bank_file import import_bank_file
from booking.loans.errors import BankFileInvalid, CreditLineExists
from booking.loans.queries.lines import loan_values, owed_on
from booking.loans.rules.balances import Draw, Loan, Repayment, balances, outstanding
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.settled_uses import ENTERED, REPORTED, bank_says, make_company, make_loan

HEADING = "bank_transaction_number,loan_id,date,kind,amount"
MARCH, MAY, JUNE = date(2026, 3, 10), date(2026, 5, 6), date(2026, 6, 20)


def test_a_repayment_falls_on_the_oldest_draw_first():
    loan = Loan("C", draws=(Draw(MAY, 80), Draw(MARCH, 120)), repayments=(Repayment(JUNE, 150),))
    assert balances(loan) == [[(MARCH, 120), (JUNE, 0)], [(MAY, 80), (JUNE, 50)]]
    assert [outstanding(loan, day) for day in (MARCH, MAY, JUNE)] == [120, 200, 50]


def test_a_bank_file_is_taken_in_once(uow):
    line = make_loan(uow, make_company(uow))
    rows = (
        ("T1", "YQD-1", "2026-03-10", "draw", "120000.00"),
        ("T2", "YQD-1", "2026-06-20", "repayment", "50000.00"),
    )
    assert (bank_says(uow, *rows).added, bank_says(uow, *rows).added) == (2, 0)
    later = bank_says(uow, *rows, ("T3", "YQD-1", "2026-07-01", "repayment", "10000.00"))
    assert (later.added, later.known) == (1, 2)
    assert owed_on(uow.session, line.key, date(2026, 7, 1)) == 6_000_000
    (value,) = loan_values(uow.session).values()
    assert (value.annual_rate, value.lpr[-1].rate) == (Fraction("0.0385"), Fraction("0.03"))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("", "YQD-1", "2026-03-10", "draw", "1.00"), "loan.number_missing"),
        (("T1", "YQD-9", "2026-03-10", "draw", "1.00"), "loan.not_known"),
        (("T1", "YQD-1", "10.03.2026", "draw", "1.00"), "loan.value_invalid"),
        (("T1", "YQD-1", "2026-03-10", "gift", "1.00"), "loan.value_invalid"),
        (("T1", "YQD-1", "2026-03-10", "draw", "1.001"), "loan.value_invalid"),
        (("T1", "YQD-1", "2026-03-10", "draw", "-1.00"), "loan.value_invalid"),
    ],
)
def test_a_file_with_a_fault_is_refused_as_a_whole(uow, row, code):
    line = make_loan(uow, make_company(uow))
    good = ("T0", "YQD-1", "2026-03-10", "draw", "5.00")
    with pytest.raises(BankFileInvalid) as caught:
        bank_says(uow, good, row)
    assert [(v.code, v.params["line"]) for v in caught.value.violations] == [(code, 3)]
    assert owed_on(uow.session, line.key, JUNE) == 0


GIVEN = (
    ("T1", "YQD-1", "2026-03-10", "draw", "600000.00"),
    ("T2", "YQD-1", "2026-06-20", "repayment", "500000.00"),
)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("T1", "YQD-1", "2026-03-10", "draw", "600000.01"), "loan.number_taken"),
        (("T1", "YQD-1", "2026-03-11", "draw", "600000.00"), "loan.number_taken"),
        (("T2", "YQD-1", "2026-06-20", "draw", "500000.00"), "loan.number_taken"),
        (("T2", "YQD-2", "2026-06-20", "repayment", "500000.00"), "loan.number_taken"),
        (("T3", "YQD-1", "2025-12-31", "draw", "1.00"), "loan.draw_outside"),
        (("T3", "YQD-1", "2027-01-01", "draw", "1.00"), "loan.draw_outside"),
        (("T3", "YQD-1", "2027-06-02", "repayment", "1.00"), "loan.in_future"),
        (("T3", "YQD-1", "2026-03-10", "draw", "400000.01"), "loan.over_limit"),
        (("T3", "YQD-1", "2026-04-10", "draw", "400000.01"), "loan.over_limit"),
        (("T3", "YQD-1", "2026-06-20", "repayment", "100000.01"), "loan.over_repaid"),
        (("T3", "YQD-1", "2026-06-19", "repayment", "100000.01"), "loan.over_repaid"),
        (("T3", "YQD-1", "2026-01-02", "repayment", "1.00"), "loan.over_repaid"),
    ],
)
def test_a_record_that_cannot_be_is_refused_with_its_line(uow, row, code):
    company = make_company(uow)
    line, _ = (make_loan(uow, company, number=number) for number in ("YQD-1", "YQD-2"))
    bank_says(uow, *GIVEN)
    with pytest.raises(BankFileInvalid) as caught:
        bank_says(uow, *GIVEN, ("T9", "YQD-1", "2026-07-01", "draw", "5.00"), row)
    assert [(v.code, v.params["line"]) for v in caught.value.violations] == [(code, 5)]
    assert owed_on(uow.session, line.key, date(2026, 7, 1)) == 10_000_000


def test_a_line_may_be_drawn_to_its_limit_and_repaid_to_nothing_on_one_day(uow):
    line = make_loan(uow, make_company(uow))
    rows = (
        ("T1", "YQD-1", "2026-03-10", "repayment", "1000000.00"),
        ("T2", "YQD-1", "2026-03-10", "draw", "1000000.00"),
        ("T3", "YQD-1", "2026-06-20", "draw", "1000000.00"),
    )
    assert bank_says(uow, *rows, rows[0]).added == 3
    assert owed_on(uow.session, line.key, JUNE) == 100_000_000


def test_credit_lines_come_in_pieces(write, client, clock):
    with write() as uow:
        company = make_company(uow)
        for number in ("YQD-3", "YQD-1", "YQD-2"):
            make_loan(uow, company, number=number)
        client.headers.update(bearer(uow, make_staff(uow, Role.FINANCE), now=clock.now()))
    first = client.get("/api/v1/loans", params={"limit": 2}).json()
    assert [line["number"] for line in first["items"]] == ["YQD-1", "YQD-2"]
    rest = client.get("/api/v1/loans", params={"cursor": first["next_cursor"]}).json()
    assert ([line["number"] for line in rest["items"]], rest["next_cursor"]) == (["YQD-3"], None)


def test_a_file_without_its_headings_is_refused(uow):
    with pytest.raises(BankFileInvalid):
        import_bank_file(uow, b"number,amount\n1,2\n", actor_id=None, now=ENTERED)


def test_a_bank_file_may_be_in_the_old_encoding(uow):
    make_loan(uow, make_company(uow))
    content = f"{HEADING},note\nT1,YQD-1,2026-03-10,draw,1.00,首批\n"
    report = import_bank_file(uow, content.encode("gb18030"), actor_id=None, now=REPORTED)
    assert report.added == 1


def test_a_number_is_granted_once(uow):
    company = make_company(uow)
    make_loan(uow, company)
    terms = LineTerms(
        number="YQD-1",
        organisation_id=company.key,
        bank="示例银行",
        credit_limit_fen=1,
        annual_rate="0.03",
        valid_from=MARCH,
        valid_to=JUNE,
    )
    with pytest.raises(CreditLineExists):
        grant_line(uow, terms, actor_id=None, now=ENTERED)


def test_json_and_pages_of_a_credit_line(write, client, clock):
    with write() as uow:
        company = make_company(uow)
        finance = bearer(uow, make_staff(uow, Role.FINANCE), now=clock.now())
        borrower = make_member(uow, company.key, Role.COMPANY_ADMIN)
        mine = bearer(uow, borrower, now=clock.now())
        other = bearer(
            uow, make_member(uow, make_company(uow).key, Role.COMPANY_ADMIN), now=clock.now()
        )
        secret = open_session(uow, borrower, now=clock.now())
    body = {
        "number": "YQD-7",
        "organisation_id": company.id,
        "bank": "示例银行",
        "credit_limit": "1000000.00",
        "annual_rate": "0.0385",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    assert client.post("/api/v1/loans", json=body, headers=finance).status_code == 201
    assert client.post("/api/v1/loans", json=body, headers=finance).status_code == 409
    assert client.post("/api/v1/loans", json=body, headers=mine).status_code == 403
    content = f"{HEADING}\nT1,YQD-7,2026-03-10,draw,120000.00\n"
    url = "/api/v1/loans/YQD-7/transactions"
    headers = {**finance, "content-type": "text/csv"}
    taken = client.post(url, content=content.encode(), headers=headers)
    assert taken.json() == {"added": 1, "known": 0}
    shown = client.get("/api/v1/loans/YQD-7", headers=mine).json()
    assert (shown["owed"], shown["available"]) == ("120000.00", "880000.00")
    assert client.get("/api/v1/loans/YQD-7", headers=other).status_code == 404
    be(client, secret)
    assert "YQD-7" in client.get("/loans").text
    assert "120,000.00" in client.get("/loans/YQD-7").text
