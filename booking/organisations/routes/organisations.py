"""Pages: the list of organisations, one organisation with its labs and qualifications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.organisations.actions.manage_labs import LabCard, open_lab
from booking.organisations.actions.register_organisation import (
    Registration,
    edit_organisation,
    register_organisation,
)
from booking.organisations.actions.verify import take_step
from booking.organisations.forms import (
    LabForm,
    OrganisationForm,
    OwnOrganisationForm,
    StepForm,
    as_columns,
)
from booking.organisations.queries import (
    BankAccount,
    LabSummary,
    OrganisationSummary,
    bank_account_of,
    labs_of,
    licence_of,
    managed_organisation,
    organisation_seen_by,
    organisations_seen_by,
)
from booking.organisations.report.qualifications import (
    QualificationRow,
    ending_soon,
    qualifications_of,
)
from booking.organisations.rules import District
from booking.organisations.states import (
    OrganisationKind,
    OrganisationState,
    OrganisationStep,
    steps_from,
)
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.moments import day_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.ORGANISATION_READ)]
Manager = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]
Verifier = Annotated[Actor, requires(Permission.ORGANISATION_VERIFY)]

_LIST, _ONE = "organisations/list.html", "organisations/organisation.html"
_NEW, _EDIT, _LAB = (f"organisations/{name}.html" for name in ("new", "edit", "new_lab"))
KINDS, DISTRICTS = tuple(OrganisationKind), tuple(District)


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything the page of one organisation shows to this person, and the forms on it."""

    organisation: OrganisationSummary
    bank: BankAccount | None
    manages: bool
    verifies: bool
    has_members: bool
    has_licence: bool
    steps: Sequence[OrganisationStep]
    labs: Sequence[LabSummary]
    day: date
    qualifications: Sequence[QualificationRow]
    history: Sequence[QualificationRow]
    ending: Mapping[int, int]


