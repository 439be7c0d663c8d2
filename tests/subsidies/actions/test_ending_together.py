"""Ends and revocations beside a settlement: one waits for the other, never both."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.kernel.periods import Period
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.end_programme import sign_end
from booking.subsidies.actions.revoke_application import revoke_application
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.programme import ProgrammeEntry
from booking.subsidies.states import ApplicationState
from tests.factories.applications import asking, make_application
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment
from tests.support.overtaking import overtaken

ONE, TWO = 11, 12
NOW = moment("2026-12-01T02:00")
MID = date(2026, 10, 15)


@pytest.fixture
def application(write) -> int:
    """Of a company with a draft of October, to the second of two programmes."""
    with write() as uow:
        enter_year(uow, 2026)
        make_programme(uow, programme("A"))
        make_programme(uow, asking("P"))
        company = make_company(uow)
        settled_use(uow, company, ended="2026-10-20T16:00")
        at = moment("2026-10-20T09:00")
        made = make_application(uow, company.key, now=at, state=ApplicationState.ACCEPTED)
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
        sign_end(uow, Which("P"), MID, document="X", actor_id=ONE, now=NOW)
        return made


def end(uow, _: int) -> None:
    sign_end(uow, Which("P"), MID, document="X", actor_id=TWO, now=NOW)


def revoke(uow, application: int) -> None:
    revoke_application(uow, application, MID, reason="材料不实", actor_id=TWO, now=NOW)


@pytest.mark.parametrize("deed", [end, revoke])
def test_who_waits_for_a_settlement_keeps_nothing_that_it_needs(engine, application, deed):
    """It keeps one programme after another; what it has yet to take is free."""

    def keep(code: str):
        query = sa.select(col(ProgrammeEntry.id)).where(col(ProgrammeEntry.code) == code)
        return lambda uow: uow.session.execute(query.with_for_update(nowait=True)).one()

    overtaken(engine, keep("A"), lambda uow: deed(uow, application), then=keep("P"))
