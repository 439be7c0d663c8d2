"""Somebody leaves a company: a colleague holds what was booked, and nothing else stays open."""

from datetime import datetime
from functools import partial

import pytest
from sqlmodel import col, select

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.actions.grant_role import grant_role, revoke_role
from booking.accounts.actions.invite import invite
from booking.accounts.actions.leave import Departure, leave
from booking.accounts.actions.make_token import TokenWish, make_token
from booking.accounts.errors import LastCompanyAdmin, NoSuccessor, NotByToken
from booking.accounts.models import ApiToken, Invitation, LoginSession
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.people import roles_of
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.dispute import dispute
from booking.reservations.errors import SuccessorMissing
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.lists import awaiting_word_of
from tests.factories.accounts import (
    make_actor,
    make_lab_person,
    make_member,
    make_staff,
    open_session,
    shut,
)
from tests.factories.organisations import make_organisation
from tests.factories.reservations import Scene, make_reservation, make_scene, make_use
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
AFTERWARDS = moment("2026-11-24T14:00")


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    return make_scene(uow)


def go(
    uow: UnitOfWork,
    scene: Scene,
    who: Actor,
    successor: Actor | None = None,
    *,
    by: Actor | None = None,
    now: datetime = NOW,
) -> None:
    departure = Departure(who.id, scene.company.key, successor.id if successor else None)
    leave(uow, departure, actor=by or scene.admin, now=now)


def entries(uow: UnitOfWork, name: str) -> list[AuditEntry]:
    asked = select(AuditEntry).where(AuditEntry.name == name)
    return list(uow.session.exec(asked.order_by(col(AuditEntry.id))))


def holder(uow: UnitOfWork, booked: Reservation) -> int:
    asked = select(Reservation.holder_id).where(Reservation.number == booked.number)
    return uow.session.exec(asked).one()


def as_booked(uow: UnitOfWork, booked: Reservation) -> tuple[object, ...]:
    one = uow.session.exec(select(Reservation).where(Reservation.number == booked.number)).one()
    return one.state, one.starts_at, one.ends_at, one.quoted_fen, one.tariff_id


def grants(uow: UnitOfWork, who: Actor) -> tuple[Grant, ...]:
    return actor_by_id(uow.session, who.id).grants


def test_what_is_ahead_goes_to_the_successor_as_it_was_booked(uow, scene) -> None:
    booked = make_reservation(uow, scene, now=NOW)
    before = as_booked(uow, booked)
    go(uow, scene, scene.member, scene.admin)
    assert holder(uow, booked) == scene.admin.id
    assert as_booked(uow, booked) == before
    (told,) = entries(uow, "reservation.handed_over")
    assert told.actor_id == scene.admin.id
    assert told.on_behalf_of == f"user:{scene.member.id}"
    assert told.changes == {"holder": [f"user:{scene.member.id}", f"user:{scene.admin.id}"]}
    assert grants(uow, scene.member) == ()


def test_nobody_leaves_bookings_behind_without_a_successor(uow, scene) -> None:
    make_reservation(uow, scene, now=NOW)
    with pytest.raises(SuccessorMissing):
        go(uow, scene, scene.member)


def test_what_is_over_stays_with_whoever_held_it(uow, scene) -> None:
    booked = make_reservation(uow, scene, now=NOW)
    go(uow, scene, scene.member, scene.admin, now=AFTERWARDS)
    assert holder(uow, booked) == scene.member.id


def test_without_bookings_no_successor_is_needed(uow, scene) -> None:
    go(uow, scene, scene.member)
    assert grants(uow, scene.member) == ()


def test_bookings_for_another_company_are_not_handed_over(uow, scene) -> None:
    other = make_organisation(uow).key
    both = make_actor(
        uow, Grant(Role.COMPANY_MEMBER, scene.company.key), Grant(Role.COMPANY_MEMBER, other)
    )
    there = Scene(scene.instrument, scene.manager, scene.company, both, scene.admin)
    booked = make_reservation(uow, there, now=NOW, organisation_id=other)
    go(uow, scene, both)
    assert holder(uow, booked) == both.id
    assert grants(uow, both) == (Grant(Role.COMPANY_MEMBER, other),)


@pytest.mark.parametrize("deed", [confirm, partial(dispute, reason="不符"), cancel])
def test_whoever_is_elsewhere_now_speaks_for_the_company_no_more(uow, scene, deed) -> None:
    make = make_reservation if deed is cancel else make_use
    number = make(uow, scene, now=NOW).number
    elsewhere = Grant(Role.COMPANY_MEMBER, make_organisation(uow).key)
    grant_role(uow, scene.member.id, elsewhere, actor=HOUSE, now=NOW)
    (held, *_) = roles_of(uow.session, [scene.member.id])
    revoke_role(uow, held.membership_id, actor=scene.admin, now=NOW)
    former = actor_by_id(uow.session, scene.member.id)
    with pytest.raises(Forbidden):
        deed(uow, number, actor=former, now=AFTERWARDS)
    assert [row.number for row in awaiting_word_of(uow.session, former)] == []


