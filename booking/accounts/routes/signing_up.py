"""An organisation registers itself: the form, the letter, the confirmation."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.accounts.actions.sign_up import Application, apply, confirm, judge
from booking.accounts.errors import LinkSpent, NoLetters
from booking.accounts.forms import SignUpForm
from booking.accounts.identity import PasswordsDep, settings_of
from booking.accounts.queries.sign_ups import sign_up_shown
from booking.accounts.rules import LinkPurpose
from booking.files.actions.receive import receive
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.organisations.rules import District
from booking.organisations.states import OrganisationKind
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.signed import carried, put_down
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]

_FORM, _CONFIRM = "accounts/sign_up.html", "accounts/sign_up_confirm.html"
_CHOICES: Final[dict[str, Any]] = {
    "kinds": tuple(OrganisationKind),
    "districts": tuple(District),
    "allowed": ALLOWED[Use.EVIDENCE],
}


@router.get("/register", name="sign_up")
def form_page(request: Request, page: PageDep, visitor: Visitor) -> Response:
    """What has to be told, and what happens then."""
    form = blank(kind=OrganisationKind.ENTERPRISE)
    writes = settings_of(request).writes_letters
    return page.render(_FORM, form=form, asked="", writes_letters=writes, **_CHOICES)


@router.post("/register", name="sign_up_now")
@takes_file(Use.EVIDENCE)
def register(
    form: Annotated[Filled[SignUpForm], filled_in(SignUpForm)],
    request: Request,
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    vault: VaultDep,
    visitor: Visitor,
) -> Response:
    """Kept for two days, until the letter is answered."""
    writes = settings_of(request).writes_letters
    page.if_refused(_FORM, form=form, asked="", writes_letters=writes, **_CHOICES)
    told = form.checked
    if not writes:
        raise NoLetters
    application = Application(
        organisation=told.organisation_name,
        kind=told.kind,
        district=told.district,
        uscc=told.uscc,
        name=told.name,
        email=told.email,
        phone=told.phone,
        password=told.new_password,
        locale=language(),
    )
    # Before a stranger's file is looked at and a password hashed.
    judge(session, application)
    licence = receive(vault, told.licence, Use.EVIDENCE) if told.licence else None
    hashed = passwords.hashed(told.new_password)
    apply(uow, application, hashed, licence=licence, now=clock.now())
    return page.render(_FORM, form=form, asked=told.email, writes_letters=writes, **_CHOICES)


@router.get("/register/confirmation", name="sign_up_confirm")
def confirm_page(
    request: Request, session: Reading, page: PageDep, clock: ClockDep, visitor: Visitor
) -> Response:
    """A button: programs that look into letters follow links, but press nothing."""
    found = sign_up_shown(session, _link(request), now=clock.now())
    return page.render(_CONFIRM, found=found)


@router.post("/register/confirmation", name="sign_up_confirmed")
def confirm_now(
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    visitor: Visitor,
) -> Response:
    """Now both exist; the page of the organisation says what comes next."""
    organisation_id = confirm(uow, _link(request), passwords=passwords, now=clock.now())
    response = page.redirect("sign_in", next=page.url("organisation", organisation_id))
    put_down(response, request=request)
    return response


def _link(request: Request) -> int:
    key = carried(request, LinkPurpose.SIGN_UP.value)
    if key is None:
        raise LinkSpent
    return key
