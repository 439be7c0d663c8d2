"""Registrations that wait for the centre, their licences, and handing in again."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.queries import file_row
from booking.files.rules.kinds import ALLOWED, Use
from booking.kernel.errors import NotFound
from booking.organisations.actions.hand_in_licence import hand_in_licence
from booking.organisations.actions.register_organisation import edit_organisation
from booking.organisations.actions.verify import take_step
from booking.organisations.forms import LicenceForm, ReturnedOrganisationForm, as_columns
from booking.organisations.queries import licence_of, managed_organisation
from booking.organisations.report.registrations import waiting_registrations
from booking.organisations.routes.organisations import DISTRICTS, KINDS
from booking.organisations.states import OrganisationStep
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Manager = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]
Verifier = Annotated[Actor, requires(Permission.ORGANISATION_VERIFY)]

_WAITING, _LICENCE = "organisations/registrations.html", "organisations/licence.html"
_EDIT = "organisations/edit.html"


@router.get("/registrations", name="registrations")
def waiting_page(session: Reading, page: PageDep, window: WindowDep, actor: Verifier) -> Response:
    """Oldest first, each with what it may be a double of."""
    found = waiting_registrations(session, after_id=window.after_id or 0, limit=window.take)
    cut = window.cut(found, key=lambda one: (one.organisation.id,))
    return page.render(_WAITING, waiting=cut.items, next_cursor=cut.next_cursor)


@router.get("/organisations/{organisation_id}/licence", name="organisation_licence")
def licence(organisation_id: int, session: Reading, vault: VaultDep, actor: Manager) -> Response:
    """The file itself, for the organisation and the centre."""
    managed_organisation(session, organisation_id, actor)
    file_id = licence_of(session, organisation_id)
    if file_id is None:
        raise NotFound(organisation_id=organisation_id)
    return served(vault, file_row(session, file_id), inline=True)


@router.get("/organisations/{organisation_id}/licence/new", name="licence_new")
def licence_page(organisation_id: int, session: Reading, page: PageDep, actor: Manager) -> Response:
    found = managed_organisation(session, organisation_id, actor)
    allowed = ALLOWED[Use.EVIDENCE]
    return page.render(_LICENCE, organisation=found, form=blank(), allowed=allowed)


@router.post("/organisations/{organisation_id}/licence", name="licence_hand_in")
@takes_file(Use.EVIDENCE)
def take_licence(
    organisation_id: int,
    form: Annotated[Filled[LicenceForm], filled_in(LicenceForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """A licence, or a better one."""
    found = managed_organisation(session, organisation_id, actor)
    page.if_refused(_LICENCE, organisation=found, form=form, allowed=ALLOWED[Use.EVIDENCE])
    received = receive(vault, form.checked.licence, Use.EVIDENCE)
    hand_in_licence(uow, organisation_id, received, actor=actor, now=clock.now())
    return page.redirect("organisation", organisation_id)


@router.post("/organisations/{organisation_id}/amendment", name="organisation_amend")
def amend(
    organisation_id: int,
    form: Annotated[Filled[ReturnedOrganisationForm], filled_in(ReturnedOrganisationForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Correct what was returned; handing it in again is another step."""
    found = managed_organisation(session, organisation_id, actor)
    page.if_refused(_EDIT, organisation=found, form=form, kinds=KINDS, districts=DISTRICTS)
    changes = as_columns(form.checked, whole=True)
    edit_organisation(uow, organisation_id, changes, actor=actor, now=clock.now())
    return page.redirect("organisation", organisation_id)


@router.post("/organisations/{organisation_id}/resubmission", name="organisation_resubmit")
def resubmit(
    organisation_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    """After it was corrected."""
    managed_organisation(uow.session, organisation_id, actor)
    step = OrganisationStep.RESUBMIT
    take_step(uow, organisation_id, step, actor=actor, now=clock.now())
    return page.redirect("organisation", organisation_id)
