"""What people keep in their accounts and organisations in drawers: letters, browsers, files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.roles import Role
from booking.accounts.actions.invite import invite
from booking.accounts.actions.second_factor import remove_of_colleague
from booking.accounts.actions.sign_up import Application, apply
from booking.accounts.models import IdentityLink, LoginSession
from booking.db.transactions import UnitOfWork
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.actions.judge_qualification import return_qualification
from booking.organisations.actions.register_organisation import edit_organisation
from booking.organisations.actions.verify import take_step
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationKind, OrganisationStep
from tests.factories.accounts import make_user, open_session, set_second_factor
from tests.factories.files import make_file, pdf, receive_file
from tests.factories.organisations import LONG_AGO


@dataclass(frozen=True)
class Belongings:
    """A company's open invitation, a member's browser and identity elsewhere, papers, a colleague
    who signs in with a second factor."""

    invitation: int
    browser: int
    identity: int
    papers: int
    colleague: int


def make_belongings(
    uow: UnitOfWork,
    company: Organisation,
    member: Actor,
    admin: Actor,
    marks: Mapping[str, str],
    *,
    now: datetime,
) -> Belongings:
    """All of them, each with the words of the company."""
    give_licence(uow, company.key, marks["licence_file"], marks["licence_bytes"])
    grant = Grant(Role.COMPANY_MEMBER, company.key)
    return Belongings(
        invitation=invite(uow, marks["invited"], grant, actor=admin, now=now).key,
        browser=browser_of(uow, member, now=now, address=marks["address"], agent=marks["browser"]),
        identity=identity_of(uow, member, marks["identity"]),
        papers=_papers(uow, company, admin, marks),
        colleague=_colleague(uow, grant, marks),
    )


def lead_to_verified(uow: UnitOfWork, company: Organisation, marks: Mapping[str, str]) -> None:
    """Returned once, corrected, handed in again: what only the trail remembers."""
    key, why = company.key, marks["returned"]
    take_step(uow, key, OrganisationStep.RETURN, actor=HOUSE, now=LONG_AGO, reason=why)
    corrected: dict[str, str | None] = {"bank_name": marks["former_bank"]}
    edit_organisation(uow, key, corrected, actor=HOUSE, now=LONG_AGO)
    for step in (OrganisationStep.RESUBMIT, OrganisationStep.VERIFY):
        take_step(uow, key, step, actor=HOUSE, now=LONG_AGO)


def browser_of(
    uow: UnitOfWork, person: Actor, *, now: datetime, address: str = "127.0.0.1", agent: str = ""
) -> int:
    """The number of a session that somebody has just opened."""
    open_session(uow, person, now=now, address=address, agent=agent)
    theirs = select(LoginSession).where(LoginSession.user_id == person.id)
    return uow.session.exec(theirs.order_by(col(LoginSession.id).desc()).limit(1)).one().key


def identity_of(uow: UnitOfWork, person: Actor, issuer: str) -> int:
    """The number of an identity that somebody has with a provider."""
    link = IdentityLink(
        issuer=issuer,
        subject=str(person.id),
        user_id=person.id,
        linked_at=LONG_AGO,
        used_at=LONG_AGO,
    )
    uow.session.add(link)
    uow.session.flush()
    return link.key


def give_licence(uow: UnitOfWork, organisation_id: int, name: str, content: str = "") -> None:
    """A business licence on file."""
    body = pdf(before_the_end=f"%{content}\n".encode())
    file = make_file(uow, body, name=name)
    uow.session.get_one(Organisation, organisation_id).licence_id = file.key
    uow.session.flush()


def apply_for_account(uow: UnitOfWork, marks: Mapping[str, str], *, now: datetime) -> None:
    """A registration whose letter nobody has answered."""
    told = Application(
        organisation=marks["name"],
        kind=OrganisationKind.STARTUP_TEAM,
        district="fengxi",
        uscc=None,
        name=marks["person"],
        email=marks["email"],
        phone=marks["phone"],
        password="ein-gutes-Wort-57",
        locale="zh_CN",
    )
    licence = receive_file(uow, name=marks["licence_file"])
    apply(uow, told, "no hash", licence=licence, now=now)


def _papers(uow: UnitOfWork, company: Organisation, admin: Actor, marks: Mapping[str, str]) -> int:
    """A claim with its file, which the centre returned."""
    body = pdf(before_the_end=f"%{marks['evidence_bytes']}\n".encode())
    claim = Claim(
        code="sfui_sme",
        valid_from=date(2024, 1, 1),
        valid_to=date(2026, 12, 31),
        file=receive_file(uow, body, name=marks["evidence_file"]),
    )
    made = add_qualification(uow, company.key, claim, actor=admin, now=LONG_AGO)
    why = marks["evidence_returned"]
    return return_qualification(uow, made.key, why, actor=HOUSE, now=LONG_AGO).key


def _colleague(uow: UnitOfWork, grant: Grant, marks: Mapping[str, str]) -> int:
    """Whose second factor was removed once, and who has another."""
    person = make_user(uow, grant, name=marks["colleague"], email=marks["colleague_email"])
    set_second_factor(uow, person.key)
    remove_of_colleague(uow, person.key, marks["lost_telephone"], actor=HOUSE, now=LONG_AGO)
    set_second_factor(uow, person.key)
    return person.key
