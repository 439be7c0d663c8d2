"""Roles: each in its place, granted by those who may, once."""

from functools import partial

import pytest

from booking.access.actor import HOUSE, Grant
from booking.access.roles import CENTRE_ROLES, Role
from booking.accounts.actions.add_member import add_member
from booking.accounts.actions.create_user import Newcomer, create_admin, create_user
from booking.accounts.actions.grant_role import grant_role, revoke_role
from booking.accounts.actions.make_token import TokenWish, make_token
from booking.accounts.errors import (
    EmailTaken,
    LastAdmin,
    LastCompanyAdmin,
    LastLabManager,
    MembershipExists,
    RoleNotThere,
)
from booking.accounts.queries.actors import actor_by_id, actor_of_token
from booking.accounts.queries.people import members_of, roles_of
from booking.accounts.rules import digest_of
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import BookingError, Forbidden, NotFound
from tests.conftest import Write
from tests.factories.accounts import (
    CHEAP,
    make_actor,
    make_lab_person,
    make_member,
    make_staff,
    make_user,
    shut,
)
from tests.factories.organisations import LONG_AGO, make_lab, make_organisation
from tests.support.crowd import all_at_once


def test_the_first_administrator_comes_from_the_command(uow: UnitOfWork) -> None:
    newcomer = Newcomer(email="Admin@example.com", name="中心管理员", password="a long password")
    admin = create_admin(uow, newcomer, passwords=CHEAP, now=LONG_AGO)
    assert actor_by_id(uow.session, admin.key).grants == (Grant(Role.CENTRE_ADMIN),)


def test_one_account_per_address(uow: UnitOfWork) -> None:
    make_user(uow, email="same@example.com")
    again = Newcomer(email=" SAME@example.com", name="乙")
    with pytest.raises(EmailTaken):
        create_user(uow, again, passwords=CHEAP, actor=HOUSE, now=LONG_AGO)


def test_a_company_administrator_grants_in_her_company_only(uow: UnitOfWork) -> None:
    mine, theirs = make_organisation(uow).key, make_organisation(uow).key
    admin, colleague = make_member(uow, mine, Role.COMPANY_ADMIN), make_user(uow)
    granted = grant_role(
        uow, colleague.key, Grant(Role.COMPANY_MEMBER, mine), actor=admin, now=LONG_AGO
    )
    assert [m.role for m in members_of(uow.session, mine) if m.user_id == colleague.key] == [
        Role.COMPANY_MEMBER
    ]
    with pytest.raises(Forbidden):
        grant_role(
            uow, colleague.key, Grant(Role.COMPANY_MEMBER, theirs), actor=admin, now=LONG_AGO
        )
    revoke_role(uow, granted.key, actor=admin, now=LONG_AGO)
    assert actor_by_id(uow.session, colleague.key).grants == ()


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_nobody_below_the_centre_makes_staff_of_the_centre(uow: UnitOfWork, role: Role) -> None:
    company = make_organisation(uow).key
    admin = make_member(uow, company, Role.COMPANY_ADMIN)
    with pytest.raises(Forbidden):
        grant_role(uow, admin.id, Grant(role), actor=admin, now=LONG_AGO)


