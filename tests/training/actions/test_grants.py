"""Granting, extending, declining and revoking."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.training.actions.grant import Terms, decline, grant, renew, revoke
from booking.training.errors import EndsTooSoon, GrantOver, RequestDecided
from booking.training.models import TrainingGrant
from booking.training.queries.standing import permission_of, standing_of
from booking.training.states import (
    GRANT_TRANSITIONS,
    REQUEST_TRANSITIONS,
    SESSION_TRANSITIONS,
    GrantState,
    RequestState,
)
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_lab
from tests.factories.training import make_grant, make_request, training_scene
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
YEAR_END = date(2026, 12, 31)


def grants(uow: UnitOfWork) -> list[tuple[GrantState, date | None]]:
    rows = uow.session.exec(select(TrainingGrant).order_by(col(TrainingGrant.id)))
    return [(row.state, row.valid_to) for row in rows]


def test_what_was_asked_for_is_granted_without_a_session(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    made = make_grant(uow, scene, now=NOW, valid_to=YEAR_END)
    permission = permission_of(uow.session, scene.instrument.key, scene.member.id)
    assert permission is not None
    assert (permission.valid_to, permission.practised_at) == (YEAR_END, NOW)
    standing = standing_of(uow.session, scene.instrument.key, scene.member.id, now=NOW)
    assert standing.holds
    assert standing.asked is not None
    assert standing.asked.state is RequestState.GRANTED
    assert made.granted_by == scene.manager.id


def test_operators_grant_too_and_nobody_of_another_lab(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    asked = make_request(uow, scene, now=NOW)
    for stranger in (make_lab_person(uow, make_lab(uow).key), scene.admin):
        with pytest.raises(NotFound):
            grant(uow, asked.key, Terms(), actor=stranger, now=NOW)
    operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    assert grant(uow, asked.key, Terms(), actor=operator, now=NOW).state is GrantState.IN_FORCE


def test_a_permission_lasts_at_least_today(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    with pytest.raises(EndsTooSoon):
        make_grant(uow, scene, scene.admin, now=NOW, valid_to=date(2026, 11, 22))
    today = date(2026, 11, 23)
    assert make_grant(uow, scene, now=NOW, valid_to=today).valid_to == today


def test_extending_replaces_the_former_one_and_counts_disuse_anew(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    first = make_grant(uow, scene, now=NOW, valid_to=YEAR_END)
    later = NOW + timedelta(days=20)
    second = renew(uow, first.key, date(2027, 12, 31), actor=scene.manager, now=later)
    assert grants(uow) == [
        (GrantState.REPLACED, YEAR_END),
        (GrantState.IN_FORCE, date(2027, 12, 31)),
    ]
    assert second.practised_at == later
    with pytest.raises(GrantOver):
        renew(uow, first.key, None, actor=scene.manager, now=later)


def test_asking_anew_and_being_granted_replaces_it_as_well(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    make_grant(uow, scene, now=NOW, valid_to=YEAR_END)
    make_grant(uow, scene, now=NOW + timedelta(days=1))
    assert grants(uow) == [(GrantState.REPLACED, YEAR_END), (GrantState.IN_FORCE, None)]


def test_what_is_revoked_is_over_and_says_why(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    made = make_grant(uow, scene, now=NOW)
    revoke(uow, made.key, "违规操作", actor=scene.manager, now=NOW)
    assert permission_of(uow.session, scene.instrument.key, scene.member.id) is None
    for again in (
        lambda: revoke(uow, made.key, "再次", actor=scene.manager, now=NOW),
        lambda: renew(uow, made.key, None, actor=scene.manager, now=NOW),
    ):
        with pytest.raises(GrantOver):
            again()


def test_declined_is_declined_and_one_may_ask_again(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    asked = make_request(uow, scene, now=NOW)
    declined = decline(uow, asked.key, "样品不适合", actor=scene.manager, now=NOW)
    assert (declined.state, declined.reason) == (RequestState.DECLINED, "样品不适合")
    with pytest.raises(RequestDecided):
        grant(uow, asked.key, Terms(), actor=scene.manager, now=NOW)
    assert make_request(uow, scene, now=NOW).key != asked.key


def test_the_database_forbids_two_in_force(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    made = make_grant(uow, scene, now=NOW)
    twin = made.model_dump(exclude={"id"})
    uow.session.add(TrainingGrant(**twin))
    with pytest.raises(IntegrityError):
        uow.session.flush()


def test_every_deed_is_an_entry_of_the_instrument_for_the_person(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    made = make_grant(uow, scene, now=NOW, valid_to=YEAR_END)
    revoke(uow, made.key, "违规操作", actor=scene.manager, now=NOW)
    subject = f"instrument:{scene.instrument.key}"
    rows = uow.session.exec(
        select(AuditEntry).where(AuditEntry.subject == subject).order_by(col(AuditEntry.id))
    ).all()
    told = [(row.name, row.on_behalf_of, row.changes.get("training")) for row in rows]
    whose = f"user:{scene.member.id}"
    assert told[-3:] == [
        ("training.asked", "", [None, "waiting"]),
        ("training.granted", whose, ["waiting", "granted"]),
        ("training.revoked", whose, ["in_force", "revoked"]),
    ]
    assert rows[-1].cause == "违规操作"


def test_no_life_goes_on_after_its_end() -> None:
    ends = {
        *(RequestState.GRANTED, RequestState.DECLINED, RequestState.WITHDRAWN),
        *(GrantState.REPLACED, GrantState.REVOKED),
    }
    tables = (REQUEST_TRANSITIONS, GRANT_TRANSITIONS, SESSION_TRANSITIONS)
    left = {before for table in tables for before, _ in table}
    assert not left & ends
