"""A version that has not begun is taken back by two persons; what made way for it goes on."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from booking.kernel.errors import NotFound
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.end_programme import decline_end, sign_end, sign_withdrawal
from booking.subsidies.actions.publish_programme import draft_version
from booking.subsidies.errors import (
    IllegalStep,
    NoDocument,
    OtherEnd,
    ReasonMissing,
    SecondPersonNeeded,
    SuccessorStands,
    VersionBegun,
)
from booking.subsidies.queries.budgets import budget_of
from booking.subsidies.queries.programmes import active_programmes, versions
from booking.subsidies.states import EndState, ProgrammeState
from tests.factories.settled_uses import let_pay, make_programme
from tests.subsidies.requests import programme
from tests.support.clock import moment

ONE, TWO = 11, 12
NOW = moment("2026-06-15T02:00")
FIRST, SECOND = Which("P", 1), Which("P", 2)
EVE, BEGINS = date(2026, 6, 30), date(2026, 7, 1)


def version(uow, number: int, first: str, last: str) -> None:
    terms = programme(version=number, valid={"from": first, "to": last})
    draft_version(uow, "P", terms, actor_id=ONE, now=NOW)
    let_pay(uow, "P")


def withdrawn(uow, which: Which = SECOND, *, by=(ONE, TWO), now=NOW):
    for person in by:
        made = sign_withdrawal(
            uow, which, document="示例作废文号", reason="比例录错", actor_id=person, now=now
        )
    return made


def reaches(uow) -> list[tuple[int, date]]:
    return [(one.version, one.valid_to) for one in active_programmes(uow.session)]


@pytest.fixture
def followed(uow):
    """A version of the year that was ended in June, and another that follows it in July."""
    make_programme(uow, programme())
    for person in (ONE, TWO):
        sign_end(uow, FIRST, EVE, document="示例终止文号", actor_id=person, now=NOW)
    version(uow, 2, "2026-07-01", "2026-12-31")
    return uow


def test_two_persons_withdraw_it_and_the_earlier_one_goes_on(followed):
    assert withdrawn(followed, by=[ONE]).state is EndState.ASKED
    with pytest.raises(SecondPersonNeeded):
        withdrawn(followed, by=[ONE])
    assert reaches(followed) == [(1, EVE), (2, date(2026, 12, 31))]
    withdrawn(followed, by=[TWO])
    assert reaches(followed) == [(1, date(2026, 12, 31))]
    rows = versions(followed.session, "P")
    assert [row.state for row in rows] == [ProgrammeState.ACTIVE, ProgrammeState.CLOSED]
    assert [row.end_state for row in rows] == [None, EndState.CONFIRMED]


def test_what_goes_on_may_be_ended_again_and_its_days_be_claimed_anew(followed):
    withdrawn(followed)
    for person in (ONE, TWO):
        sign_end(followed, FIRST, EVE, document="另一终止文号", actor_id=person, now=NOW)
    version(followed, 3, "2026-07-01", "2026-12-31")
    assert reaches(followed) == [(1, EVE), (3, date(2026, 12, 31))]


def test_where_nothing_made_way_its_days_are_free(uow):
    make_programme(uow, programme(valid={"from": "2026-07-01", "to": "2026-12-31"}))
    withdrawn(uow, FIRST)
    assert reaches(uow) == []
    version(uow, 2, "2026-07-01", "2026-12-31")


def test_what_was_withdrawn_itself_never_goes_on(uow):
    make_programme(uow, programme(valid={"from": "2026-01-01", "to": "2026-06-30"}))
    version(uow, 2, "2026-07-01", "2026-12-31")
    withdrawn(uow)
    version(uow, 3, "2026-07-01", "2026-09-30")
    version(uow, 4, "2026-10-01", "2026-12-31")
    withdrawn(uow, Which("P", 3))
    rows = versions(uow.session, "P")
    assert [row.end_state for row in rows] == [None, *[EndState.CONFIRMED] * 2, None]
    assert reaches(uow) == [(1, EVE), (4, date(2026, 12, 31))]


@pytest.mark.parametrize("rule", ["first_come", "pro_rata"])
def test_a_version_that_never_pays_has_no_budget_to_show(uow, rule):
    terms = programme(
        valid={"from": "2026-07-01", "to": "2026-12-31"}, budget={"amount": "9.00", "rule": rule}
    )
    make_programme(uow, terms)
    assert [one.terms.version for one in budget_of(uow.session, "P")] == [1]
    withdrawn(uow, FIRST)
    with pytest.raises(NotFound):
        budget_of(uow.session, "P")


def test_on_its_first_day_it_is_too_late(followed):
    withdrawn(followed, by=[ONE])
    with pytest.raises(VersionBegun):
        withdrawn(followed, by=[TWO], now=moment("2026-07-01T01:00"))


def test_both_say_the_same_under_a_document_and_with_a_reason(followed):
    with pytest.raises(ReasonMissing):
        sign_withdrawal(followed, SECOND, document="X", reason=" ", actor_id=ONE, now=NOW)
    with pytest.raises(NoDocument):
        sign_withdrawal(followed, SECOND, document=" ", reason="比例录错", actor_id=ONE, now=NOW)
    withdrawn(followed, by=[ONE])
    with pytest.raises(OtherEnd):
        sign_withdrawal(
            followed, SECOND, document="示例作废文号", reason="别的", actor_id=TWO, now=NOW
        )


def test_declined_it_stays(followed):
    withdrawn(followed, by=[ONE])
    decline_end(followed, SECOND, reason="再议", actor_id=TWO, now=NOW)
    assert reaches(followed) == [(1, EVE), (2, date(2026, 12, 31))]


def test_once_withdrawn_nothing_more_becomes_of_it(followed):
    withdrawn(followed)
    with pytest.raises(IllegalStep):
        withdrawn(followed)


def test_a_third_version_in_the_days_of_the_first_is_withdrawn_first(uow):
    make_programme(uow, programme())
    for person in (ONE, TWO):
        sign_end(uow, FIRST, EVE, document="示例终止文号", actor_id=person, now=NOW)
    version(uow, 2, "2026-07-01", "2026-09-30")
    version(uow, 3, "2026-10-01", "2026-12-31")
    with pytest.raises(SuccessorStands):
        withdrawn(uow)
    withdrawn(uow, Which("P", 3))
    withdrawn(uow)
    assert reaches(uow) == [(1, date(2026, 12, 31))]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE programme_version SET state = 'closed' WHERE version = 2",
        "UPDATE programme_version SET state = 'draft' WHERE version = 2",
        "UPDATE programme_end SET state = 'lifted'",
        "UPDATE programme_end SET state = 'declined'",
        "UPDATE programme_end SET reason = 'x'",
        "DELETE FROM programme_end",
    ],
)
def test_the_database_refuses(followed, change):
    with pytest.raises(DBAPIError), followed.session.begin_nested():
        followed.session.execute(text(change))
