"""A settlement that breaks off leaves nothing; settlements at once leave one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import unit_of_work
from booking.kernel.periods import Period
from booking.subsidies.actions.redraw import withdraw_and_redraw
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.events import PeriodSettled
from booking.subsidies.models.programme import ProgrammeEntry
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.wiring import REACTIONS
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment
from tests.support.overtaking import overtaken

NOW = moment("2026-12-01T02:00")
TERMS = programme(caps=[{"scope": "user", "amount": "500.00"}])


@pytest.fixture
def companies(write):
    """Two companies with uses in October and November, each over its cap by then."""
    with write() as uow:
        make_programme(uow, TERMS)
        made = [make_company(uow), make_company(uow)]
        for company in made:
            for ended in ("2026-10-05T16:00", "2026-11-05T16:00"):
                settled_use(uow, company, ended=ended)
        return made


def written(engine) -> list[tuple[str, int, str]]:
    query = sa.select(
        col(Statement.number), col(Statement.payable_fen), col(StatementLine.reference)
    ).join_from(StatementLine, Statement, col(Statement.id) == col(StatementLine.statement_id))
    with engine.connect() as connection:
        return sorted((row[0], row[1], row[2]) for row in connection.execute(query))


def settle(engine, period: str) -> None:
    with unit_of_work(engine, REACTIONS) as uow:
        settle_period(uow, Period.parse(period), actor_id=None, now=NOW)


def test_a_settlement_that_breaks_off_leaves_nothing_and_can_be_run_again(engine, companies):
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        unit_of_work(engine, {PeriodSettled: (break_off,)}) as uow,
    ):
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
    assert written(engine) == []
    settle(engine, "2026-10")
    once = written(engine)
    assert [paid for _, paid, _ in once] == [30000, 30000]
    settle(engine, "2026-10")
    assert written(engine) == once


def test_settlements_at_once_never_pay_twice_or_beyond_a_cap(engine, companies):
    periods = ["2026-10", "2026-11"] * 3
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda period: settle(engine, period), periods))
    found = written(engine)
    assert len({reference for _, _, reference in found}) == len(found) == 4
    totals = {number: paid for number, paid, _ in found}
    assert sum(totals.values()) == 2 * 50000


def test_who_withdraws_beside_a_settlement_keeps_nothing_that_it_needs(engine, companies):
    """It waits for the programmes first, as a settlement does; the period is free meanwhile."""
    settle(engine, "2026-10")
    with unit_of_work(engine, REACTIONS) as uow:
        lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
        number = str(uow.session.execute(sa.select(col(Statement.number))).scalars().first())
    programmes, periods = (
        sa.select(col(table.id)).with_for_update(nowait=True)
        for table in (ProgrammeEntry, Settlement)
    )
    overtaken(
        engine,
        lambda uow: uow.session.execute(programmes).all(),
        lambda uow: withdraw_and_redraw(uow, number, "重算", actor_id=None, now=NOW),
        then=lambda uow: uow.session.execute(periods).all(),
    )
