"""Many at once around one nearly used budget and cap: never exceeded; of two who lock, one does."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from booking.checking.report import broken
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.periods import Period
from booking.ledger.queries import unbalanced_postings
from booking.subsidies.actions.pay_statements import draw_batch, send_batch
from booking.subsidies.actions.record_answers import record_payment
from booking.subsidies.actions.review_statement import (
    approve,
    approve_settlement,
    lock,
    lock_settlement,
    publish_settlement,
)
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.payment import PaymentBatch, PaymentItem
from booking.subsidies.models.statement import Statement, StatementLine
from booking.wiring import REACTIONS
from tests.factories.accounts import make_user
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_programme, settled_use
from tests.subsidies.paying import LATER, NOW, with_account
from tests.subsidies.requests import programme

pytestmark = pytest.mark.race

COMPANIES = 10
PATIENCE = 40
LIMITS: dict[str, Any] = {
    "budget": {"amount": "1000.00", "rule": "first_come"},
    "caps": [{"scope": "user", "amount": "250.00"}],
}
Deed = Callable[[UnitOfWork], object]


def do(engine: Engine, deed: Deed) -> str:
    """Its outcome: done, or the code of the refusal. Who waits too long is told to come again."""
    for _ in range(PATIENCE):
        try:
            with unit_of_work(engine, REACTIONS) as uow:
                deed(uow)
        except BookingError as refused:
            return refused.code
        except OperationalError:
            continue
        return "done"
    return "busy"


def at_once(engine: Engine, deeds: list[Deed]) -> Counter[str]:
    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(lambda deed: do(engine, deed), deeds))


@pytest.fixture
def october(engine, write):
    """Ten companies with more than budget and caps leave, some of it confirmed late."""
    with write() as uow:
        enter_year(uow, 2026)
        make_programme(uow, programme(**LIMITS))
        companies = [with_account(uow) for _ in range(COMPANIES)]
        for n, company in enumerate(companies):
            settled_use(uow, company, ended=f"2026-10-{n + 1:02d}T16:00")
        return companies


def settling(month: str) -> Deed:
    return lambda uow: settle_period(uow, Period.parse(month), actor_id=None, now=NOW)


def sound(engine: Engine) -> None:
    with unit_of_work(engine, REACTIONS) as uow:
        found = [one for one in broken(uow.session) if one.invariant in (4, 5, 6)]
        assert found == []
        assert list(unbalanced_postings(uow.session)) == []


def paid_in_all(engine: Engine) -> int:
    query = sa.select(sa.func.sum(col(StatementLine.payable_fen))).where(col(StatementLine.live))
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def test_fifty_uses_confirmed_while_months_are_settled_never_exceed_budget_or_caps(engine, october):
    def confirm(n: int) -> Deed:
        company = october[n % COMPANIES]
        return lambda uow: settled_use(
            uow, company, ended=f"2026-11-{n % 28 + 1:02d}T16:00", confirmed="2026-11-30T09:00"
        )

    deeds = [confirm(n) for n in range(50)]
    for at in (5, 20, 35):
        deeds.insert(at, settling("2026-10"))
        deeds.insert(at, settling("2026-11"))
    assert set(at_once(engine, deeds)) == {"done"}
    sound(engine)
    for month in ("2026-10", "2026-11"):
        assert do(engine, settling(month)) == "done"
    sound(engine)
    assert paid_in_all(engine) == 100000


def test_of_two_who_lock_a_month_one_does(engine, october):
    assert do(engine, settling("2026-10")) == "done"
    locks: list[Deed] = [
        lambda uow: lock_settlement(uow, "2026-10", actor_id=None, now=NOW) for _ in range(2)
    ]
    outcomes = at_once(engine, locks)
    assert outcomes["done"] == 1
    assert set(outcomes) - {"done"} <= {"settlement.nothing_to_lock", "statement.illegal_step"}
    sound(engine)


def test_a_month_locked_while_it_is_settled_again_is_what_was_locked(engine, october):
    assert do(engine, settling("2026-10")) == "done"
    deeds: list[Deed] = [
        settling("2026-10"),
        lambda uow: lock_settlement(uow, "2026-10", actor_id=None, now=NOW),
        settling("2026-10"),
    ]
    assert at_once(engine, deeds)["done"] >= 2
    sound(engine)


def test_fifty_approvals_at_once_owe_each_statement_once(engine, october):
    assert do(engine, settling("2026-10")) == "done"
    with unit_of_work(engine, REACTIONS) as uow:
        lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
        publish_settlement(uow, "2026-10", actor_id=None, now=NOW)
        approver = make_user(uow).key
        numbers = list(uow.session.execute(sa.select(col(Statement.number))).scalars())

    def approving(number: str) -> Deed:
        return lambda uow: approve(uow, number, actor_id=approver, now=LATER)

    outcomes = at_once(engine, [approving(numbers[n % len(numbers)]) for n in range(50)])
    assert outcomes["done"] == len(numbers)
    sound(engine)


def test_batches_gathered_at_once_take_each_statement_once(engine, october):
    assert do(engine, settling("2026-10")) == "done"
    with unit_of_work(engine, REACTIONS) as uow:
        lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
        publish_settlement(uow, "2026-10", actor_id=None, now=NOW)
        approve_settlement(uow, "2026-10", actor_id=None, now=LATER)
    draws: list[Deed] = [lambda uow: draw_batch(uow, actor_id=None, now=LATER) for _ in range(5)]
    assert at_once(engine, draws) == {"done": 1, "batch.nothing_to_pay": 4}
    with unit_of_work(engine, REACTIONS) as uow:
        (number,) = uow.session.execute(sa.select(col(PaymentBatch.number))).scalars()
        send_batch(uow, number, actor_id=None, now=LATER)
    pays: list[Deed] = [
        lambda uow: record_payment(uow, number, 1, reference="B-1", by=(None, LATER))
        for _ in range(5)
    ]
    assert at_once(engine, pays) == {"done": 5}
    with engine.connect() as connection:
        items = connection.execute(sa.select(sa.func.count()).select_from(PaymentItem)).scalar()
        paid = connection.execute(
            sa.select(sa.func.count()).where(col(Statement.state) == "paid")
        ).scalar()
    assert (items, paid) == (4, 1)
    sound(engine)


def test_one_statement_locked_by_two_is_locked_once(engine, october):
    assert do(engine, settling("2026-10")) == "done"
    locks: list[Deed] = [
        lambda uow: lock(uow, "JS-202610-0001", actor_id=None, now=NOW) for _ in range(6)
    ]
    assert at_once(engine, locks) == {"done": 1, "statement.illegal_step": 5}
    sound(engine)
