"""A version ends early once a second person confirms it: uses after its last day count no more."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from booking.checking.report import broken
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.end_programme import decline_end, sign_end
from booking.subsidies.actions.publish_programme import draft_version
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import (
    EndOutside,
    IllegalStep,
    NoDocument,
    NothingToSettle,
    OtherEnd,
    SecondPersonNeeded,
)
from booking.subsidies.jobs import redraw_stale
from booking.subsidies.models.statement import Statement, StatementLine
from booking.subsidies.queries.programmes import active_programmes, voucher_programmes
from booking.subsidies.states import EndState
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import (
    bank_says,
    make_company,
    make_loan,
    make_programme,
    seeded_programme,
    settled_use,
)
from tests.subsidies.requests import interest_programme, programme
from tests.support.clock import moment

ONE, TWO = 11, 12
NOW = moment("2026-12-01T02:00")
P = Which("P")
MID = date(2026, 10, 15)
PAPER = "示例终止文号"


def ended(uow, which: Which = P, last_day: date = MID) -> None:
    for person in (ONE, TWO):
        sign_end(uow, which, last_day, document=PAPER, actor_id=person, now=NOW)


def settled(uow, month: str) -> int:
    made = settle_period(uow, Period.parse(month), actor_id=None, now=NOW)
    return int(made.totals["payable_fen"])


def redrawn(uow) -> None:
    while redraw_stale(uow, NOW):
        pass


def owed_in_drafts(uow) -> int:
    return sum(uow.session.exec(select(Statement.payable_fen)))


@pytest.fixture
def used(uow):
    """A use before the middle of October, one on that day and one after it."""
    enter_year(uow, 2026)
    make_programme(uow, programme())
    company = make_company(uow)
    for day in ("10-09", "10-15", "10-16"):
        settled_use(uow, company, ended=f"2026-{day}T16:00")
    return uow


def test_one_asks_and_another_confirms(used):
    asked = sign_end(used, P, MID, document=PAPER, actor_id=ONE, now=NOW)
    assert (asked.state, active_programmes(used.session)[0].valid_to.month) == (EndState.ASKED, 12)
    with pytest.raises(SecondPersonNeeded):
        sign_end(used, P, MID, document=PAPER, actor_id=ONE, now=NOW)
    with pytest.raises(OtherEnd):
        sign_end(used, P, MID, document="别的文号", actor_id=TWO, now=NOW)
    confirmed = sign_end(used, P, MID, document=PAPER, actor_id=TWO, now=NOW)
    assert confirmed.state is EndState.CONFIRMED
    assert active_programmes(used.session)[0].valid_to == MID


def test_uses_after_the_last_day_are_not_subsidised_earlier_ones_are(used):
    ended(used)
    assert settled(used, "2026-10") == 60000


def test_drafts_are_drawn_up_anew(used):
    assert settled(used, "2026-10") == 90000
    ended(used)
    redrawn(used)
    assert owed_in_drafts(used) == 60000


def test_what_was_locked_stays_and_is_corrected_by_the_next_statement(used):
    settled(used, "2026-10")
    lock_settlement(used, "2026-10", actor_id=None, now=NOW)
    before = used.session.execute(text("SELECT content FROM statement_snapshot")).scalar_one()
    ended(used)
    assert used.session.execute(text("SELECT content FROM statement_snapshot")).scalar_one() == (
        before
    )
    assert settled(used, "2026-11") == -30000
    query = select(StatementLine).where(col(StatementLine.corrects_id).is_not(None))
    (line,) = used.session.exec(query).all()
    assert (line.payable_fen, line.detail["correction"]["why"]) == (-30000, ["end"])
    with pytest.raises(NothingToSettle):
        settled(used, "2026-12")
    assert [found for found in broken(used.session) if found.invariant in (4, 5, 6)] == []


def test_a_draft_that_follows_a_locked_month_gets_the_correction(used):
    settled(used, "2026-10")
    lock_settlement(used, "2026-10", actor_id=None, now=NOW)
    settled_use(used, make_company(used), ended="2026-11-09T16:00")
    assert settled(used, "2026-11") == 30000
    ended(used)
    redrawn(used)
    query = select(StatementLine.payable_fen).where(~col(StatementLine.locked))
    assert used.session.exec(query).all() == [-30000]


def test_interest_of_days_after_it_is_taken_back(uow):
    enter_year(uow, 2026)
    make_programme(uow, interest_programme(valid={"from": "2026-01-01", "to": "2026-12-31"}))
    make_loan(uow, make_company(uow))
    bank_says(uow, ("T1", "YQD-1", "2026-09-20", "draw", "120000.00"))
    for month, paid in (("2026-10", 12400), ("2026-11", 12000)):
        assert settled(uow, month) == paid
        lock_settlement(uow, month, actor_id=None, now=NOW)
    ended(uow, Which("J"), date(2026, 10, 16))
    # 16 days of October were right.
    assert settled(uow, "2026-12") == 6400 - 12400 - 12000
    assert settled(uow, "2026-12") == -18000
    assert [found for found in broken(uow.session) if found.invariant == 4] == []


def test_its_days_are_free_for_another_version(used):
    ended(used)
    later = programme(version=2, valid={"from": "2026-10-16", "to": "2026-12-31"})
    draft_version(used, "P", later, actor_id=ONE, now=NOW)


def test_no_voucher_is_given_after_it(uow):
    make_programme(uow, seeded_programme("voucher_2026"))
    code = seeded_programme("voucher_2026")["id"]
    ended(uow, Which(code))
    given = [voucher_programmes(uow.session, day) for day in (MID, MID + timedelta(days=1))]
    assert [[terms.id for terms in some] for some in given] == [[code], []]


def test_declined_it_goes_on_and_may_be_asked_anew(used):
    sign_end(used, P, MID, document=PAPER, actor_id=ONE, now=NOW)
    decline_end(used, P, reason="再议", actor_id=TWO, now=NOW)
    assert active_programmes(used.session)[0].valid_to.month == 12
    with pytest.raises(NotFound):
        decline_end(used, P, actor_id=TWO, now=NOW)
    ended(used)


@pytest.mark.parametrize("last_day", [date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1)])
def test_it_lies_within_the_version_and_is_earlier(used, last_day):
    with pytest.raises(EndOutside):
        sign_end(used, P, last_day, document=PAPER, actor_id=ONE, now=NOW)


def test_only_what_pays_ends_once_and_under_a_document(used):
    make_programme(used, programme("DRAFT"), active=False)
    with pytest.raises(IllegalStep):
        sign_end(used, Which("DRAFT"), MID, document=PAPER, actor_id=ONE, now=NOW)
    with pytest.raises(NoDocument):
        sign_end(used, P, MID, document=" ", actor_id=ONE, now=NOW)
    ended(used)
    with pytest.raises(IllegalStep):
        sign_end(used, P, MID, document=PAPER, actor_id=ONE, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE programme_end SET state = 'confirmed', decided_by = {ONE}, decided_at = asked_at",
        "UPDATE programme_end SET state = 'confirmed'",
        "UPDATE programme_end SET last_day = '2026-01-31'",
        "UPDATE programme_end SET document = ''",
        "DELETE FROM programme_end",
    ],
)
def test_the_database_refuses(used, change):
    sign_end(used, P, MID, document=PAPER, actor_id=ONE, now=NOW)
    with pytest.raises(DBAPIError), used.session.begin_nested():
        used.session.execute(text(change))


def test_the_database_keeps_what_was_confirmed(used):
    ended(used)
    with pytest.raises(DBAPIError), used.session.begin_nested():
        used.session.execute(text("UPDATE programme_end SET state = 'declined'"))
