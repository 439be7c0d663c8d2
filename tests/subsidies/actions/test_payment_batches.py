"""Approved statements are gathered for the bank, paid once each, and owed again when returned."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from booking.db.transactions import UnitOfWork
from booking.ledger.queries.balances import unbalanced_postings
from booking.subsidies.actions.pay_statements import dissolve_batch, draw_batch, pay, send_batch
from booking.subsidies.actions.record_answers import (
    record_payment,
    record_return,
    take_answers,
)
from booking.subsidies.errors import (
    BatchNotSent,
    IllegalBatchStep,
    NothingToPay,
    ReasonMissing,
    ReferenceKnown,
    StatementInBatch,
)
from booking.subsidies.models.payment import PaymentItem, PaymentRow
from booking.subsidies.queries.payments import batch_view, payees
from booking.subsidies.queries.statements import statement_row
from tests.subsidies.paying import BY, LATER, approved, drawn, owed, rows


def state(uow: UnitOfWork, number: str) -> str:
    return batch_view(uow.session, number).head.state.value


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
