"""A version pays once two persons stood for its document number, whatever way it is tried."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from booking.subsidies.actions.activate_programme import (
    Which,
    activate,
    discard,
    propose,
    return_proposal,
    sign,
)
from booking.subsidies.actions.publish_programme import draft_version
from booking.subsidies.errors import (
    IllegalStep,
    NoDocument,
    OtherDocument,
    SecondPersonNeeded,
)
from booking.subsidies.queries.programmes import active_programmes
from booking.subsidies.states import ProgrammeState
from tests.factories.settled_uses import ENTERED, make_programme
from tests.subsidies.requests import programme

ONE, TWO = 11, 12
P = Which("P")


@pytest.fixture
def drafted(uow):
    make_programme(uow, programme(), active=False)
    return uow


def states(uow) -> list[str]:
    return [str(s) for s in uow.session.scalars(text("SELECT state FROM programme_version"))]


def test_one_proposes_and_another_activates(drafted):
    row = sign(drafted, P, document="示例文号", actor_id=ONE, now=ENTERED)
    assert (row.state, active_programmes(drafted.session)) == (ProgrammeState.PROPOSED, [])
    row = sign(drafted, P, actor_id=TWO, now=ENTERED)
    assert (row.proposed_by, row.activated_by) == (ONE, TWO)
    assert [p.document for p in active_programmes(drafted.session)] == ["示例文号"]


def test_nobody_activates_what_they_proposed(drafted):
    propose(drafted, P, document="示例文号", actor_id=ONE, now=ENTERED)
    with pytest.raises(SecondPersonNeeded):
        sign(drafted, P, actor_id=ONE, now=ENTERED)


def test_a_draft_that_nobody_proposed_is_not_activated(drafted):
    with pytest.raises(IllegalStep):
        activate(drafted, P, document="示例文号", actor_id=TWO, now=ENTERED)


def test_the_number_that_was_proposed_is_the_one_that_counts(drafted):
    with pytest.raises(NoDocument):
        propose(drafted, P, actor_id=ONE, now=ENTERED)
    propose(drafted, P, document="示例文号", actor_id=ONE, now=ENTERED)
    with pytest.raises(OtherDocument):
        activate(drafted, P, document="别的文号", actor_id=TWO, now=ENTERED)


def test_a_proposal_that_went_back_is_proposed_anew_by_anybody(drafted):
    propose(drafted, P, document="示例文号", actor_id=ONE, now=ENTERED)
    return_proposal(drafted, P, reason="文号有误", actor_id=TWO, now=ENTERED)
    propose(drafted, P, document="示例文号二", actor_id=TWO, now=ENTERED)
    assert activate(drafted, P, actor_id=ONE, now=ENTERED).document == "示例文号二"


def test_a_draft_given_up_frees_its_days(drafted):
    discard(drafted, P, actor_id=ONE, now=ENTERED)
    draft_version(drafted, "P", programme(version=2), actor_id=ONE, now=ENTERED)
    assert states(drafted) == ["closed", "draft"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE programme_version SET state = 'active', document = 'X', activated_by = 12",
        "UPDATE programme_version SET state = 'proposed', document = 'X'",
        "UPDATE programme_version SET proposed_by = 11, activated_by = 11",
        "INSERT INTO programme_version (programme_id, version, state, document, valid_from,"
        " valid_to, terms, created_at) SELECT programme_id, 2, 'draft', '', valid_to, valid_to,"
        " terms, created_at FROM programme_version",
    ],
    ids=["unproposed", "by nobody", "by one person", "overlapping"],
)
def test_the_database_refuses(drafted, change):
    with pytest.raises(DBAPIError), drafted.session.begin_nested():
        drafted.session.execute(text(change))


def test_the_database_refuses_to_touch_what_was_proposed(drafted):
    propose(drafted, P, document="示例文号", actor_id=ONE, now=ENTERED)
    update = "UPDATE programme_version SET"
    for change in (f"{update} valid_to = '2027-12-31'", "DELETE FROM programme_version"):
        with pytest.raises(DBAPIError), drafted.session.begin_nested():
            drafted.session.execute(text(change))


def test_the_database_refuses_one_person_twice_and_another_number(drafted):
    propose(drafted, P, document="示例文号", actor_id=ONE, now=ENTERED)
    for change in (
        "activated_by = 11",
        "activated_by = 12, document = '别的'",
        "activated_by = NULL",
    ):
        with pytest.raises(DBAPIError), drafted.session.begin_nested():
            drafted.session.execute(
                text(f"UPDATE programme_version SET state = 'active', {change}")
            )
