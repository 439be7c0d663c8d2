"""Inviting people, and being invited."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor, Grant
from booking.access.guards import PUBLIC, requires, signed_in
from booking.access.permissions import Permission
from booking.access.roles import LAB_ROLES
from booking.accounts.actions.create_user import Newcomer
from booking.accounts.actions.invite import accept, accept_as_newcomer, invite, withdraw
from booking.accounts.errors import LinkSpent
from booking.accounts.forms import InvitationForm, WelcomeForm
from booking.accounts.identity import PasswordsDep
from booking.accounts.queries.invitations import invitation_shown
from booking.accounts.queries.people import user_by_email
from booking.accounts.routes.places import place_shown, staff_shown
from booking.accounts.rules import LinkPurpose
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.signed import carried, put_down
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Manager = Annotated[Actor, requires(Permission.PEOPLE_MANAGE)]
Visitor = Annotated[Actor | None, PUBLIC]

_TEMPLATE = "accounts/invitation.html"


@router.post("/organisations/{organisation_id}/invitations", name="member_invite")
def invite_member(
    organisation_id: int,
    form: Annotated[Filled[InvitationForm], filled_in(InvitationForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Somebody for an organisation or one of its labs."""
    shown = place_shown(uow.session, page, organisation_id, actor=actor, now=clock.now())
    page.if_refused("accounts/members.html", guest=form, form=blank(), place=shown)
    told = form.checked
    lab_id = told.guest_lab if told.guest_role in LAB_ROLES else None
    grant = Grant(told.guest_role, organisation_id, lab_id)
    invite(uow, told.guest, grant, actor=actor, now=clock.now())
    return page.redirect("members", organisation_id)


@router.post("/people/invitations", name="staff_invite")
def invite_staff(
    form: Annotated[Filled[InvitationForm], filled_in(InvitationForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Somebody for the staff of the centre."""
    actor.must(Permission.PEOPLE_MANAGE)
    shown = staff_shown(uow.session, page, now=clock.now())
    page.if_refused("accounts/people.html", guest=form, **shown)
    told = form.checked
    invite(uow, told.guest, Grant(told.guest_role), actor=actor, now=clock.now())
    return page.redirect("people")


@router.post("/invitations/{invitation_id}/withdrawal", name="invitation_withdraw")
def take_back(
    invitation_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    """The link stops working."""
    gone = withdraw(uow, invitation_id, actor=actor, now=clock.now())
    if gone.organisation_id is None:
        return page.redirect("people")
    return page.redirect("members", gone.organisation_id)


@router.get("/invitation", name="invitation")
def invitation_page(
    request: Request, session: Reading, page: PageDep, clock: ClockDep, visitor: Visitor
) -> Response:
    """Who offers what, and the shortest way to take it."""
    return page.render(_TEMPLATE, form=blank(), **_offered(request, session, clock))


@router.post("/invitation", name="invitation_accept")
def take(
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, signed_in],
) -> Response:
    """With the account one is signed in to."""
    by_letter, invitation_id = _link(request)
    anew = accept(uow, invitation_id, actor=actor, now=clock.now(), by_letter=by_letter)
    response = page.redirect("password_forgotten" if anew else "account")
    put_down(response, request=request)
    return response


@router.post("/invitation/account", name="invitation_join")
def join(
    form: Annotated[Filled[WelcomeForm], filled_in(WelcomeForm)],
    request: Request,
    uow: Transaction,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    visitor: Visitor,
) -> Response:
    """With a new account; then sign in."""
    offered = _offered(request, session, clock)
    page.if_refused(_TEMPLATE, form=form, **offered)
    told = form.checked
    by_letter, invitation_id = _link(request)
    newcomer = Newcomer(
        email=offered["offer"].email,
        name=told.name,
        password=told.new_password,
        locale=language(),
        confirmed=by_letter,
    )
    accept_as_newcomer(uow, invitation_id, newcomer, passwords=passwords, now=clock.now())
    response = page.redirect("sign_in")
    put_down(response, request=request)
    return response


def _link(request: Request) -> tuple[bool, int]:
    """Whether the link came by letter, and what it opens."""
    for purpose in (LinkPurpose.INVITATION, LinkPurpose.HANDED_INVITATION):
        if (key := carried(request, purpose.value)) is not None:
            return purpose is LinkPurpose.INVITATION, key
    raise LinkSpent


def _offered(request: Request, session: Session, clock: ClockDep) -> dict[str, Any]:
    by_letter, invitation_id = _link(request)
    offer = invitation_shown(session, invitation_id, now=clock.now())
    account = user_by_email(session, offer.email)
    anew = by_letter and account is not None and account.email_confirmed_at is None
    return {"offer": offer, "has_account": account is not None, "anew": anew}
