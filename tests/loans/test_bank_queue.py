"""Queued rows: finance gives them to a credit line, or leaves them out and says why."""

import re

import pytest
import sqlalchemy as sa
from sqlmodel import select

from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.loans.actions.decide_row import assign_row, dismiss_row
from booking.loans.errors import BankRowDecided, RowDoesNotFit
from booking.loans.models import BankFileRow, BankRecord
from booking.loans.states import Decision
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.bank_files import BANK, bank_text, columns, run_job, taken_in
from tests.factories.settled_uses import REPORTED, make_company, make_loan

UNMATCHED = "T1,不明,2026-03-10,600000.00,,首批"


@pytest.fixture
def queued(engine, write):
    """Two rows in the queue: one that nobody knows, one beyond its limit."""
    with write() as uow:
        company = make_company(uow)
        make_loan(uow, company)
        make_loan(uow, company, number="OTHER-1", bank="别的示例银行")
    over = "T2,YQD-1,2026-04-10,1000000.01,,超额"
    taken_in(engine, bank_text(UNMATCHED, over).encode(), mapping=columns())
    with write() as uow:
        rows = uow.session.exec(select(BankFileRow)).all()
        return {row.number: row.key for row in rows}


def finance(uow):
    return make_staff(uow, Role.FINANCE)


def test_a_row_is_entered_on_the_line_that_finance_names(engine, write, queued):
    with write() as uow:
        assign_row(uow, queued["T1"], "YQD-1", actor=finance(uow), now=REPORTED)
    with write() as uow:
        (record,) = uow.session.exec(select(BankRecord)).all()
        assert (record.bank, record.bank_transaction_number) == (BANK, "T1")
        assert record.amount_fen == 60_000_000
        told = uow.session.exec(select(AuditEntry.name)).all()
        assert "loan.bank_row_assigned" in told
    again = taken_in(engine, bank_text(UNMATCHED, ",,,,,没有号").encode())
    assert (again.known, again.conflicting, again.refused) == (0, 1, 1)


@pytest.mark.parametrize(
    ("number", "loan", "why"),
    [("T2", "YQD-1", "loan.row_over_limit"), ("T1", "OTHER-1", "loan.row_other_bank")],
)
def test_a_row_that_does_not_fit_is_not_entered(write, queued, number, loan, why):
    with write() as uow, pytest.raises(RowDoesNotFit) as caught:
        assign_row(uow, queued[number], loan, actor=finance(uow), now=REPORTED)
    assert [violation.code for violation in caught.value.violations] == [why]


def test_a_row_is_decided_once_and_left_out_for_good(engine, write, queued):
    with write() as uow:
        row = dismiss_row(uow, queued["T1"], "非平台授信", actor=finance(uow), now=REPORTED)
        assert (row.decision, row.reason) == (Decision.DISMISSED, "非平台授信")
    for decide in (assign_row, dismiss_row):
        with write() as uow, pytest.raises(BankRowDecided):
            decide(uow, queued["T1"], "YQD-1", actor=finance(uow), now=REPORTED)
    again = taken_in(engine, bank_text(UNMATCHED, "T9,YQD-1,2026-05-01,1.00,,").encode())
    assert (again.known, again.queued, again.taken) == (1, 0, 1)


def test_what_a_bank_said_is_never_rewritten(write, queued):
    for change in ({"amount_fen": 1}, {"line": 99}, {"outcome": "taken"}):
        with pytest.raises(sa.exc.IntegrityError), write() as uow:
            uow.session.execute(sa.update(BankFileRow).values(**change))


FILE = ("流水.csv", bank_text(UNMATCHED, "T3,YQD-1,2026-03-10,-5,,").encode("gb18030"), "text/csv")
TOLD = {
    "number": "交易流水号",
    "account": "授信编号",
    "day": "交易日期",
    "amount": "借方金额",
    "direction": "columns",
    "day_format": "%Y-%m-%d",
    "decimal": ".",
}


@pytest.fixture
def finance_client(write, client, clock):
    with write() as uow:
        make_loan(uow, make_company(uow))
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    be(client, secret)
    return client


def sent_to(client) -> str:
    """Send the file; where the answer leads."""
    answer = client.post("/bank-files", data={"bank": BANK}, files={"sheet": FILE})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_finance_says_which_column_is_which(finance_client):
    mapping = sent_to(finance_client)
    page = finance_client.get(mapping).text
    assert "gb18030" in page
    assert 'value="借方金额"' in page
    refused = finance_client.post(mapping, data=TOLD)
    assert refused.status_code == 422
    saved = finance_client.post(mapping, data={**TOLD, "repaid": "贷方金额"})
    assert saved.headers["location"] == mapping.removesuffix("/mapping")
    assert sent_to(finance_client) == saved.headers["location"]


def test_finance_sees_the_outcome_and_decides(engine, finance_client, clock):
    mapping = sent_to(finance_client)
    finance_client.post(mapping, data={**TOLD, "repaid": "贷方金额"})
    assert run_job(engine, clock.now()) == ()
    shown = mapping.removesuffix("/mapping")
    assert "金额为负。" in finance_client.get(shown).text
    report = finance_client.get(f"{shown}/rows.csv").text
    assert (report.count("\n"), "待处理" in report) == (3, True)
    queue = finance_client.get("/bank-queue").text
    assert "找不到对应的授信。" in queue
    (row,) = re.findall(r"/bank-queue/(\d+)/assignment", queue)
    finance_client.post(f"/bank-queue/{row}/assignment", data={"loan": "YQD-1"})
    assert "没有待处理的流水" in finance_client.get("/bank-queue").text
    assert "600,000.00" in finance_client.get("/loans/YQD-1").text
