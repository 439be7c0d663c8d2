"""Verification, suspension, qualifications, labs, related parties."""

from datetime import date

import pytest

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound, RulesBroken
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.actions.judge_qualification import verify_qualification
from booking.organisations.actions.manage_labs import LabCard, edit_lab, open_lab
from booking.organisations.actions.relate import relate
from booking.organisations.actions.verify import take_step
from booking.organisations.errors import IllegalStep, LabNameTaken, QualificationExists
from booking.organisations.queries import (
    labs_of,
    organisation_seen_by,
    organisations_seen_by,
    related_parties_of,
)
from booking.organisations.report.qualifications import qualification_terms, qualifications_at
from booking.organisations.states import OrganisationState, OrganisationStep
from tests.factories.accounts import make_lab_person, make_member, make_staff
from tests.factories.organisations import LONG_AGO, make_lab, make_organisation, make_qualification

VERIFY, SUSPEND, REINSTATE = (
    OrganisationStep.VERIFY,
    OrganisationStep.SUSPEND,
    OrganisationStep.REINSTATE,
)
CLAIM = Claim(code="hnte", valid_from=date(2026, 1, 1), number="GR202661000123")


def test_the_centre_verifies_suspends_and_reinstates(uow: UnitOfWork) -> None:
    company, centre = make_organisation(uow, verified=False), make_staff(uow)
    for step in (VERIFY, SUSPEND, REINSTATE):
        take_step(uow, company.key, step, actor=centre, now=LONG_AGO, reason="材料齐全")
    assert company.state is OrganisationState.VERIFIED
    assert company.state_reason == "材料齐全"


def test_what_the_table_does_not_know_is_refused(uow: UnitOfWork) -> None:
    company = make_organisation(uow)
    with pytest.raises(IllegalStep) as refused:
        take_step(uow, company.key, VERIFY, actor=HOUSE, now=LONG_AGO)
    assert refused.value.params == {"state": "verified", "step": "verify"}


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_only_the_administrator_verifies(uow: UnitOfWork, role: Role) -> None:
    company = make_organisation(uow, verified=False)
    with pytest.raises(Forbidden):
        take_step(uow, company.key, VERIFY, actor=make_staff(uow, role), now=LONG_AGO)


def test_a_company_cannot_verify_itself(uow: UnitOfWork) -> None:
    company = make_organisation(uow, verified=False)
    admin = make_member(uow, company.key, Role.COMPANY_ADMIN)
    with pytest.raises(Forbidden):
        take_step(uow, company.key, VERIFY, actor=admin, now=LONG_AGO)


def test_a_claimed_qualification_counts_once_it_is_verified(uow: UnitOfWork) -> None:
    company, day = make_organisation(uow), date(2026, 6, 1)
    admin = make_member(uow, company.key, Role.COMPANY_ADMIN)
    claimed = add_qualification(uow, company.key, CLAIM, actor=admin, now=LONG_AGO)
    assert qualifications_at(uow.session, [company.key], day) == {company.key: frozenset()}
    verify_qualification(uow, claimed.key, actor=make_staff(uow), now=LONG_AGO)
    assert qualifications_at(uow.session, [company.key], day) == {company.key: {"hnte"}}


def test_a_qualification_from_the_centre_counts_at_once(uow: UnitOfWork) -> None:
    company = make_organisation(uow)
    add_qualification(uow, company.key, CLAIM, actor=make_staff(uow), now=LONG_AGO)
    terms = qualification_terms(uow.session, [company.key])[company.key]
    assert [(t.code, t.valid_from, t.valid_to) for t in terms] == [("hnte", date(2026, 1, 1), None)]


def test_a_company_cannot_verify_its_own_qualification(uow: UnitOfWork) -> None:
    company = make_organisation(uow)
    admin = make_member(uow, company.key, Role.COMPANY_ADMIN)
    claimed = add_qualification(uow, company.key, CLAIM, actor=admin, now=LONG_AGO)
    with pytest.raises(Forbidden):
        verify_qualification(uow, claimed.key, actor=admin, now=LONG_AGO)


def test_the_same_qualification_is_written_down_once(uow: UnitOfWork) -> None:
    company = make_organisation(uow)
    make_qualification(uow, company.key)
    with pytest.raises(QualificationExists):
        make_qualification(uow, company.key)


def test_a_certificate_ending_before_it_begins_is_refused(uow: UnitOfWork) -> None:
    company = make_organisation(uow)
    with pytest.raises(RulesBroken):
        make_qualification(uow, company.key, valid_to=date(2025, 12, 31))


def test_a_company_sees_itself_only(uow: UnitOfWork) -> None:
    mine, theirs = make_organisation(uow), make_organisation(uow)
    member = make_member(uow, mine.key)
    assert [o.id for o in organisations_seen_by(uow.session, member)] == [mine.key]
    with pytest.raises(NotFound):
        organisation_seen_by(uow.session, theirs.key, member)


def test_the_centre_finds_by_name_code_and_state(uow: UnitOfWork) -> None:
    wanted = make_organisation(uow, name="示例蓝鲸100%材料", verified=False)
    make_organisation(uow, name="示例蓝鲸100号材料", verified=False)
    centre = make_staff(uow, Role.AUDITOR)
    for words in ("蓝鲸 100%", wanted.uscc or "", (wanted.uscc or "").lower()):
        found = organisations_seen_by(uow.session, centre, words=words)
        assert [o.id for o in found] == [wanted.key], words
    verified = organisations_seen_by(
        uow.session, centre, words="蓝鲸", state=OrganisationState.VERIFIED
    )
    assert not verified


def test_a_provider_has_one_lab_of_each_name(uow: UnitOfWork) -> None:
    lab = make_lab(uow, name="电镜室")
    card = LabCard(name="电镜室", district="fengxi")
    with pytest.raises(LabNameTaken):
        open_lab(uow, lab.organisation_id, card, actor=HOUSE, now=LONG_AGO)
    other = make_lab(uow, organisation_id=lab.organisation_id, name="能谱室")
    with pytest.raises(LabNameTaken):
        edit_lab(uow, other.key, card, actor=HOUSE, now=LONG_AGO)
    assert {found.name for found in labs_of(uow.session, lab.organisation_id)} == {
        "电镜室",
        "能谱室",
    }


def test_a_lab_manager_does_not_open_labs(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    manager = make_lab_person(uow, lab.key)
    with pytest.raises(Forbidden):
        open_lab(
            uow,
            lab.organisation_id,
            LabCard(name="新的", district="fengxi"),
            actor=manager,
            now=LONG_AGO,
        )


def test_related_parties_are_read_from_both_sides(uow: UnitOfWork) -> None:
    one, two = make_organisation(uow).key, make_organisation(uow).key
    relate(uow, two, one, actor=HOUSE, now=LONG_AGO)
    relate(uow, one, two, actor=HOUSE, now=LONG_AGO)
    assert related_parties_of(uow.session, one) == {two}
    assert related_parties_of(uow.session, two) == {one}
    with pytest.raises(RulesBroken):
        relate(uow, one, one, actor=HOUSE, now=LONG_AGO)
