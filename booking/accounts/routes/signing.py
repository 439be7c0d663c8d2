"""Signing in, in one step or two, and out."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, arriving
from booking.accounts.actions.sign_in import (
    Browser,
    HalfWay,
    NewSession,
    SecondStep,
    finish_sign_in,
    sign_in,
    sign_out,
)
from booking.accounts.errors import SignInOver
from booking.accounts.forms import LONGEST_WAY, CodeForm, SignInForm
from booking.accounts.identity import (
    PasswordsDep,
    SealDep,
    claim_of,
    code_claim_of,
    prove,
    settings_of,
)
from booking.accounts.providers.oidc import Provider
from booking.accounts.queries.second_factors import halfway
from booking.accounts.queries.sign_ins import why_ended
from booking.accounts.rules import HALFWAY_FOR, digest_of, safe_next
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import gettext
from booking.web.problems import problem_of
from booking.web.rendering import Page, PageDep
from booking.web.sessions import HALFWAY, carry, drop, forget, remember, session_token
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]

SIGN_IN, _CODE = "accounts/sign_in.html", "accounts/sign_in_code.html"


@router.get("/sign-in", name="sign_in")
def sign_in_page(
    request: Request,
    session: Reading,
    page: PageDep,
    visitor: Visitor,
    next: Annotated[str, Query(max_length=LONGEST_WAY)] = "",
) -> Response:
    """The form; somebody who is signed in already goes on, whose session ended is told why."""
    target = safe_next(next)
    if visitor is not None:
        return page.redirect_to(target or "/")
    former = session_token(request)
    ended = why_ended(session, digest_of(former)) if former else ""
    return page.render(
        SIGN_IN, form=blank(next=target or ""), ended=ended, provider=label_of(request)
    )


@router.post("/sign-in", name="sign_in_now")
def sign_in_now(
    form: Annotated[Filled[SignInForm], filled_in(SignInForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    visitor: Visitor,
) -> Response:
    """A right password opens a session, or leads on to the code; a wrong one is counted."""
    page.if_refused(SIGN_IN, form=form, ended="", provider=label_of(request))
    told, now = form.checked, clock.now()
    claim = claim_of(request, told.email, told.password)
    proof = prove(request.app.state.engine, claim, passwords=passwords, now=now)
    lifetime = lifetime_of(request)
    opened = sign_in(uow, proof, browser=browser_of(request), now=now, lifetime=lifetime)
    if isinstance(opened, NewSession | HalfWay):
        return way_on(page, opened, safe_next(told.next))
    return page.problem(problem_of(opened))


@router.get("/sign-in/code", name="sign_in_code")
def code_page(
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    visitor: Visitor,
    next: Annotated[str, Query(max_length=LONGEST_WAY)] = "",
) -> Response:
    """The second step; whoever has not made the first begins there."""
    digest = digest_of(request.cookies.get(HALFWAY, ""))
    if halfway(session, digest, now=clock.now()) is None:
        return page.redirect("sign_in")
    return page.render(_CODE, form=blank(next=safe_next(next) or ""))


@router.post("/sign-in/code", name="sign_in_code_now")
def code_now(
    form: Annotated[Filled[CodeForm], filled_in(CodeForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    seal: SealDep,
    visitor: Visitor,
) -> Response:
    """The right code opens the session; a wrong one is counted like a wrong password."""
    page.if_refused(_CODE, form=form)
    told = form.checked
    claim = code_claim_of(request, 0, told.otp)
    step = SecondStep(
        request.cookies.get(HALFWAY, ""),
        claim.code,
        claim.address,
        browser_of(request),
        lifetime_of(request),
        claim.throttled,
    )
    opened = finish_sign_in(uow, step, seal=seal, now=clock.now())
    if isinstance(opened, NewSession):
        return way_on(page, opened, safe_next(told.next))
    if isinstance(opened, SignInOver):
        again = blank(next=safe_next(told.next) or "")
        page.if_refused(SIGN_IN, form=again, ended="", provider=label_of(request))
    return page.problem(problem_of(opened))


@router.post("/sign-out", name="sign_out")
def sign_out_now(
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, arriving],
) -> Response:
    """End this session."""
    if secret := session_token(request):
        sign_out(uow, secret, actor=actor, now=clock.now())
    response = page.redirect("sign_in")
    forget(response, request=request)
    return response


def way_on(page: Page, opened: NewSession | HalfWay, target: str | None) -> Response:
    """To where somebody wanted to go, or first to the code; the cookie goes along."""
    request = page.request
    if isinstance(opened, HalfWay):
        response = page.redirect("sign_in_code", **({"next": target} if target else {}))
        carry(response, HALFWAY, opened.secret, request=request, lasting=HALFWAY_FOR)
        return response
    response = page.redirect_to(target or "/")
    remember(response, opened.secret, request=request, lasting=lifetime_of(request))
    if HALFWAY in request.cookies:
        drop(response, HALFWAY, request=request)
    return response


def browser_of(request: Request) -> Browser:
    """What asks, and the session it had."""
    return Browser(request.headers.get("user-agent", ""), session_token(request))


def lifetime_of(request: Request) -> timedelta:
    """For how long a sign-in lasts here."""
    return timedelta(hours=settings_of(request).session_hours)


def label_of(request: Request) -> str:
    """What the button of the provider says; nothing where there is none."""
    provider: Provider | None = request.app.state.identity_provider
    if provider is None:
        return ""
    return provider.label or gettext("Unified identity sign-in")
