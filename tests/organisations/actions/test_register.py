"""Registering and editing: faults named, doubles refused, identity is the centre's to change."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, RulesBroken
from booking.organisations.actions.register_organisation import (
    Registration,
    edit_organisation,
    register_organisation,
)
from booking.organisations.errors import NameTaken, UsccTaken
from booking.organisations.queries import organisation_summary
from booking.organisations.states import OrganisationKind, OrganisationState
from tests.factories.accounts import make_member, make_staff
from tests.factories.organisations import LONG_AGO, make_organisation, some_uscc

COMPANY = Registration(
    name="示例精密制造有限公司",
    kind=OrganisationKind.ENTERPRISE,
    district="qinhan",
    uscc="9135 0100 m000100y43",
)


def test_a_registered_organisation_waits_to_be_verified(uow: UnitOfWork) -> None:
    made = register_organisation(uow, COMPANY, actor=HOUSE, now=LONG_AGO)
    found = organisation_summary(uow.session, made.key)
    assert (found.state, found.uscc) == (OrganisationState.PENDING, "91350100M000100Y43")
    assert found.created_at == LONG_AGO


def test_a_mistyped_code_is_refused_with_the_reason(uow: UnitOfWork) -> None:
    wrong = replace(COMPANY, uscc="91350100M000100Y44")
    with pytest.raises(RulesBroken) as refused:
        register_organisation(uow, wrong, actor=HOUSE, now=LONG_AGO)
    assert [v.code for v in refused.value.violations] == ["uscc.check_digit"]


def test_a_startup_team_registers_without_a_code(uow: UnitOfWork) -> None:
    team = replace(COMPANY, kind=OrganisationKind.STARTUP_TEAM, uscc=None)
    assert register_organisation(uow, team, actor=HOUSE, now=LONG_AGO).uscc is None


def test_a_second_organisation_with_the_same_code_is_refused(uow: UnitOfWork) -> None:
    register_organisation(uow, COMPANY, actor=HOUSE, now=LONG_AGO)
    with pytest.raises(UsccTaken):
        register_organisation(uow, replace(COMPANY, name="另一家"), actor=HOUSE, now=LONG_AGO)


def test_a_second_organisation_with_the_same_name_is_refused(uow: UnitOfWork) -> None:
    register_organisation(uow, COMPANY, actor=HOUSE, now=LONG_AGO)
    with pytest.raises(NameTaken):
        register_organisation(uow, replace(COMPANY, uscc=some_uscc()), actor=HOUSE, now=LONG_AGO)


def test_a_company_corrects_its_own_bank_account(uow: UnitOfWork) -> None:
    company = make_organisation(uow)
    admin = make_member(uow, company.key, Role.COMPANY_ADMIN)
    edit_organisation(
        uow, company.key, {"bank_account_no": "0000610000000000009"}, actor=admin, now=LONG_AGO
    )
    assert company.bank_account_no == "0000610000000000009"


def test_a_company_cannot_become_another_one(uow: UnitOfWork) -> None:
    company = make_organisation(uow)
    admin = make_member(uow, company.key, Role.COMPANY_ADMIN)
    with pytest.raises(Forbidden) as refused:
        edit_organisation(
            uow, company.key, {"uscc": some_uscc(), "name": "别的"}, actor=admin, now=LONG_AGO
        )
    assert refused.value.params == {"fields": ["name", "uscc"]}


@pytest.mark.parametrize("role", [Role.COMPANY_MEMBER, Role.COMPANY_ADMIN])
def test_nobody_edits_another_company(uow: UnitOfWork, role: Role) -> None:
    company, stranger = make_organisation(uow), make_member(uow, make_organisation(uow).key, role)
    with pytest.raises(Forbidden):
        edit_organisation(uow, company.key, {"name_en": "x"}, actor=stranger, now=LONG_AGO)


def test_the_centre_cannot_give_one_code_to_two_organisations(uow: UnitOfWork) -> None:
    first, second = make_organisation(uow), make_organisation(uow)
    with pytest.raises(UsccTaken):
        edit_organisation(
            uow, second.key, {"uscc": first.uscc}, actor=make_staff(uow), now=LONG_AGO
        )
    uow.session.expire_all()
    assert second.uscc != first.uscc


def test_a_company_does_not_lose_its_code_by_an_edit(uow: UnitOfWork) -> None:
    company = make_organisation(uow)
    with pytest.raises(RulesBroken):
        edit_organisation(uow, company.key, {"uscc": None}, actor=HOUSE, now=LONG_AGO)


def test_a_committed_registration_stands_in_the_way_of_the_next(
    write: Callable[[], AbstractContextManager[UnitOfWork]],
) -> None:
    with write() as uow:
        register_organisation(uow, COMPANY, actor=HOUSE, now=LONG_AGO)
    with pytest.raises(UsccTaken), write() as uow:
        register_organisation(uow, COMPANY, actor=HOUSE, now=LONG_AGO)
