"""Somebody leaves an organisation: what follows is said before it is done."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires, signed_in
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.actions.leave import Departure, leave, rows_to_end
from booking.accounts.errors import NoSuccessor, NotByToken
from booking.accounts.queries.departures import (
    invitations_waiting,
    memberships_to_leave,
    roles_left,
    successors,
    tokens_open,
)
from booking.accounts.queries.people import Reader, reader_of
from booking.accounts.rules import folded_email
from booking.kernel.timespan import TimeSpan
from booking.organisations.queries import OrganisationSummary, organisation_summary
from booking.reservations.forms import DepartureForm, OwnDepartureForm
from booking.reservations.queries.departures import LeftOpen, held_ahead, left_open
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Manager = Annotated[Actor, requires(Permission.PEOPLE_MANAGE)]
Oneself = Annotated[Actor, signed_in]

_TEMPLATE = "reservations/departure.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """Who leaves where, and what that brings with it."""

    person: Reader
    organisation: OrganisationSummary
    roles: tuple[Role, ...]
    gone: bool
    ahead: tuple[tuple[str, str, str, TimeSpan], ...]
    open: LeftOpen
    invitations: int
    tokens: int
    successors: tuple[tuple[int, str], ...]
    oneself: bool


@router.get("/organisations/{organisation_id}/members/{user_id}/departure", name="member_departure")
def departure_page(
    organisation_id: int,
    user_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """For whoever manages people there."""
    return _page(session, page, Departure(user_id, organisation_id), actor=actor, now=clock.now())


@router.post("/organisations/{organisation_id}/members/{user_id}/departure", name="member_leave")
def let_go(
    organisation_id: int,
    user_id: int,
    form: Annotated[Filled[DepartureForm], filled_in(DepartureForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    departure, now = Departure(user_id, organisation_id), clock.now()
    page.if_refused(_TEMPLATE, form=form, leaving=_shown(uow.session, departure, actor, now))
    named = replace(departure, successor_id=form.checked.successor)
    leave(uow, named, actor=actor, now=now)
    return page.redirect("members", organisation_id)


@router.get("/account/organisations/{organisation_id}/departure", name="own_departure")
def own_departure_page(
    organisation_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Oneself
) -> Response:
    """For oneself."""
    return _page(session, page, Departure(actor.id, organisation_id), actor=actor, now=clock.now())


@router.post("/account/organisations/{organisation_id}/departure", name="own_leave")
def let_oneself_go(
    organisation_id: int,
    form: Annotated[Filled[OwnDepartureForm], filled_in(OwnDepartureForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Oneself,
) -> Response:
    """Every session ends with the roles, this one too."""
    departure, now = Departure(actor.id, organisation_id), clock.now()
    page.if_refused(_TEMPLATE, form=form, leaving=_shown(uow.session, departure, actor, now))
    named = replace(departure, successor_id=_colleague(uow.session, departure, form.checked))
    leave(uow, named, actor=actor, now=now)
    return page.redirect("sign_in")


def _page(
    session: Session, page: Page, departure: Departure, *, actor: Actor, now: datetime
) -> Response:
    return page.render(_TEMPLATE, form=blank(), leaving=_shown(session, departure, actor, now))


def _colleague(session: Session, departure: Departure, told: OwnDepartureForm) -> int | None:
    if told.colleague is None:
        return None
    known = successors(session, departure.organisation_id, but_not=departure.user_id)
    wanted = folded_email(told.colleague)
    found = next((reader.id for reader in known if reader.email == wanted), None)
    if found is None:
        raise NoSuccessor
    return found


def _shown(session: Session, departure: Departure, actor: Actor, now: datetime) -> Shown:
    user_id, organisation_id = departure.user_id, departure.organisation_id
    oneself = user_id == actor.id
    if oneself and not actor.in_person:
        raise NotByToken
    ending = rows_to_end(session, departure, actor=actor)
    held = memberships_to_leave(session, user_id, organisation_id)
    gone = len(held) == len(ending)
    labs = [row.lab_id for row in ending if row.lab_id is not None]
    deciding = [row.lab_id for row in ending if row.lab_id and row.role is Role.LAB_MANAGER]
    last = gone and not roles_left(session, user_id) - {organisation_id}
    return Shown(
        person=reader_of(session, user_id),
        organisation=organisation_summary(session, organisation_id),
        roles=tuple(row.role for row in ending),
        gone=gone,
        ahead=tuple(held_ahead(session, user_id, organisation_id, now=now)) if gone else (),
        open=left_open(session, user_id, organisation_id, lab_ids=deciding),
        invitations=invitations_waiting(
            session, user_id, organisation_id, lab_ids=None if gone else labs, now=now
        ),
        tokens=tokens_open(session, user_id, now) if last else 0,
        successors=tuple(
            (reader.id, f"{reader.name} · {reader.email}")
            for reader in successors(session, organisation_id, but_not=user_id)
        )
        if not oneself
        else (),
        oneself=oneself,
    )
