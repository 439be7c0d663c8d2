"""Drafts that an end or a revocation overtook are marked, kept from being locked, drawn again."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from booking.kernel.periods import Period
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.end_programme import sign_end
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import StaleDrafts
from booking.subsidies.jobs import redraw_stale
from booking.subsidies.models.statement import Settlement, Statement
from booking.subsidies.queries.ends import stale_periods
from booking.subsidies.report.desk import desk_of
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")
OCTOBER, NOVEMBER = Period.parse("2026-10"), Period.parse("2026-11")


@pytest.fixture
def overtaken(uow):
    """Drafts of September to November, and the end of their programme in the middle of October."""
    enter_year(uow, 2026)
    make_programme(uow, programme())
    company = make_company(uow)
    for used in ("09-09", "10-09", "10-16", "11-09"):
        settled_use(uow, company, ended=f"2026-{used}T16:00")
    for month in ("2026-09", "2026-10", "2026-11"):
        settle_period(uow, Period.parse(month), actor_id=None, now=NOW)
    for person in (11, 12):
        day = moment("2026-10-15T02:00").date()
        sign_end(uow, Which("P"), day, document="示例终止文号", actor_id=person, now=NOW)
    return uow


def owed(uow) -> list[int]:
    return list(uow.session.exec(select(Statement.payable_fen).order_by(Statement.number)))


def test_periods_beyond_the_day_are_marked_and_none_is_reckoned_while_one_waits(overtaken):
    assert stale_periods(overtaken.session) == [OCTOBER, NOVEMBER]
    assert owed(overtaken) == [30000, 60000, 30000]


def test_marked_drafts_are_not_locked(overtaken):
    lock_settlement(overtaken, "2026-09", actor_id=None, now=NOW)
    with pytest.raises(StaleDrafts):
        lock_settlement(overtaken, "2026-10", actor_id=None, now=NOW)
    of_october = "(SELECT id FROM settlement WHERE period = '2026-10')"
    change = f"UPDATE statement SET state = 'locked' WHERE settlement_id = {of_october}"
    with pytest.raises(DBAPIError), overtaken.session.begin_nested():
        overtaken.session.execute(text(change))


def test_the_clock_draws_them_again_the_earliest_first(overtaken):
    assert redraw_stale(overtaken, NOW) == 1
    assert stale_periods(overtaken.session) == [NOVEMBER]
    assert [redraw_stale(overtaken, NOW) for _ in range(2)] == [1, 0]
    assert owed(overtaken) == [30000, 30000]
    assert stale_periods(overtaken.session) == []
    lock_settlement(overtaken, "2026-10", actor_id=None, now=NOW)


def test_a_later_one_drawn_by_hand_waits_for_those_before_it(overtaken):
    settle_period(overtaken, NOVEMBER, actor_id=None, now=NOW)
    assert stale_periods(overtaken.session) == [OCTOBER, NOVEMBER]
    settle_period(overtaken, OCTOBER, actor_id=None, now=NOW)
    settle_period(overtaken, NOVEMBER, actor_id=None, now=NOW)
    assert stale_periods(overtaken.session) == []


def test_a_period_that_is_drawn_for_the_first_time_waits_for_those_before_it_too(overtaken):
    december, new_year = Period.parse("2026-12"), moment("2027-01-05T02:00")
    settled_use(overtaken, make_company(overtaken), ended="2026-10-11T16:00")
    settle_period(overtaken, december, actor_id=None, now=new_year)
    assert stale_periods(overtaken.session) == [OCTOBER, NOVEMBER, december]
    with pytest.raises(StaleDrafts):
        lock_settlement(overtaken, "2026-12", actor_id=None, now=new_year)
    while redraw_stale(overtaken, new_year):
        pass
    assert stale_periods(overtaken.session) == []


def test_the_desk_says_what_is_to_be_drawn_again(overtaken):
    shown = desk_of(overtaken.session, OCTOBER, NOW.date())
    step = next(one for one in shown.steps if one.code == "locked")
    assert [(one.code, one.count) for one in step.blockers] == [("drafts_stale", 1)]
    while redraw_stale(overtaken, NOW):
        pass
    assert overtaken.session.exec(select(Settlement.runs).order_by(Settlement.period)).all() == [
        1,
        2,
        2,
    ]
