"""Approved statements are gathered for the bank, paid once each, and owed again when returned."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from booking.checking.report import broken
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.ledger.models import AccountKind
from booking.ledger.queries import balance, unbalanced_postings
from booking.organisations.models import Organisation
from booking.subsidies.actions.claw_back import claw_back
from booking.subsidies.actions.pay_statements import dissolve_batch, draw_batch, pay, send_batch
from booking.subsidies.actions.record_answers import (
    record_payment,
    record_return,
    take_answers,
)
from booking.subsidies.actions.review_statement import (
    approve_settlement,
    lock_settlement,
    publish_settlement,
    withdraw,
)
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import (
    BatchNotSent,
    CorrectedLater,
    IllegalBatchStep,
    NothingToPay,
    NotPaidYet,
    ReasonMissing,
    ReferenceKnown,
    StatementInBatch,
    TooMuchRecovered,
)
from booking.subsidies.models.payment import PaymentItem, PaymentRow
from booking.subsidies.models.statement import Statement, StatementLine
from booking.subsidies.queries.payments import batch_view, payees
from booking.subsidies.queries.statements import statement_row
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")
LATER = moment("2026-12-20T02:00")
BY = (None, LATER)


def with_account(uow: UnitOfWork, **facts: str) -> Organisation:
    company = make_company(uow)
    account = {"bank_name": "示例银行", "bank_account_no": f"6100{company.key:08d}"} | facts
    for name, value in {"bank_account_name": company.name, **account}.items():
        setattr(company, name, value)
    uow.session.flush()
    return company


def approved(uow: UnitOfWork, month: str = "2026-10") -> list[str]:
    """A month drawn up, locked, published and approved."""
    view = settle_period(uow, Period.parse(month), actor_id=None, now=NOW)
    lock_settlement(uow, month, actor_id=None, now=NOW)
    publish_settlement(uow, month, actor_id=None, now=NOW)
    done = approve_settlement(uow, month, actor_id=None, now=LATER).done
    assert len(done) == len(view.statements)
    return list(done)


@pytest.fixture
def companies(uow):
    """Two companies with accounts and an approved October each."""
    enter_year(uow, 2026)
    make_programme(uow, programme())
    made = [with_account(uow), with_account(uow)]
    for company in made:
        settled_use(uow, company)
    return made


def drawn(uow: UnitOfWork, *, sent: bool = True) -> str:
    number = draw_batch(uow, actor_id=None, now=LATER).number
    if sent:
        send_batch(uow, number, actor_id=None, now=LATER)
    return number


def rows(uow: UnitOfWork, number: str) -> list[tuple[str, int, str]]:
    return [
        (row.organisation, row.amount_fen, row.state.value)
        for row in batch_view(uow.session, number).rows
    ]


def state(uow: UnitOfWork, number: str) -> str:
    return batch_view(uow.session, number).head.state.value


def owed(uow: UnitOfWork, company: Organisation) -> int:
    return balance(uow.session, AccountKind.SUBSIDY_PAYABLE, company.key)


def test_what_is_approved_is_gathered_paid_and_booked_once(uow, companies):
    one, other = companies
    numbers = approved(uow)
    assert owed(uow, one) == -30000
    batch = drawn(uow)
    assert batch == "DF-20261220-01"
    assert rows(uow, batch) == [(one.name, 30000, "waiting"), (other.name, 30000, "waiting")]
    assert record_payment(uow, batch, 1, reference="B-1", by=BY)
    assert not record_payment(uow, batch, 1, reference="B-1", by=BY)
    assert state(uow, batch) == "sent"
    assert record_payment(uow, batch, 2, reference="B-2", by=BY)
    assert state(uow, batch) == "recorded"
    assert owed(uow, one) == owed(uow, other) == 0
    assert [statement_row(uow.session, n).payment_reference for n in numbers] == ["B-1", "B-2"]
    with pytest.raises(NothingToPay):
        draw_batch(uow, actor_id=None, now=LATER)


def test_a_bank_reference_belongs_to_one_payment(uow, companies):
    approved(uow)
    batch = drawn(uow)
    record_payment(uow, batch, 1, reference="B-1", by=BY)
    with pytest.raises(ReferenceKnown):
        record_payment(uow, batch, 2, reference="B-1", by=BY)
    with pytest.raises(IllegalBatchStep):
        record_payment(uow, batch, 1, reference="B-9", by=BY)


def test_who_has_no_account_or_is_in_the_red_waits(uow, companies):
    one, other = companies
    other.bank_account_no = ""
    approved(uow)
    found = {payee.name: (payee.can_be_paid, payee.has_account) for payee in payees(uow.session)}
    assert found == {one.name: (True, True), other.name: (False, False)}
    assert rows(uow, drawn(uow)) == [(one.name, 30000, "waiting")]


def test_what_was_returned_is_owed_again_and_paid_with_the_next_batch(uow, companies):
    one, _ = companies
    number, _ = approved(uow)
    first = drawn(uow)
    record_payment(uow, first, 1, reference="B-1", by=BY)
    record_payment(uow, first, 2, reference="B-2", by=BY)
    with pytest.raises(ReasonMissing):
        record_return(uow, first, 1, reason=" ", by=BY)
    assert record_return(uow, first, 1, reason="账号有误", by=BY)
    assert not record_return(uow, first, 1, reason="账号有误", by=BY)
    assert (state(uow, first), owed(uow, one)) == ("part_returned", -30000)
    row = statement_row(uow.session, number)
    assert (row.state, row.state_reason, row.payment_reference) == ("approved", "账号有误", "")
    second = drawn(uow)
    assert rows(uow, second) == [(one.name, 30000, "waiting")]
    record_payment(uow, second, 1, reference="B-3", by=BY)
    assert owed(uow, one) == 0


def test_a_batch_that_was_not_sent_may_be_dissolved(uow, companies):
    number, _ = approved(uow)
    batch = drawn(uow, sent=False)
    with pytest.raises(BatchNotSent):
        record_payment(uow, batch, 1, reference="B-1", by=BY)
    with pytest.raises(StatementInBatch):
        pay(uow, number, "B-1", actor_id=None, now=LATER)
    with pytest.raises(NothingToPay):
        draw_batch(uow, actor_id=None, now=LATER)
    dissolve_batch(uow, batch, actor_id=None, now=LATER)
    assert drawn(uow) == "DF-20261220-02"
    with pytest.raises(IllegalBatchStep):
        send_batch(uow, batch, actor_id=None, now=LATER)


ANSWER = """批次,序号,账号,金额,结果,流水号,退回原因
{batch},1,{account},300.00,成功,B-1,
{batch},2,,300.00,退汇,,户名不符
{batch},3,,300.00,成功,B-3,
{batch},1,,299.00,成功,B-4,
{batch},1,999,300.00,成功,B-5,
其他批次,1,,300.00,成功,B-6,
{batch},2,,300.00,也许,,
{batch},2,,三百元,成功,B-7,
{batch},2,,300.00,,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_banks_file_is_taken_row_by_row_and_once(uow, companies, encoding):
    one, _ = companies
    approved(uow)
    batch = drawn(uow)
    content = ANSWER.format(batch=batch, account=one.bank_account_no).encode(encoding)
    report = take_answers(uow, batch, content, by=BY)
    assert (report.recorded, report.known, report.silent) == (2, 0, 1)
    assert [(one.line, one.error.params["what"]) for one in report.refused] == [
        (4, "row"),
        (5, "amount"),
        (6, "account_no"),
        (7, "batch"),
        (8, "outcome"),
        (9, "amount"),
    ]
    assert [row[2] for row in rows(uow, batch)] == ["paid", "returned"]
    again = take_answers(uow, batch, content, by=BY)
    assert (again.recorded, again.known, len(again.refused)) == (0, 2, 6)
    assert list(unbalanced_postings(uow.session)) == []


