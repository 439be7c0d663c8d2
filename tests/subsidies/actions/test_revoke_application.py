"""An acceptance is taken back from a day on: earlier uses count, locked ones are corrected."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from booking.checking.report import broken
from booking.kernel.periods import Period
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.end_programme import sign_end
from booking.subsidies.actions.publish_programme import draft_version
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.revoke_application import revoke_application
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import (
    ApplicationStuck,
    OwnApplication,
    ReasonMissing,
    RevokedOutside,
)
from booking.subsidies.jobs import redraw_stale
from booking.subsidies.models.statement import Statement, StatementLine
from booking.subsidies.states import ApplicationState
from tests.factories.applications import asking, make_application
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import let_pay, make_company, make_programme, settled_use
from tests.support.clock import moment

FINANCE, APPLICANT = 22, 900_003
APPLIED = moment("2026-10-20T09:00")
NOW = moment("2026-12-01T02:00")
MID = date(2026, 10, 15)


@pytest.fixture
def company(uow):
    """With an accepted application and a use on each side of the middle of October."""
    enter_year(uow, 2026)
    make_programme(uow, asking())
    made = make_company(uow)
    for day in ("10-14", "10-15"):
        settled_use(uow, made, ended=f"2026-{day}T16:00")
    return made


@pytest.fixture
def accepted(uow, company) -> int:
    return make_application(uow, company.key, now=APPLIED, state=ApplicationState.ACCEPTED)


def revoked(uow, key: int, first: date = MID, *, by: int = FINANCE, reason: str = "材料不实"):
    return revoke_application(uow, key, first, reason=reason, actor_id=by, now=NOW)


def settled(uow, month: str) -> int:
    made = settle_period(uow, Period.parse(month), actor_id=None, now=NOW)
    return int(made.totals["payable_fen"])


def test_uses_before_that_day_count_later_ones_do_not(uow, accepted):
    assert revoked(uow, accepted).state is ApplicationState.REVOKED
    assert settled(uow, "2026-10") == 30000


def test_drafts_are_drawn_up_anew(uow, accepted):
    assert settled(uow, "2026-10") == 60000
    revoked(uow, accepted)
    assert redraw_stale(uow, NOW) == 1
    assert sum(uow.session.exec(select(Statement.payable_fen))) == 30000


def test_what_was_locked_is_corrected_by_the_next_statement(uow, accepted):
    settled(uow, "2026-10")
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    revoked(uow, accepted)
    assert settled(uow, "2026-11") == -30000
    query = select(StatementLine).where(
        col(StatementLine.corrects_id).is_not(None), StatementLine.payable_fen != 0
    )
    (line,) = uow.session.exec(query).all()
    assert (line.payable_fen, line.detail["correction"]["why"]) == (-30000, ["applications"])
    assert settled(uow, "2026-12") == 0
    assert [found for found in broken(uow.session) if found.invariant in (4, 5, 6)] == []


def test_the_company_may_apply_anew(uow, company, accepted):
    revoked(uow, accepted)
    make_application(uow, company.key, now=NOW, state=ApplicationState.ACCEPTED)
    assert settled(uow, "2026-10") == 60000


def test_not_by_who_handed_it_in_not_without_a_reason_not_twice(uow, accepted):
    with pytest.raises(OwnApplication):
        revoked(uow, accepted, by=APPLICANT)
    with pytest.raises(ReasonMissing):
        revoked(uow, accepted, reason=" ")
    revoked(uow, accepted)
    with pytest.raises(ApplicationStuck):
        revoked(uow, accepted)


def test_what_is_not_accepted_is_not_revoked(uow, company):
    waiting = make_application(uow, company.key, now=APPLIED)
    with pytest.raises(ApplicationStuck):
        revoked(uow, waiting)


@pytest.mark.parametrize("first", [date(2025, 12, 31), date(2027, 1, 1)])
def test_only_from_a_day_that_it_reaches(uow, accepted, first):
    with pytest.raises(RevokedOutside):
        revoked(uow, accepted, first)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'revoked'",
        "state = 'draft'",
        "state = 'refused'",
        "state = 'revoked', revoked_from = covers_from, revoked_reason = 'X',"
        f" revoked_at = handed_in_at, revoked_by = {APPLICANT}",
    ],
)
def test_the_database_refuses(uow, accepted, change):
    with pytest.raises(DBAPIError), uow.session.begin_nested():
        uow.session.execute(text(f"UPDATE programme_application SET {change}"))


@pytest.mark.parametrize("change", ["state = 'accepted'", "revoked_from = '2026-12-01'"])
def test_the_database_keeps_what_was_revoked(uow, accepted, change):
    revoked(uow, accepted)
    with pytest.raises(DBAPIError), uow.session.begin_nested():
        uow.session.execute(text(f"UPDATE programme_application SET {change}"))


def test_who_was_accepted_applies_anew_for_the_version_that_follows(uow, company, accepted):
    """The use of the fifteenth is the later version's, and nobody has applied to that."""
    for person in (11, 12):
        sign_end(uow, Which("P"), date(2026, 10, 14), document="X", actor_id=person, now=NOW)
    later = asking(version=2, valid={"from": "2026-10-15", "to": "2026-12-31"})
    draft_version(uow, "P", later, actor_id=None, now=NOW)
    let_pay(uow, "P")
    assert settled(uow, "2026-10") == 30000


def test_that_a_version_ended_is_told_as_that_alone(uow, accepted):
    settled(uow, "2026-10")
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    for person in (11, 12):
        sign_end(uow, Which("P"), date(2026, 10, 14), document="X", actor_id=person, now=NOW)
    assert settled(uow, "2026-11") == -30000
    query = select(StatementLine).where(col(StatementLine.corrects_id).is_not(None))
    assert [line.detail["correction"]["why"] for line in uow.session.exec(query)] == [["end"]]
