"""Statements on their way to the bank: companies with accounts, approved months, batches."""

from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance
from booking.organisations.models import Organisation
from booking.subsidies.actions.pay_statements import draw_batch, send_batch
from booking.subsidies.actions.review_statement import (
    approve_settlement,
    lock_settlement,
    publish_settlement,
)
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.queries.payments import batch_view
from tests.factories.settled_uses import make_company
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


def owed(uow: UnitOfWork, company: Organisation) -> int:
    found: int = balance(uow.session, AccountKind.SUBSIDY_PAYABLE, company.key)
    return found