def test_the_database_keeps_a_statement_out_of_a_second_row(uow, companies):
    approved(uow)
    drawn(uow)
    item = uow.session.execute(sa.select(PaymentItem)).scalars().first()
    for change in (
        sa.insert(PaymentItem).values(
            row_id=item.row_id + 1, statement_id=item.statement_id, amount_fen=30000, open=True
        ),
        sa.update(PaymentItem).values(amount_fen=1),
        sa.update(PaymentRow).values(amount_fen=1),
        sa.update(PaymentRow).values(account_no="1"),
        sa.update(PaymentRow).values(state="paid"),
        sa.delete(PaymentItem),
        sa.delete(PaymentRow),
    ):
        with pytest.raises(IntegrityError), uow.session.begin_nested():
            uow.session.execute(change)


@pytest.fixture
def october(uow, companies):
    """The first company's October, paid."""
    number = approved(uow)[0]
    batch = drawn(uow)
    record_payment(uow, batch, 1, reference="B-1", by=BY)
    return number


def recover(
    uow: UnitOfWork, number: str, amount_fen: int, reason: str = "批量检测，不予补助"
) -> None:
    claw_back(uow, number, 1, amount_fen=amount_fen, reason=reason, by=BY)


def test_what_is_recovered_is_a_negative_line_of_the_next_statement(uow, companies, october):
    recover(uow, october, 20000)
    for _ in range(2):
        (row,) = settle_period(uow, Period.parse("2026-11"), actor_id=None, now=LATER).statements
    assert (row.organisation, row.payable_fen) == (companies[0].name, -20000)
    line = uow.session.execute(
        sa.select(StatementLine).where(col(StatementLine.clawback_id).is_not(None))
    ).scalar_one()
    assert line.detail["correction"]["statement"] == october
    assert [f for f in broken(uow.session) if f.invariant in (4, 5, 6)] == []


