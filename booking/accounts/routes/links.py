"""Links in letters, and the forgotten password that one of them mends."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.accounts.actions.reset_password import Chosen, ask_for_link, reset_password
from booking.accounts.errors import LinkSpent, NoLetters
from booking.accounts.forms import ForgottenForm, NewPasswordForm
from booking.accounts.identity import PasswordsDep, settings_of
from booking.accounts.queries.links import link_owner
from booking.accounts.rules import LinkPurpose
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.signed import carried, carry, opened, put_down
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]

_FORGOTTEN, _NEW = "accounts/forgotten.html", "accounts/new_password.html"
# Where the link of a letter leads.
_PLACES = {
    LinkPurpose.PASSWORD: "password_new",
    LinkPurpose.INVITATION: "invitation",
    LinkPurpose.HANDED_INVITATION: "invitation",
    LinkPurpose.SIGN_UP: "sign_up_confirm",
}


@router.get("/links/{purpose}/{token}", name="mailed_link")
def follow(
    purpose: LinkPurpose, token: str, request: Request, page: PageDep, visitor: Visitor
) -> Response:
    """Keep the link and go on to a plain address, which shows what it opens."""
    if opened(settings_of(request), purpose.value, token) is None:
        raise LinkSpent
    response = page.redirect(_PLACES[purpose])
    carry(response, purpose.value, token, request=request)
    return response


@router.get("/password/forgotten", name="password_forgotten")
def forgotten_page(request: Request, page: PageDep, visitor: Visitor) -> Response:
    """Ask for a letter."""
    writes = settings_of(request).writes_letters
    return page.render(_FORGOTTEN, form=blank(), writes_letters=writes, asked=False)


@router.post("/password/forgotten", name="password_link")
def ask(
    form: Annotated[Filled[ForgottenForm], filled_in(ForgottenForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    visitor: Visitor,
) -> Response:
    """The answer is the same for everybody; only the owner of the address gets a letter."""
    writes = settings_of(request).writes_letters
    page.if_refused(_FORGOTTEN, form=form, writes_letters=writes, asked=False)
    told = form.checked
    if not writes:
        raise NoLetters
    ask_for_link(uow, told.email, now=clock.now())
    return page.render(_FORGOTTEN, form=form, writes_letters=writes, asked=True)


@router.get("/password/new", name="password_new")
def new_page(
    request: Request, session: Reading, page: PageDep, clock: ClockDep, visitor: Visitor
) -> Response:
    """Choose a new password, for whoever followed the link."""
    owner = _owner(request, session, clock)
    return page.render(_NEW, form=blank(), email=owner)


@router.post("/password/new", name="password_reset")
def reset(
    form: Annotated[Filled[NewPasswordForm], filled_in(NewPasswordForm)],
    request: Request,
    uow: Transaction,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    visitor: Visitor,
) -> Response:
    """Then sign in with it."""
    page.if_refused(_NEW, form=form, email=_owner(request, session, clock))
    text = form.checked.new_password
    link_id = carried(request, LinkPurpose.PASSWORD.value)
    if link_id is None:
        raise LinkSpent
    chosen = Chosen(text, passwords.hashed(text))
    reset_password(uow, link_id, chosen, now=clock.now())
    response = page.redirect("sign_in")
    put_down(response, request=request)
    return response


def _owner(request: Request, session: Session, clock: ClockDep) -> str:
    link_id = carried(request, LinkPurpose.PASSWORD.value)
    owner = link_id and link_owner(session, link_id, LinkPurpose.PASSWORD, now=clock.now())
    if not owner:
        raise LinkSpent
    return owner
