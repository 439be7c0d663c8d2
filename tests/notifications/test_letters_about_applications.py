"""Who is told of applications and of programmes that wait for a second person."""

from collections.abc import Sequence

import pytest
from sqlmodel import col, select

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.notifications.models import OutboxMessage
from booking.subsidies.actions.activate_programme import Which, propose, return_proposal
from booking.subsidies.actions.apply import hand_in, withdraw_application
from booking.subsidies.actions.judge_application import decide_application
from booking.subsidies.states import ApplicationState, ApplicationStep
from tests.factories.accounts import make_actor, make_staff
from tests.factories.applications import asking, make_application
from tests.factories.settled_uses import make_company, make_programme
from tests.notifications.told import NOW
from tests.subsidies.requests import programme

P = Which("P")


def told(uow: UnitOfWork, fact: str) -> Sequence[tuple[int | None, str]]:
    """To whom letters of a fact were written, and of which step."""
    query = select(OutboxMessage).where(OutboxMessage.fact == fact).order_by(col(OutboxMessage.id))
    return [(row.user_id, str(row.params["step"])) for row in uow.session.exec(query)]


@pytest.fixture
def staff(uow: UnitOfWork) -> tuple[Actor, Actor]:
    return make_staff(uow, Role.FINANCE), make_staff(uow, Role.FINANCE)


def test_finance_is_told_what_a_company_does_and_the_company_what_finance_decides(uow, staff):
    make_programme(uow, asking())
    company = make_company(uow)
    admin = make_actor(uow, Grant(Role.COMPANY_ADMIN, company.key))
    key = make_application(uow, company.key, now=NOW)
    first, second = (one.id for one in staff)
    told_so_far = [(first, "application.handed_in"), (second, "application.handed_in")]
    assert told(uow, "application_step") == told_so_far
    step = ApplicationStep.RETURN
    decide_application(uow, key, step, reason="缺章", actor_id=first, now=NOW)
    assert told(uow, "application_step")[2:] == [(admin.id, "application.returned")]
    hand_in(uow, key, actor_id=admin.id, now=NOW)
    decide_application(uow, key, ApplicationStep.ACCEPT, actor_id=first, now=NOW)
    assert told(uow, "application_step")[-1] == (admin.id, "application.accepted")


def test_nobody_is_told_of_a_draft_that_was_given_up(uow, staff):
    make_programme(uow, asking())
    draft = ApplicationState.DRAFT
    key = make_application(uow, make_company(uow).key, now=NOW, state=draft)
    withdraw_application(uow, key, actor_id=1, now=NOW)
    assert told(uow, "application_step") == []


def test_the_others_of_finance_are_told_that_a_second_person_is_needed(uow, staff):
    make_programme(uow, programme(), active=False)
    first, second = (one.id for one in staff)
    propose(uow, P, document="示例文号", actor_id=first, now=NOW)
    assert told(uow, "programme_step") == [(second, "programme.proposed")]
    return_proposal(uow, P, reason="比例有误", actor_id=second, now=NOW)
    assert told(uow, "programme_step")[1:] == [(first, "programme.returned")]


def test_who_takes_back_an_own_proposal_is_not_told_of_it(uow, staff):
    make_programme(uow, programme(), active=False)
    first, _ = (one.id for one in staff)
    propose(uow, P, document="示例文号", actor_id=first, now=NOW)
    return_proposal(uow, P, reason="", actor_id=first, now=NOW)
    assert len(told(uow, "programme_step")) == 1
