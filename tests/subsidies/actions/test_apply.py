"""Applications: in a window, with every paper, decided by the other side; then uses count."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from booking.files.actions.receive import keep
from booking.kernel.periods import Period
from booking.organisations.states import OrganisationState
from booking.subsidies.actions.apply import (
    add_paper,
    begin_application,
    hand_in,
    remove_paper,
    withdraw_application,
)
from booking.subsidies.actions.judge_application import decide_application
from booking.subsidies.actions.review_statement import lock
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import (
    ApplicantNotVerified,
    ApplicationExists,
    ApplicationNotAsked,
    ApplicationStuck,
    EvidenceLacking,
    OwnApplication,
    PaperSeen,
    ReachesNothing,
    ReasonMissing,
    WindowShut,
)
from booking.subsidies.models.statement import Statement, StatementLine
from booking.subsidies.states import ApplicationState, ApplicationStep
from tests.factories.files import receive_file
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import Json, programme
from tests.support.clock import moment

COMPANY, FINANCE = 21, 22
IN_WINDOW = moment("2026-10-20T09:00")
LATER = moment("2026-12-01T02:00")
ASKING: Json = {
    "application": "required",
    "windows": [{"from": "10-01", "to": "10-31"}],
    "claim_within_days": 15,
    "evidence": [{"code": "contract"}],
}


@pytest.fixture
def company(uow):
    make_programme(uow, programme(**ASKING))
    return make_company(uow)


def begun(uow, company) -> int:
    return begin_application(uow, "P", 1, organisation_id=company.key, by=(COMPANY, IN_WINDOW))


def handed_in(uow, company) -> int:
    key = begun(uow, company)
    add_paper(uow, key, receive_file(uow), code="contract", by=(COMPANY, IN_WINDOW))
    hand_in(uow, key, actor_id=COMPANY, now=IN_WINDOW)
    return key


def accepted(uow, company) -> int:
    key = handed_in(uow, company)
    decide_application(uow, key, ApplicationStep.ACCEPT, actor_id=FINANCE, now=IN_WINDOW)
    return key


def owed(uow, month: str) -> int:
    made = settle_period(uow, Period.parse(month), actor_id=None, now=LATER)
    return int(made.totals["payable_fen"])


def test_it_is_handed_in_only_with_its_papers_and_in_its_window(uow, company):
    key = begun(uow, company)
    with pytest.raises(EvidenceLacking):
        hand_in(uow, key, actor_id=COMPANY, now=IN_WINDOW)


def test_outside_the_window_it_stays_a_draft(uow, company):
    key = begun(uow, company)
    with pytest.raises(WindowShut):
        hand_in(uow, key, actor_id=COMPANY, now=moment("2026-11-01T09:00"))


def test_a_company_has_one_application_at_a_time(uow, company):
    begun(uow, company)
    with pytest.raises(ApplicationExists):
        begun(uow, company)


def test_a_programme_that_asks_for_none_takes_none(uow, company):
    make_programme(uow, programme("FREE"))
    with pytest.raises(ApplicationNotAsked):
        begin_application(uow, "FREE", 1, organisation_id=company.key, by=(COMPANY, IN_WINDOW))


def test_it_goes_back_with_a_reason_and_comes_again_as_early_as_before(uow, company):
    key = handed_in(uow, company)
    with pytest.raises(ReasonMissing):
        decide_application(uow, key, ApplicationStep.RETURN, actor_id=FINANCE, now=IN_WINDOW)
    step = ApplicationStep.RETURN
    decide_application(uow, key, step, reason="合同缺章", actor_id=FINANCE, now=IN_WINDOW)
    again = hand_in(uow, key, actor_id=COMPANY, now=moment("2026-10-30T09:00"))
    assert (again.state, again.covers_from) == (ApplicationState.HANDED_IN, date(2026, 10, 5))


def test_what_was_returned_may_come_again_after_the_window(uow, company):
    key = handed_in(uow, company)
    step = ApplicationStep.RETURN
    decide_application(uow, key, step, reason="合同缺章", actor_id=FINANCE, now=IN_WINDOW)
    again = hand_in(uow, key, actor_id=COMPANY, now=moment("2026-11-05T09:00"))
    assert (again.state, again.covers_from) == (ApplicationState.HANDED_IN, date(2026, 10, 5))


def test_after_it_was_withdrawn_the_company_begins_another(uow, company):
    key = handed_in(uow, company)
    withdraw_application(uow, key, actor_id=COMPANY, now=IN_WINDOW)
    with pytest.raises(ApplicationStuck):
        decide_application(uow, key, ApplicationStep.ACCEPT, actor_id=FINANCE, now=IN_WINDOW)
    assert begun(uow, company) != key


def test_a_decision_is_not_withdrawn(uow, company):
    with pytest.raises(ApplicationStuck):
        withdraw_application(uow, accepted(uow, company), actor_id=COMPANY, now=IN_WINDOW)


def test_a_paper_is_taken_out_of_a_draft_and_stays_once_it_was_handed_in(uow, company):
    key = begun(uow, company)
    by = (COMPANY, IN_WINDOW)
    wrong = add_paper(uow, key, receive_file(uow), code="contract", by=by)
    remove_paper(uow, key, wrong.key, by=by)
    kept = add_paper(uow, key, receive_file(uow), code="contract", by=by)
    hand_in(uow, key, actor_id=COMPANY, now=IN_WINDOW)
    step = ApplicationStep.RETURN
    decide_application(uow, key, step, reason="合同缺章", actor_id=FINANCE, now=IN_WINDOW)
    with pytest.raises(PaperSeen):
        remove_paper(uow, key, kept.key, by=by)


def test_one_that_reaches_no_day_of_the_version_is_not_handed_in(uow):
    make_programme(uow, programme("SHORT", application="required", claim_within_days=10))
    company = make_company(uow)
    key = begin_application(uow, "SHORT", 1, organisation_id=company.key, by=(COMPANY, IN_WINDOW))
    with pytest.raises(ReachesNothing):
        hand_in(uow, key, actor_id=COMPANY, now=moment("2027-01-20T09:00"))


def test_a_late_acceptance_comes_with_the_next_statement(uow, company):
    key = handed_in(uow, company)
    settled_use(uow, company)
    enter_year(uow, 2026)
    assert owed(uow, "2026-10") == 0
    for row in uow.session.exec(select(Statement)).all():
        lock(uow, row.number, actor_id=None, now=LATER)
    decide_application(uow, key, ApplicationStep.ACCEPT, actor_id=FINANCE, now=LATER)
    assert owed(uow, "2026-11") == 30000
    (line,) = uow.session.exec(select(StatementLine).where(StatementLine.payable_fen > 0)).all()
    assert line.detail["correction"]["why"] == ["applications"]


def test_nobody_decides_on_their_own_application_or_twice(uow, company):
    key = handed_in(uow, company)
    with pytest.raises(OwnApplication):
        decide_application(uow, key, ApplicationStep.ACCEPT, actor_id=COMPANY, now=IN_WINDOW)
    decide_application(uow, key, ApplicationStep.ACCEPT, actor_id=FINANCE, now=IN_WINDOW)
    with pytest.raises(ApplicationStuck):
        decide_application(
            uow, key, ApplicationStep.REFUSE, reason="重复", actor_id=FINANCE, now=IN_WINDOW
        )


def test_a_use_without_an_accepted_application_is_left_out_and_says_why(uow, company):
    handed_in(uow, company)
    settled_use(uow, company)
    assert owed(uow, "2026-10") == 0
    (line,) = uow.session.exec(select(StatementLine)).all()
    assert "no_application" in str(line.detail)


def test_an_accepted_application_lets_the_uses_count_that_it_reaches(uow, company):
    accepted(uow, company)
    settled_use(uow, company, ended="2026-10-09T16:00")
    settled_use(uow, company, ended="2026-10-04T16:00")
    settled_use(uow, make_company(uow), ended="2026-10-09T16:00")
    assert owed(uow, "2026-10") == 30000


@pytest.mark.parametrize(
    "change",
    [
        "state = 'accepted', decided_by = NULL",
        "state = 'accepted', decided_by = handed_in_by",
        "covers_from = NULL",
    ],
)
def test_the_database_refuses(uow, company, change):
    handed_in(uow, company)
    with pytest.raises(DBAPIError), uow.session.begin_nested():
        uow.session.execute(text(f"UPDATE programme_application SET {change}"))


def test_the_database_refuses_papers_that_come_or_go_after_it_was_handed_in(uow, company):
    key = handed_in(uow, company)
    file = receive_file(uow)
    kept = keep(uow, file, uploaded_by=COMPANY, now=IN_WINDOW)
    for change in (
        f"INSERT INTO application_file (application_id, file_id, code) "
        f"VALUES ({key}, {kept.key}, 'contract')",
        "DELETE FROM application_file",
    ):
        with pytest.raises(DBAPIError), uow.session.begin_nested():
            uow.session.execute(text(change))


def test_the_database_refuses_to_change_what_was_decided(uow, company):
    accepted(uow, company)
    with pytest.raises(DBAPIError), uow.session.begin_nested():
        uow.session.execute(text("UPDATE programme_application SET covers_from = '2026-01-01'"))


@pytest.mark.parametrize("state", [OrganisationState.PENDING, OrganisationState.SUSPENDED])
def test_only_a_verified_company_begins_and_hands_in(uow, company, state):
    draft = begun(uow, company)
    add_paper(uow, draft, receive_file(uow), code="contract", by=(COMPANY, IN_WINDOW))
    company.state = state
    with pytest.raises(ApplicantNotVerified):
        hand_in(uow, draft, actor_id=COMPANY, now=IN_WINDOW)
    withdraw_application(uow, draft, actor_id=COMPANY, now=IN_WINDOW)
    with pytest.raises(ApplicantNotVerified):
        begun(uow, company)