def test_no_more_is_recovered_than_was_paid(uow, companies, october):
    recover(uow, october, 20000)
    for amount in (10001, 0, -1):
        with pytest.raises(TooMuchRecovered):
            recover(uow, october, amount)
    with pytest.raises(ReasonMissing):
        recover(uow, october, 1, " ")
    recover(uow, october, 10000)
    line = uow.session.execute(sa.text("SELECT line_id FROM clawback")).first()[0]
    with pytest.raises(IntegrityError), uow.session.begin_nested():
        uow.session.execute(
            sa.text(
                "INSERT INTO clawback (line_id, amount_fen, reason, entered_at)"
                " VALUES (:line, 1, '再追', '2026-12-20 00:00:00.000000+00:00')"
            ),
            {"line": line},
        )


def test_only_what_was_paid_can_be_recovered(uow, companies):
    number, _ = approved(uow)
    with pytest.raises(NotPaidYet):
        recover(uow, number, 1)


def test_what_was_recovered_is_not_granted_again(uow):
    enter_year(uow, 2026)
    make_programme(uow, programme(caps=[{"scope": "user", "amount": "400.00"}]))
    company = with_account(uow)
    settled_use(uow, company, ended="2026-10-05T16:00")
    settled_use(uow, company, ended="2026-10-06T16:00")
    (number,) = approved(uow)
    record_payment(uow, drawn(uow), 1, reference="B-1", by=BY)
    recover(uow, number, 30000)
    assert (
        settle_period(uow, Period.parse("2026-11"), actor_id=None, now=LATER).totals["payable_fen"]
        == -30000
    )


def test_who_is_in_the_red_is_carried_forward_until_more_is_owed(uow, companies, october):
    one, _ = companies
    recover(uow, october, 20000)
    (negative,) = approved(uow, "2026-11")
    with pytest.raises(NothingToPay):
        draw_batch(uow, actor_id=None, now=LATER)
    settled_use(uow, one, "2000.00", ended="2026-12-01T01:00")
    (positive,) = approved(uow, "2026-12")
    batch = drawn(uow)
    assert rows(uow, batch) == [(one.name, 40000, "waiting")]
    record_payment(uow, batch, 1, reference="B-9", by=BY)
    assert {statement_row(uow.session, n).state for n in (negative, positive)} == {"paid"}
    assert owed(uow, one) == 0


def test_a_statement_that_a_later_one_corrects_is_not_withdrawn(uow, companies):
    enter = settled_use(uow, companies[0])
    settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
    first = lock_settlement(uow, "2026-10", actor_id=None, now=NOW)[0]
    sqlite = uow.session.connection().dialect.name == "sqlite"
    name = "charge_append_only_update" if sqlite else "charge_append_only"
    uow.session.execute(sa.text(f"DROP TRIGGER {name}" + ("" if sqlite else " ON charge")))
    uow.session.execute(
        sa.text("UPDATE charge SET amount_fen = 50000 WHERE id = :key"), {"key": enter.key}
    )
    settle_period(uow, Period.parse("2026-11"), actor_id=None, now=NOW)
    second = lock_settlement(uow, "2026-11", actor_id=None, now=NOW)[0]
    with pytest.raises(CorrectedLater):
        withdraw(uow, first.number, "更正", actor_id=None, now=NOW)
    withdraw(uow, second.number, "更正", actor_id=None, now=NOW)
    withdraw(uow, first.number, "更正", actor_id=None, now=NOW)
    assert uow.session.get_one(Statement, first.key).revision == 2
