"""What a grant reaches, and what a token's scopes leave of it."""

import pytest

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import CENTRE_ROLES, ROLE_PERMISSIONS, Role
from booking.web.i18n import LANGUAGES, Language, translations
from booking.web.words import code_of

READ = Permission.RESERVATION_READ


def person(*grants: Grant, scopes: frozenset[Permission] | None = None) -> Actor:
    return Actor(1, "实验员甲", "a@example.com", grants, scopes=scopes)


def test_somebody_without_a_role_may_nothing() -> None:
    nobody = person()
    assert not any(nobody.may(permission) for permission in Permission)
    assert not nobody.may_for(READ, organisation_id=1, lab_id=1)


def test_a_company_role_counts_for_its_company_only() -> None:
    member = person(Grant(Role.COMPANY_MEMBER, organisation_id=7))
    assert member.may_for(READ, organisation_id=7)
    assert not member.may_for(READ, organisation_id=8)
    assert not member.may_for(READ)


def test_a_lab_role_counts_for_its_lab_and_not_for_the_whole_provider() -> None:
    manager = person(Grant(Role.LAB_MANAGER, organisation_id=7, lab_id=3))
    assert manager.may_for(Permission.INSTRUMENT_MANAGE, lab_id=3)
    assert not manager.may_for(Permission.INSTRUMENT_MANAGE, lab_id=4)
    assert not manager.may_for(Permission.INSTRUMENT_MANAGE, organisation_id=7)
    assert manager.organisation_ids == {7}


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_a_role_of_the_centre_counts_everywhere(role: Role) -> None:
    reach = person(Grant(role)).reach(Permission.ORGANISATION_READ)
    assert reach.everywhere
    assert person(Grant(role)).may_for(Permission.ORGANISATION_READ, organisation_id=12345)


def test_roles_in_several_organisations_add_up_without_mixing() -> None:
    both = person(Grant(Role.COMPANY_ADMIN, 7), Grant(Role.COMPANY_MEMBER, 8))
    assert both.reach(READ).organisation_ids == {7, 8}
    assert both.reach(Permission.PEOPLE_MANAGE).organisation_ids == {7}


def test_scopes_take_away_and_never_add() -> None:
    member = Grant(Role.COMPANY_MEMBER, 7)
    token = person(member, scopes=frozenset({READ, Permission.SETTLEMENT_APPROVE}))
    assert token.permissions == {READ}
    assert not token.may_for(Permission.RESERVATION_CREATE, organisation_id=7)
    assert not token.in_person
    assert person(member).in_person


def test_every_role_is_in_the_table() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    held = ROLE_PERMISSIONS[Role.AUDITOR]
    readable = {permission for permission in Permission if permission.value.endswith(":read")}
    assert held == readable


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_and_permission_has_words(language: Language) -> None:
    catalogue = translations(language)
    codes = [f"code:{code_of(member)}" for member in (*Role, *Permission)]
    assert [code for code in codes if catalogue.gettext(code) == code] == []


def test_permissions_are_listed_in_alphabetical_order() -> None:
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
