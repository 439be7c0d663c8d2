"""Every step that a record of any room takes is told with the state before and the state after."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

import pytest
from sqlmodel import col, select

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.checking.report import broken
from booking.db.transactions import UnitOfWork
from booking.instruments import states as instruments
from booking.instruments.actions.change_state import change_state
from booking.kernel.periods import Period
from booking.organisations import states as organisations
from booking.organisations.actions.verify import take_step
from booking.reservations import jobs
from booking.reservations import states as reservations
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.dispute import dispute, resolve
from booking.reservations.actions.reschedule import reschedule
from booking.subsidies import states as subsidies
from booking.subsidies.actions import review_statement as review
from booking.subsidies.actions.activate_programme import (
    Which,
    discard,
    propose,
    return_proposal,
)
from booking.subsidies.actions.apply import hand_in, withdraw_application
from booking.subsidies.actions.end_programme import sign_withdrawal
from booking.subsidies.actions.judge_application import decide_application
from booking.subsidies.actions.pay_statements import draw_batch, send_batch
from booking.subsidies.actions.record_answers import record_payment, record_return
from booking.subsidies.actions.settle_period import settle_period
from tests.factories.accounts import make_staff
from tests.factories.applications import asking, make_application
from tests.factories.instruments import enter_year, make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene, make_use
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.paying import with_account
from tests.subsidies.requests import programme
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
LATER = between("11-26 12:00", "14:00")
AFTERWARDS = moment("2026-11-25T09:00")
MUCH_LATER = moment("2027-01-25T09:00")
Steps = set[tuple[str | None, str]]
S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


def told(uow: UnitOfWork, noun: str) -> Steps:
    asked = select(AuditEntry.changes).where(col(AuditEntry.subject).startswith(f"{noun}:"))
    states = [said["state"] for said in uow.session.exec(asked) if "state" in said]
    return {(before, after) for before, after in states}


def steps_of(table: Mapping[tuple[S, A], S]) -> Steps:
    return {(before.value, after.value) for (before, _), after in table.items() if before != after}


def lead_instruments(uow: UnitOfWork) -> None:
    for state, action in instruments.TRANSITIONS:
        made = make_instrument(uow, state=state)
        change_state(uow, made.key, action, actor=HOUSE, now=NOW, reason="因故")


def lead_organisations(uow: UnitOfWork) -> None:
    made = make_organisation(uow, verified=False)
    step = organisations.OrganisationStep
    for taken in (step.RETURN, step.RESUBMIT, step.VERIFY, step.SUSPEND, step.REINSTATE):
        take_step(uow, made.key, taken, actor=HOUSE, now=NOW, reason="材料不全")


def lead_reservations(uow: UnitOfWork) -> None:
    asked = {"approval": "always", "approval_hours": 4}
    scene, free = make_scene(uow, policy=asked, units=9), make_scene(uow, units=9)
    approved, refused, withdrawn, lapsed = (
        make_reservation(uow, scene, now=NOW).number for _ in range(4)
    )
    approve(uow, approved, actor=scene.manager, now=NOW)
    reschedule(uow, approved, LATER, actor=scene.member, now=NOW)
    reject(uow, refused, actor=scene.manager, now=NOW, reason="已满")
    cancel(uow, withdrawn, actor=scene.member, now=NOW)
    given_back = make_reservation(uow, free, now=NOW)
    cancel(uow, given_back.number, actor=free.member, now=NOW)
    make_reservation(uow, free, now=NOW)
    used = make_use(uow, free, between("11-24 09:00", "10:00"), now=NOW)
    dispute(uow, used.number, actor=free.member, now=AFTERWARDS, reason="时长不符")
    resolve(uow, used.number, actor=free.manager, now=AFTERWARDS, reason="已核对")
    for side in (free.manager, free.member):
        confirm(uow, used.number, actor=side, now=AFTERWARDS)
    jobs.expire_requests(uow, LATER.start - timedelta(hours=1))
    jobs.mark_no_shows(uow, AFTERWARDS)
    assert lapsed


def lead_statements(uow: UnitOfWork) -> None:
    enter_year(uow, 2026)
    make_programme(uow, programme())
    for _ in range(2):
        settled_use(uow, with_account(uow))
    view = settle_period(uow, Period.parse("2026-10"), actor_id=None, now=AFTERWARDS)
    paid, back = (row.number for row in view.statements)
    for number in (paid, back):
        review.lock(uow, number, actor_id=None, now=AFTERWARDS)
    review.withdraw(uow, back, "更正", actor_id=None, now=AFTERWARDS)
    review.lock(uow, back, actor_id=None, now=AFTERWARDS)
    for number in (paid, back):
        review.publish(uow, number, actor_id=None, now=AFTERWARDS)
    review.withdraw(uow, back, "更正", actor_id=None, now=AFTERWARDS)
    review.approve(uow, paid, actor_id=None, now=MUCH_LATER)
    batch = draw_batch(uow, actor_id=None, now=MUCH_LATER).number
    send_batch(uow, batch, actor_id=None, now=MUCH_LATER)
    record_payment(uow, batch, 1, reference="示例回单", by=(None, MUCH_LATER))
    record_return(uow, batch, 1, reason="账号有误", by=(None, MUCH_LATER))


def lead_programmes(uow: UnitOfWork) -> None:
    make_programme(uow, programme())
    other = programme("OTHER")
    make_programme(uow, other, active=False)
    one = make_staff(uow, Role.FINANCE)
    which = Which("OTHER", int(str(other["version"])))
    propose(uow, which, document="示例文号", actor_id=one.id, now=AFTERWARDS)
    return_proposal(uow, which, reason="比例有误", actor_id=one.id, now=AFTERWARDS)
    discard(uow, which, actor_id=one.id, now=AFTERWARDS)
    make_programme(uow, programme("LATER", valid={"from": "2029-01-01", "to": "2029-12-31"}))
    for person in (11, 12):
        said = {"document": "示例作废文号", "reason": "比例录错"}
        sign_withdrawal(uow, Which("LATER"), **said, actor_id=person, now=AFTERWARDS)


def lead_applications(uow: UnitOfWork) -> None:
    make_programme(uow, asking())
    states = subsidies.ApplicationState
    for state in (states.ACCEPTED, states.REFUSED, states.REVOKED):
        make_application(uow, make_company(uow).key, now=AFTERWARDS, state=state)
    for state in (states.DRAFT, states.HANDED_IN, states.RETURNED):
        made = make_application(uow, make_company(uow).key, now=AFTERWARDS, state=state)
        if state is states.RETURNED:
            hand_in(uow, made, actor_id=1, now=AFTERWARDS)
            step = subsidies.ApplicationStep.RETURN
            decide_application(uow, made, step, reason="缺章", actor_id=2, now=AFTERWARDS)
        withdraw_application(uow, made, actor_id=1, now=AFTERWARDS)


@pytest.mark.parametrize(
    ("noun", "lead", "steps"),
    [
        ("instrument", lead_instruments, steps_of(instruments.TRANSITIONS)),
        ("organisation", lead_organisations, steps_of(organisations.TRANSITIONS)),
        ("reservation", lead_reservations, steps_of(reservations.TRANSITIONS)),
        ("statement", lead_statements, steps_of(subsidies.STATEMENT_TRANSITIONS)),
        ("programme", lead_programmes, steps_of(subsidies.PROGRAMME_TRANSITIONS)),
        ("application", lead_applications, steps_of(subsidies.APPLICATION_TRANSITIONS)),
    ],
)
def test_every_step_of_the_table_is_told_with_both_states(
    uow: UnitOfWork, noun: str, lead: Callable[[UnitOfWork], None], steps: Steps
) -> None:
    lead(uow)
    uow.session.flush()
    assert steps <= told(uow, noun)
    untold = "a state changed that the trail does not tell of"
    assert [finding for finding in broken(uow.session) if finding.name == untold] == []


@pytest.mark.parametrize(
    ("noun", "make", "first"),
    [
        ("organisation", lambda uow: make_organisation(uow, verified=False), "pending"),
        ("programme", lambda uow: make_programme(uow, programme(), active=False), "draft"),
    ],
)
def test_what_is_new_is_told_with_its_first_state(
    uow: UnitOfWork, noun: str, make: Callable[[UnitOfWork], object], first: str
) -> None:
    make(uow)
    assert told(uow, noun) == {(None, first)}