def test_a_lab_manager_grants_in_her_lab_only(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    other = make_lab(uow, organisation_id=lab.organisation_id)
    manager, colleague = make_lab_person(uow, lab.key), make_user(uow)
    granted = grant_role(
        uow, colleague.key, Grant(Role.OPERATOR, lab_id=lab.key), actor=manager, now=LONG_AGO
    )
    assert granted.organisation_id == lab.organisation_id
    with pytest.raises(Forbidden):
        grant_role(
            uow, colleague.key, Grant(Role.OPERATOR, lab_id=other.key), actor=manager, now=LONG_AGO
        )


def test_a_member_and_an_operator_grant_nothing(uow: UnitOfWork) -> None:
    lab, company = make_lab(uow), make_organisation(uow).key
    colleague = make_user(uow).key
    for actor, grant in (
        (make_member(uow, company), Grant(Role.COMPANY_MEMBER, company)),
        (make_lab_person(uow, lab.key, Role.OPERATOR), Grant(Role.OPERATOR, lab_id=lab.key)),
        (make_staff(uow, Role.AUDITOR), Grant(Role.COMPANY_MEMBER, company)),
    ):
        with pytest.raises(Forbidden):
            grant_role(uow, colleague, grant, actor=actor, now=LONG_AGO)


@pytest.mark.parametrize(
    "role", [Role.COMPANY_MEMBER, Role.COMPANY_ADMIN, Role.LAB_MANAGER, Role.OPERATOR]
)
def test_a_role_without_its_place_is_refused(uow: UnitOfWork, role: Role) -> None:
    with pytest.raises(RoleNotThere):
        grant_role(uow, make_user(uow).key, Grant(role), actor=HOUSE, now=LONG_AGO)


def test_a_role_in_the_wrong_kind_of_place_is_refused(uow: UnitOfWork) -> None:
    lab, company = make_lab(uow), make_organisation(uow).key
    user = make_user(uow).key
    for grant in (
        Grant(Role.FINANCE, company),
        Grant(Role.OPERATOR, company),
        Grant(Role.COMPANY_ADMIN, lab.organisation_id, lab.key),
        Grant(Role.OPERATOR, company, lab.key),
    ):
        with pytest.raises(RoleNotThere):
            grant_role(uow, user, grant, actor=HOUSE, now=LONG_AGO)


def test_a_place_that_is_not_there_is_not_found(uow: UnitOfWork) -> None:
    user = make_user(uow).key
    for grant in (Grant(Role.COMPANY_MEMBER, 10**9), Grant(Role.OPERATOR, lab_id=10**9)):
        with pytest.raises(NotFound):
            grant_role(uow, user, grant, actor=HOUSE, now=LONG_AGO)


@pytest.mark.parametrize("grant", [Grant(Role.FINANCE), None])
def test_the_same_role_in_the_same_place_is_held_once(uow: UnitOfWork, grant: Grant | None) -> None:
    grant = grant or Grant(Role.COMPANY_MEMBER, make_organisation(uow).key)
    user = make_user(uow, grant)
    with pytest.raises(MembershipExists):
        grant_role(uow, user.key, grant, actor=HOUSE, now=LONG_AGO)


def test_the_last_administrator_stays(uow: UnitOfWork) -> None:
    first = make_staff(uow)
    (held,) = roles_of(uow.session, [first.id])
    with pytest.raises(LastAdmin):
        revoke_role(uow, held.membership_id, actor=first, now=LONG_AGO)
    make_staff(uow)
    revoke_role(uow, held.membership_id, actor=first, now=LONG_AGO)
    assert actor_by_id(uow.session, first.id).grants == ()


PLACES = [(Role.COMPANY_ADMIN, LastCompanyAdmin), (Role.LAB_MANAGER, LastLabManager)]


def _grant_in(uow: UnitOfWork, role: Role) -> Grant:
    lab = make_lab(uow)
    return Grant(role, lab.organisation_id, lab.key if role is Role.LAB_MANAGER else None)


@pytest.mark.parametrize(("role", "refusal"), PLACES)
def test_the_last_who_appoints_others_in_a_place_stays(
    uow: UnitOfWork, role: Role, refusal: type[BookingError]
) -> None:
    grant = _grant_in(uow, role)
    first = make_actor(uow, grant)
    make_actor(uow, _grant_in(uow, role))  # somewhere else
    (held,) = roles_of(uow.session, [first.id])
    for actor in (first, HOUSE):
        with pytest.raises(refusal):
            revoke_role(uow, held.membership_id, actor=actor, now=LONG_AGO)
    make_actor(uow, grant)
    revoke_role(uow, held.membership_id, actor=first, now=LONG_AGO)
    assert actor_by_id(uow.session, first.id).grants == ()


@pytest.mark.parametrize(("role", "refusal"), PLACES)
def test_who_cannot_sign_in_any_more_does_not_count(
    uow: UnitOfWork, role: Role, refusal: type[BookingError]
) -> None:
    grant = _grant_in(uow, role)
    first, gone = make_actor(uow, grant), make_user(uow, grant)
    shut(uow, gone.key)
    uow.session.flush()
    (held,) = roles_of(uow.session, [first.id])
    with pytest.raises(refusal):
        revoke_role(uow, held.membership_id, actor=first, now=LONG_AGO)


@pytest.mark.parametrize("role", [Role.COMPANY_ADMIN, Role.LAB_MANAGER, Role.CENTRE_ADMIN])
def test_of_all_who_are_removed_at_once_one_stays(write: Write, role: Role) -> None:
    with write() as uow:
        grant = Grant(role) if role is Role.CENTRE_ADMIN else _grant_in(uow, role)
        holders = [make_actor(uow, grant).id for _ in range(4)]
        held = [row.membership_id for row in roles_of(uow.session, holders)]

    def remove(membership_id: int) -> bool:
        try:
            with write() as mine:
                revoke_role(mine, membership_id, actor=HOUSE, now=LONG_AGO)
        except BookingError:
            return False
        return True

    removed = all_at_once([partial(remove, membership_id) for membership_id in held])
    assert sorted(removed) == [False, True, True, True]
    with write() as uow:
        assert len(roles_of(uow.session, holders)) == 1


def test_who_may_not_grant_does_not_learn_who_has_an_account(uow: UnitOfWork) -> None:
    company = make_organisation(uow).key
    make_user(uow, email="known@example.com")
    for email in ("known@example.com", "unknown@example.com", "no address"):
        newcomer = Newcomer(email=email, name="乙")
        with pytest.raises(Forbidden):
            add_member(
                uow,
                newcomer,
                Grant(Role.COMPANY_MEMBER, company),
                passwords=CHEAP,
                actor=make_member(uow, company),
                now=LONG_AGO,
            )


@pytest.mark.parametrize("further", [False, True], ids=["last role", "one of two"])
def test_tokens_end_with_the_last_role_for_good(uow: UnitOfWork, further: bool) -> None:
    company, other = make_organisation(uow).key, make_organisation(uow).key
    member = make_member(uow, company)
    if further:
        grant_role(uow, member.id, Grant(Role.COMPANY_MEMBER, other), actor=HOUSE, now=LONG_AGO)
    token = make_token(uow, member.id, TokenWish(name="x"), actor_id=None, now=LONG_AGO)
    (row, *_) = roles_of(uow.session, [member.id])
    revoke_role(uow, row.membership_id, actor=HOUSE, now=LONG_AGO)
    grant_role(uow, member.id, Grant(Role.COMPANY_MEMBER, company), actor=HOUSE, now=LONG_AGO)
    found = actor_of_token(uow.session, digest_of(token.token), LONG_AGO)
    assert (found is not None) == further