@router.get("/organisations", name="organisations")
def list_page(
    session: Reading,
    page: PageDep,
    window: WindowDep,
    actor: Reader,
    q: Annotated[str, Query(max_length=100)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    wanted = next((known for known in OrganisationState if known.value == state), None)
    found = organisations_seen_by(
        session, actor, words=q, state=wanted, after_id=window.after_id or 0, limit=window.take
    )
    cut = window.cut(found, key=lambda row: (row.id,))
    return page.render(
        _LIST,
        organisations=cut.items,
        next_cursor=cut.next_cursor,
        search=blank(q=q, state=wanted),
        states=tuple(OrganisationState),
    )


@router.get("/organisations/new", name="organisation_new")
def new_page(page: PageDep, actor: Verifier) -> Response:
    form = blank(kind=OrganisationKind.ENTERPRISE)
    return page.render(_NEW, form=form, kinds=KINDS, districts=DISTRICTS)


@router.post("/organisations", name="organisation_create")
def create(
    form: Annotated[Filled[OrganisationForm], filled_in(OrganisationForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Verifier,
) -> Response:
    page.if_refused(_NEW, form=form, kinds=KINDS, districts=DISTRICTS)
    told = Registration(**as_columns(form.checked, whole=True))  # type: ignore[arg-type]
    made = register_organisation(uow, told, actor=actor, now=clock.now())
    return page.redirect("organisation", made.key)


@router.get("/organisations/{organisation_id}", name="organisation")
def one_page(
    organisation_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Reader,
    at: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    day = day_in(at) or local(clock.now()).date()
    whole = _whole(session, organisation_id, actor, day=day)
    return page.render(_ONE, whole=whole, asked=blank(at=day))


@router.get("/organisations/{organisation_id}/edit", name="organisation_edit")
def edit_page(organisation_id: int, session: Reading, page: PageDep, actor: Manager) -> Response:
    found = managed_organisation(session, organisation_id, actor)
    form = _registration(found, bank_account_of(session, organisation_id))
    return page.render(_EDIT, organisation=found, form=form, kinds=KINDS, districts=DISTRICTS)


@router.post("/organisations/{organisation_id}", name="organisation_own")
def edit(
    organisation_id: int,
    form: Annotated[Filled[OwnOrganisationForm], filled_in(OwnOrganisationForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    found = managed_organisation(uow.session, organisation_id, actor)
    page.if_refused(_EDIT, organisation=found, form=form, kinds=KINDS, districts=DISTRICTS)
    changes = as_columns(form.checked, whole=True)
    edit_organisation(uow, organisation_id, changes, actor=actor, now=clock.now())
    return page.redirect("organisation", organisation_id)


@router.post("/organisations/{organisation_id}/registration", name="organisation_correct")
def correct(
    organisation_id: int,
    form: Annotated[Filled[OrganisationForm], filled_in(OrganisationForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Verifier,
) -> Response:
    found = managed_organisation(uow.session, organisation_id, actor)
    page.if_refused(_EDIT, organisation=found, form=form, kinds=KINDS, districts=DISTRICTS)
    changes = as_columns(form.checked, whole=True)
    edit_organisation(uow, organisation_id, changes, actor=actor, now=clock.now())
    return page.redirect("organisation", organisation_id)


@router.post("/organisations/{organisation_id}/steps", name="organisation_step")
def step(
    organisation_id: int,
    form: Annotated[Filled[StepForm], filled_in(StepForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Verifier,
) -> Response:
    day = local(clock.now()).date()
    whole = _whole(uow.session, organisation_id, actor, day=day)
    page.if_refused(_ONE, whole=whole, asked=blank(at=day))
    told = form.checked
    take_step(uow, organisation_id, told.step, actor=actor, now=clock.now(), reason=told.reason)
    return page.redirect("organisation", organisation_id)


@router.get("/organisations/{organisation_id}/labs/new", name="lab_new")
def new_lab_page(organisation_id: int, session: Reading, page: PageDep, actor: Manager) -> Response:
    found = managed_organisation(session, organisation_id, actor)
    form = blank(district=found.district)
    return page.render(_LAB, organisation=found, form=form, districts=DISTRICTS)


@router.post("/organisations/{organisation_id}/labs", name="lab_create")
def create_lab(
    organisation_id: int,
    form: Annotated[Filled[LabForm], filled_in(LabForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    found = managed_organisation(uow.session, organisation_id, actor)
    page.if_refused(_LAB, organisation=found, form=form, districts=DISTRICTS)
    card = LabCard(**form.checked.model_dump())
    open_lab(uow, organisation_id, card, actor=actor, now=clock.now())
    return page.redirect("organisation", organisation_id)


def _whole(session: Session, organisation_id: int, actor: Actor, *, day: date) -> Whole:
    found = organisation_seen_by(session, organisation_id, actor)
    manages = actor.may_for(Permission.ORGANISATION_MANAGE, organisation_id=organisation_id)
    verifies = actor.may_for(Permission.ORGANISATION_VERIFY, organisation_id=organisation_id)
    everywhere = actor.reach(Permission.ORGANISATION_READ).everywhere
    bank = bank_account_of(session, organisation_id) if manages or everywhere else None
    claims = qualifications_of(session, organisation_id)
    return Whole(
        organisation=found,
        bank=bank,
        manages=manages,
        verifies=verifies,
        has_members=_manages_people(actor, organisation_id),
        has_licence=licence_of(session, organisation_id) is not None,
        steps=steps_from(found.state) if verifies else (),
        labs=labs_of(session, organisation_id),
        day=day,
        qualifications=[row for row in claims if row.live],
        history=[row for row in claims if not row.live],
        ending=ending_soon(claims, day),
    )


def _manages_people(actor: Actor, organisation_id: int) -> bool:
    """In the organisation or one of its labs: the page of members itself shows how far."""
    here = (g for g in actor.grants if g.everywhere or g.organisation_id == organisation_id)
    return actor.may(Permission.PEOPLE_MANAGE) and any(
        grant.gives(Permission.PEOPLE_MANAGE) for grant in here
    )


def _registration(found: OrganisationSummary, bank: BankAccount) -> Filled[BaseModel]:
    return blank(
        name=found.name,
        name_en=found.name_en,
        uscc=found.uscc,
        kind=found.kind,
        district=found.district,
        actual_controller=found.controller_key,
        national_code=found.national_code,
        bank_account_name=bank.account_name,
        bank_name=bank.bank,
        bank_account_no=bank.account_no,
    )
