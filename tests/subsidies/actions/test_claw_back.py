"""What was paid wrongly is a negative line of the next statement, and never granted again."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from booking.checking.report import broken
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.claw_back import claw_back
from booking.subsidies.actions.pay_statements import draw_batch
from booking.subsidies.actions.record_answers import (
    record_payment,
)
from booking.subsidies.actions.review_statement import (
    lock_settlement,
    withdraw,
)
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import (
    CorrectedLater,
    NothingToPay,
    NotPaidYet,
    ReasonMissing,
    TooMuchRecovered,
)
from booking.subsidies.models.statement import Statement, StatementLine
from booking.subsidies.queries.statements import statement_row
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_programme, settled_use
from tests.subsidies.paying import BY, LATER, NOW, approved, drawn, owed, rows, with_account
from tests.subsidies.requests import programme


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