@pytest.mark.parametrize("kind", ["stranger", "oneself", "closed", "operator"])
def test_only_a_colleague_who_may_book_takes_over(uow, scene, kind: str) -> None:
    booked = make_reservation(uow, scene, now=NOW)
    colleague = make_member(uow, scene.company.key)
    if kind == "closed":
        _close(uow, colleague)
    successors = {
        "stranger": make_member(uow, make_organisation(uow).key),
        "oneself": scene.member,
        "closed": colleague,
        "operator": make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR),
    }
    with pytest.raises(NoSuccessor):
        go(uow, scene, scene.member, successors[kind])
    assert holder(uow, booked) == scene.member.id


def _close(uow: UnitOfWork, who: Actor) -> None:
    shut(uow, who.id)
    uow.session.flush()


def test_open_invitations_tokens_and_sessions_end(uow, scene) -> None:
    second = make_member(uow, scene.company.key, Role.COMPANY_ADMIN)
    offer = Grant(Role.COMPANY_MEMBER, scene.company.key)
    invite(uow, "guest@example.com", offer, actor=second, now=NOW)
    make_token(uow, second.id, TokenWish(name="own"), actor_id=None, now=NOW)
    open_session(uow, second, now=NOW)
    go(uow, scene, second)
    assert uow.session.exec(select(Invitation.withdrawn_at)).all() == [NOW]
    assert uow.session.exec(select(ApiToken.revoked_at)).all() == [NOW]
    (ended,) = uow.session.exec(select(LoginSession).where(LoginSession.user_id == second.id))
    assert (ended.expires_at, ended.ended_by) == (NOW, "roles")
    assert len(entries(uow, "user.token_revoked")) == 1


def test_tokens_stay_while_a_role_is_held_elsewhere(uow, scene) -> None:
    other = Grant(Role.COMPANY_MEMBER, make_organisation(uow).key)
    both = make_actor(uow, Grant(Role.COMPANY_MEMBER, scene.company.key), other)
    make_token(uow, both.id, TokenWish(name="own"), actor_id=None, now=NOW)
    go(uow, scene, both)
    assert uow.session.exec(select(ApiToken.revoked_at)).all() == [None]


def test_the_last_administrator_stays_until_another_is_appointed(uow, scene) -> None:
    with pytest.raises(LastCompanyAdmin):
        go(uow, scene, scene.admin, scene.member)
    make_member(uow, scene.company.key, Role.COMPANY_ADMIN)
    go(uow, scene, scene.admin, scene.member)
    assert grants(uow, scene.admin) == ()


def test_a_member_leaves_by_themselves(uow, scene) -> None:
    booked = make_reservation(uow, scene, now=NOW)
    go(uow, scene, scene.member, scene.admin, by=scene.member)
    assert holder(uow, booked) == scene.admin.id
    (told,) = entries(uow, "reservation.handed_over")
    assert (told.actor_id, told.on_behalf_of) == (scene.member.id, "")


def test_a_token_leaves_nothing(uow, scene) -> None:
    program = Actor(
        scene.member.id,
        scene.member.name,
        scene.member.email,
        scene.member.grants,
        scopes=frozenset(Permission),
    )
    with pytest.raises(NotByToken):
        go(uow, scene, scene.member, scene.admin, by=program)


def test_nobody_lets_others_go_elsewhere(uow, scene) -> None:
    for stranger in (
        make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN),
        make_member(uow, scene.company.key),
        make_lab_person(uow, scene.instrument.lab_id),
    ):
        with pytest.raises(NotFound):
            go(uow, scene, scene.member, scene.admin, by=stranger)


def test_the_centre_lets_anybody_go(uow, scene) -> None:
    go(uow, scene, scene.member, by=make_staff(uow))
    assert grants(uow, scene.member) == ()


def test_a_lab_manager_takes_the_roles_of_her_lab_and_bookings_stay(uow, scene) -> None:
    lab, provider = scene.instrument.lab_id, scene.manager.grants[0].organisation_id
    both = make_actor(
        uow,
        Grant(Role.OPERATOR, lab_id=lab),
        Grant(Role.COMPANY_MEMBER, provider),
    )
    here = Scene(scene.instrument, scene.manager, scene.company, both, scene.admin)
    booked = make_reservation(uow, here, now=NOW)
    leave(uow, Departure(both.id, provider or 0), actor=scene.manager, now=NOW)
    assert holder(uow, booked) == both.id
    assert [grant.role for grant in grants(uow, both)] == [Role.COMPANY_MEMBER]


def test_both_are_written_to(uow, scene) -> None:
    make_reservation(uow, scene, now=NOW)
    go(uow, scene, scene.member, scene.admin)
    asked = select(OutboxMessage).where(OutboxMessage.fact == "departure")
    letters = uow.session.exec(asked.order_by(col(OutboxMessage.id))).all()
    assert [(letter.email, letter.params["taking_over"]) for letter in letters] == [
        (scene.member.email, False),
        (scene.admin.email, True),
    ]


def test_every_booking_ahead_has_another_holder(uow, scene) -> None:
    make_reservation(uow, scene, now=NOW)
    go(uow, scene, scene.member, scene.admin)
    held = select(Reservation.number).where(Reservation.holder_id == scene.member.id)
    assert uow.session.exec(held).all() == []
